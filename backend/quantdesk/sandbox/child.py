"""The child process: `python -I -m quantdesk.sandbox.child FOLDER`.

Reads its request, loads the libraries, locks itself down, and only then runs the first line of the user's code.
Exit code 0: a finished or failed message was sent. Anything else is a crash.
"""

from __future__ import annotations

import mmap
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from quantdesk.sandbox import capabilities
from quantdesk.sandbox.exchange import Handover, read_handover
from quantdesk.sandbox.lockdown import lock_down
from quantdesk.sandbox.messages import Broken, Done
from quantdesk.sandbox.parent import die_with_parent
from quantdesk.sandbox.reporter import LogStream, Reporter

if TYPE_CHECKING:
    from quantdesk.core.backtest.result import CodeError
    from quantdesk.core.bars.frame import Bars

_BALLAST = 16 * 1024 * 1024
"""Bytes freed when the user's code has used up the memory, so that the error can still be described."""


def main() -> None:
    handover, bars = read_handover(Path(sys.argv[1]))
    die_with_parent(handover.parent_pid)
    found = capabilities.probe()
    if handover.require_isolation and not found.isolated:
        raise capabilities.IsolationUnavailableError(found)
    _import_engine(handover.request.source)
    lock_down(handover.limits, found, keep={handover.message_fd, handover.result_fd})
    reporter = Reporter(handover.message_fd, handover.limits)
    errors = sys.stderr
    streams = [LogStream(reporter, level, handover.limits) for level in ("info", "warning")]
    sys.stdout = sys.__stdout__ = streams[0]  # type: ignore[assignment, misc]
    sys.stderr = sys.__stderr__ = streams[1]  # type: ignore[assignment, misc]
    try:
        outcome = _run(handover, bars, reporter)
    except BaseException:  # a fault of ours, not of the user's code: for the parent's log, not for the user's
        sys.stderr = errors
        raise
    for stream in streams:
        stream.finish()
    reporter.note_dropped()
    reporter.send(outcome)
    os._exit(0)  # the user's threads and exit handlers have no say


def _import_engine(source: str) -> None:
    """Import Backtrader without what it would load and this strategy does not use: 0.7 s of 1.2 s.

    Backtrader imports talib for `bt.talib`, and talib imports pandas only to accept its Series.
    """
    left_out = [name for name in ("pandas", "talib") if name not in source]
    for name in left_out:
        sys.modules[name] = None  # type: ignore[assignment]
    import quantdesk.core.backtest.backtrader_engine  # noqa: F401

    for name in left_out:
        sys.modules.pop(name)


def _run(handover: Handover, bars: dict[str, Bars], reporter: Reporter) -> Done | Broken:
    from quantdesk.core.backtest.backtrader_engine import run_strategy
    from quantdesk.core.backtest.code_errors import StrategyError, describe
    from quantdesk.core.backtest.prepare import NoBarsError

    request = handover.request
    # Mapped by hand: what malloc frees may stay with malloc, out of the reach of Python's own allocator.
    ballast = mmap.mmap(-1, _BALLAST, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    try:
        result = run_strategy(
            request.spec, request.source, bars, on_day=reporter.day, versions=handover.versions
        ).model_dump_json()
    except StrategyError as error:
        return Broken(error=_with_limit(error.error, handover.limits.memory_mb))
    except MemoryError as error:
        ballast.close()
        return Broken(error=_with_limit(describe(_first(error), request.source), handover.limits.memory_mb))
    except NoBarsError as error:
        return Broken(error=describe(error, request.source))
    with os.fdopen(handover.result_fd, "w", encoding="utf-8", closefd=False) as file:
        file.write(result)
    return Done()


def _first(error: MemoryError) -> MemoryError:
    """Give the error of the user's own line: describing it may have failed for want of memory, too."""
    while isinstance(error.__context__, MemoryError):
        error = error.__context__
    return error


def _with_limit(error: CodeError, memory_mb: int) -> CodeError:
    if error.type != "MemoryError":
        return error
    return error.model_copy(update={"message": f"out of memory: the limit is {memory_mb} MB"})


if __name__ == "__main__":
    main()
