"""A backtest of a strategy's file in a kernel: what the debugger runs, with the file's lines to stop at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quantdesk.core.backtest.spec import ParamValue
    from quantdesk.sdk import Report


def run(
    code: str,
    files: Sequence[object],
    class_name: str | None,
    symbols: str | Sequence[str],
    start: str,
    end: str,
    parameters: Mapping[str, ParamValue] | None = None,
) -> Report:
    """Run the file, compiled under the name `strategy.py`, in this process; `backtest` of the SDK tells the errors."""
    from quantdesk.sdk._backtest import run_code  # here, since a kernel that never runs one need not load the engines

    return run_code(code, symbols, start, end, class_name=class_name, parameters=parameters)
