"""A backtest of a strategy's file in a kernel: what the debugger runs, with the file's lines to stop at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quantdesk.core.backtest.spec import ParamValue
    from quantdesk.sdk import Report


def run(
    code: str,
    files: Sequence[tuple[str, str]],
    class_name: str | None,
    symbols: str | Sequence[str],
    start: str,
    end: str,
    parameters: Mapping[str, ParamValue] | None = None,
    cash: float = 1_000_000,
) -> Report:
    """Run the file, compiled under the name `strategy.py`, in this process; `backtest` of the SDK tells the errors.

    `files` are the path and text of those beside it, which are compiled under their paths.
    """
    # Here, since a kernel that never runs one need not load the engines.
    from quantdesk.core.strategies.project import CodeFile
    from quantdesk.sdk._backtest import run_code

    return run_code(
        code,
        symbols,
        start,
        end,
        files=[CodeFile(path=path, text=text) for path, text in files],
        class_name=class_name,
        cash=cash,
        parameters=parameters,
    )
