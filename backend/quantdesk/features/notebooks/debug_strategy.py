"""A strategy's backtest as a cell of the kernel, for the debugger."""

from __future__ import annotations

from quantdesk.features.notebooks.debug_messages import MAIN, DebugStrategy

_RUN = "__import__('quantdesk.sandbox.kernel_backtest', fromlist=['run']).run({arguments})"


def strategy_run(request: DebugStrategy) -> tuple[dict[str, str], str]:
    """Give the strategy's files by name, and the code that runs its backtest."""
    files = {one.path: one.text for one in request.files if one.path.endswith(".py")}
    arguments: dict[str, object] = {
        "code": request.code,
        "files": sorted(files.items()),
        "class_name": request.class_name,
        "symbols": request.symbols,
        "start": request.start.isoformat(),
        "end": request.end.isoformat(),
        "parameters": dict(request.parameters),
    }
    if request.initial_cash is not None:
        arguments["cash"] = float(request.initial_cash)
    return {**files, MAIN: request.code}, _RUN.format(
        arguments=", ".join(f"{name}={value!r}" for name, value in arguments.items())
    )
