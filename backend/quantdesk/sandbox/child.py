"""The child: `python -I -m quantdesk.sandbox.child FOLDER PARENT MESSAGES RESULT REQUEST`, or forked by the zygote.

Reads its request, loads the libraries, locks itself down, and only then runs the first line of the user's code.
Exit code 0: a finished or failed message was sent. Anything else is a crash.
"""

from __future__ import annotations

import importlib
import mmap
import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from quantdesk.core.backtest import engines
from quantdesk.core.backtest.run import engine_of, report_strategy, run_strategy
from quantdesk.sandbox import capabilities
from quantdesk.sandbox.exchange import BacktestRequest, Handover, SweepRequest, TruncationRequest, read_handover
from quantdesk.sandbox.limits import own_memory
from quantdesk.sandbox.lockdown import lock_down
from quantdesk.sandbox.messages import Broken, Done, Ready
from quantdesk.sandbox.parent import die_with_parent, name_process
from quantdesk.sandbox.reporter import LogStream, Reporter
from quantdesk.sandbox.results import Result, write_result

if TYPE_CHECKING:
    from quantdesk.core.backtest.result import CodeError
    from quantdesk.core.bars.frame import Bars

NAME = "quantdesk-run"
OPTIONAL = ("pandas", "talib")
"""What Backtrader would load and most strategies do not use: talib for `bt.talib`, and by it pandas, only to accept
its Series. Together 80 MB and more than a second; they are loaded where the source mentions them."""
_BALLAST = 16 * 1024 * 1024
"""Bytes freed when the user's code has used up the memory, so that the error can still be described."""
_SEED = 0


def main() -> None:
    folder, parent, messages, result, request = sys.argv[1:]
    del sys.argv[1:]
    die_with_parent(int(parent))
    run_locked(Path(folder), int(messages), int(result), int(request))


def run_locked(folder: Path, message_fd: int, result_fd: int, request_fd: int) -> None:
    """Run the request on what is in the folder, locked down for good. Ends the process, but for a fault of ours."""
    name_process(NAME)
    handover, bars = read_handover(folder, request_fd)
    found = capabilities.probe()
    if handover.require_isolation and not found.isolated:
        raise capabilities.IsolationUnavailableError(found)
    request = handover.request
    texts = (request.source, *(file.text for file in request.files))
    load_libraries(request.source, request.spec.strategy_class, uses="\n".join(texts))
    engines.keep_numba_from_saving()
    before = own_memory().resident_mb
    lock_down(handover.limits, found, keep={message_fd, result_fd})
    reporter = Reporter(message_fd, handover.limits)
    errors = sys.stderr
    streams = [LogStream(reporter, level, handover.limits) for level in ("info", "warning")]
    sys.stdout = sys.__stdout__ = streams[0]  # type: ignore[assignment, misc]
    sys.stderr = sys.__stderr__ = streams[1]  # type: ignore[assignment, misc]
    try:
        reporter.send(Ready(memory_mb=before))
        outcome = _run(handover, bars, reporter, result_fd)
    except BaseException:  # a fault of ours, not of the user's code: for the parent's log, not for the user's
        sys.stderr = errors
        raise
    for stream in streams:
        stream.finish()
    reporter.note_dropped()
    reporter.send(outcome)
    os._exit(0)  # the user's threads and exit handlers have no say


def load_libraries(source: str, class_name: str | None, *, uses: str) -> None:
    """Import what the strategy needs, while files can still be read: its engine; pandas and talib if it uses them.

    `uses` is the text of all its files.
    """
    engine = engine_of(source, class_name) or "backtrader"
    if engine != "backtrader":  # these take TA-Lib's functions without its package, and so without pandas
        engines.load(engine)
        importlib.import_module("quantdesk.sdk")  # has kernels of its own
        return
    wanted = [name for name in OPTIONAL if name in uses]
    loaded = "backtrader" in sys.modules
    with without([name for name in OPTIONAL if name not in wanted]):
        engines.load(engine)
        if loaded and "talib" in wanted:  # it was left out when Backtrader was imported
            importlib.reload(sys.modules["backtrader.talib"])


@contextmanager
def without(names: list[str]) -> Iterator[None]:
    """Make packages look as if they were not installed, unless they are imported already."""
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name)


def _run(handover: Handover, bars: dict[str, Bars], reporter: Reporter, result_fd: int) -> Done | Broken:
    from quantdesk.core.backtest.code_errors import StrategyError, describe
    from quantdesk.core.backtest.prepare import NoBarsError

    source, files = handover.request.source, handover.request.files
    # Mapped by hand: what malloc frees may stay with malloc, out of the reach of Python's own allocator.
    ballast = mmap.mmap(-1, _BALLAST, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    try:
        write_result(result_fd, _dispatch(handover, bars, reporter))
    except StrategyError as error:
        return Broken(error=_with_limit(error.error, handover.limits.memory_mb))
    except MemoryError as error:
        ballast.close()
        return Broken(error=_with_limit(describe(_first(error), source, files), handover.limits.memory_mb))
    except NoBarsError as error:
        return Broken(error=describe(error, source, files))
    return Done()


def _dispatch(handover: Handover, bars: dict[str, Bars], reporter: Reporter) -> Result:
    from quantdesk.core.backtest.sweep import TrialOutcome, run_sweep
    from quantdesk.core.backtest.truncation import run_truncation

    versions, actions, files = handover.versions, handover.actions, handover.request.files

    def tell_trial(outcome: TrialOutcome) -> None:
        reporter.trial(outcome.index, outcome.metrics, outcome.error)

    match handover.request:
        case BacktestRequest(spec=spec, source=source, analysis=False):
            return run_strategy(
                spec, source, bars, actions=actions, on_day=reporter.day, versions=versions, reseed=_reseed, files=files
            )
        case BacktestRequest(spec=spec, source=source, trials=tried, industries=industries):
            return report_strategy(
                spec,
                source,
                bars,
                actions=actions,
                industries=industries,
                trials=tried,
                on_day=reporter.day,
                versions=versions,
                reseed=_reseed,
                files=files,
                seed=_SEED,
            )
        case SweepRequest(spec=spec, source=source, trials=trials):
            return run_sweep(
                spec,
                source,
                trials,
                bars,
                actions=actions,
                on_trial=tell_trial,
                versions=versions,
                reseed=_reseed,
                files=files,
            )
        case TruncationRequest(spec=spec, source=source, samples=samples, seed=seed):
            return run_truncation(
                spec,
                source,
                samples,
                seed,
                bars,
                actions=actions,
                on_sample=reporter.sample,
                versions=versions,
                reseed=_reseed,
                files=files,
            )


def _reseed() -> None:
    """Start the shared generators alike in every run: equal requests give equal results, warm or cold."""
    random.seed(_SEED)
    np.random.seed(_SEED)


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
