"""The parent's side: starts a child for one task, listens to it, ends it, and says how it went."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import platform
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Generic, cast

from pydantic import ValidationError

from quantdesk.core.backtest.run import Actions
from quantdesk.core.bars.frame import Bars
from quantdesk.sandbox import capabilities, warm, watch
from quantdesk.sandbox.exchange import BacktestRequest, Handover, Request, Task, write_handover
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.messages import MESSAGE, Broken, Done, LiveMessage, Ready
from quantdesk.sandbox.outcome import Failed, Finished, Outcome, ResultT, explain, stopped
from quantdesk.sandbox.process import ColdProcess, Process
from quantdesk.sandbox.results import read_result

OnMessage = Callable[[LiveMessage], Awaitable[None]]

_LINE_LIMIT = 4 * 1024 * 1024
_STDERR_TAIL = 4_000


async def run_task(
    request: Task[ResultT],
    bars: Mapping[str, Bars],
    limits: Limits,
    on_message: OnMessage,
    cancelled: asyncio.Event,
    *,
    actions: Actions | None = None,
    require_isolation: bool = True,
    start_warm: bool = True,
) -> Outcome[ResultT]:
    """Run one task in a child process of its own and wait for its end.

    The child has an empty environment, no network, no other processes, no files but Python's and its packages',
    and dies with the thread that runs this event loop. A slow `on_message` slows the child down, nothing is lost.

    Args:
        request: What to do: its kind, spec and source.
        bars: Raw bars by symbol: the spec's symbols and its benchmark.
        limits: What the child may use in all; of a sweep, see Limits.for_sweep.
        on_message: Awaited for every live message, in order. What it raises ends the run.
        cancelled: Set it to end the run; the child's process group is killed at once.
        actions: Corporate actions by symbol.
        require_isolation: False lets the run go on with resource limits alone where the kernel offers no isolation.
        start_warm: Fork the child from this process's zygote, if it is there by now; the first call starts it.

    Raises:
        IsolationUnavailableError: isolation is required and this machine has none.
    """
    found = capabilities.probe()
    if require_isolation and not found.isolated:
        raise capabilities.IsolationUnavailableError(found)
    if cancelled.is_set():
        return stopped("cancelled", limits)
    handover = Handover(
        request=cast("Request", request),  # a Task is one of the three
        limits=limits,
        require_isolation=require_isolation,
        versions=_versions(),
        actions=actions or {},
    )
    folder = Path(tempfile.mkdtemp(prefix="quantdesk-run-"))
    child: _Child[ResultT] | None = None
    try:
        given = await asyncio.to_thread(write_handover, folder, handover, bars)
        child = await _launch(folder, request, given, start_warm=start_warm)
        return await _supervise(child, limits, on_message, cancelled)
    finally:
        if child is not None:
            child.close()
        shutil.rmtree(folder, ignore_errors=True)


run_backtest = run_task
"""Runs a BacktestRequest, under its older name."""


def run_local(
    request: BacktestRequest,
    bars: Mapping[str, Bars],
    limits: Limits,
    on_message: Callable[[LiveMessage], None],
    *,
    actions: Actions | None = None,
    require_isolation: bool = True,
) -> Outcome:
    """Run one backtest and block until its end, as the command line does. Ctrl-C ends the child, too."""

    async def relay(message: LiveMessage) -> None:
        on_message(message)

    return asyncio.run(
        run_task(
            request,
            bars,
            limits,
            relay,
            asyncio.Event(),
            actions=actions,
            require_isolation=require_isolation,
            start_warm=False,  # one run does not pay for a zygote
        )
    )


@dataclass(slots=True)
class _Child(Generic[ResultT]):
    process: Process
    request: Task[ResultT]
    messages: int
    """Read end of the message pipe, until the loop takes it over."""
    folder: Path
    transport: asyncio.BaseTransport | None = None
    base_mb: float = 0.0
    """Resident memory before the user's code; 0 until it is told."""

    def close(self) -> None:
        if not self.process.exit.done():
            self.process.kill()
        if self.transport is not None:
            self.transport.close()
        elif self.messages >= 0:
            os.close(self.messages)

    def stderr_tail(self) -> str:
        with contextlib.suppress(OSError):
            return (self.folder / "stderr").read_bytes()[-_STDERR_TAIL:].decode("utf-8", "replace")
        return ""


class _TooMuchOutputError(Exception):
    pass


async def _launch(folder: Path, request: Task[ResultT], given: int, *, start_warm: bool) -> _Child[ResultT]:
    """Start the child; `given` is the request's descriptor, which is closed here."""
    create = os.O_RDWR | os.O_CREAT | os.O_EXCL
    files = [os.open(folder / name, create, 0o600) for name in ("result", "stderr")]
    messages, write_end = os.pipe()
    files = [write_end, *files, given]
    try:
        # Both in this thread: the child is killed when the thread that started it ends.
        process: Process | None = await warm.fork(folder, tuple(files)) if start_warm else None
        if process is None:
            process = ColdProcess(folder, *files)
    except BaseException:
        os.close(messages)
        raise
    finally:
        for descriptor in files:
            os.close(descriptor)
    return _Child(process=process, request=request, messages=messages, folder=folder)


async def _supervise(
    child: _Child[ResultT], limits: Limits, on_message: OnMessage, cancelled: asyncio.Event
) -> Outcome[ResultT]:
    finish = asyncio.ensure_future(_finish(child, limits, on_message))
    cancel = asyncio.ensure_future(cancelled.wait())
    excess = asyncio.ensure_future(_excess(child, limits))
    try:
        await asyncio.wait({finish, cancel, excess}, timeout=limits.wall_seconds, return_when=asyncio.FIRST_COMPLETED)
        if finish.done():
            return await finish
        child.process.kill()
        if excess.done():
            reason, own_mb = excess.result()
            return stopped(reason, limits, peak_mb=own_mb)
        return stopped("cancelled" if cancel.done() else "wall_time", limits)
    finally:
        child.process.kill()
        for task in (finish, cancel, excess):
            task.cancel()
        await asyncio.gather(finish, cancel, excess, return_exceptions=True)
        if not child.process.exit.done():
            await child.process.exit


async def _excess(child: _Child[ResultT], limits: Limits) -> tuple[watch.Excess, float]:
    found = await watch.until_excess(child.process.pid, limits, lambda: child.base_mb or math.inf)
    if found is None:  # it has ended; its exit tells the rest
        await asyncio.Event().wait()
        raise AssertionError
    return found


async def _finish(child: _Child[ResultT], limits: Limits, on_message: OnMessage) -> Outcome[ResultT]:
    try:
        final = await _listen(child, limits, on_message)
    except _TooMuchOutputError:
        return stopped("output", limits)
    ended = await asyncio.shield(child.process.exit)
    if ended.code == 0 and isinstance(final, Broken):
        return Failed(final.error)
    if ended.code == 0 and isinstance(final, Done):
        try:
            return Finished(await asyncio.to_thread(read_result, child.folder / "result", child.request))
        except (OSError, ValueError) as error:
            return stopped("crashed", limits, detail=str(error))
    own_mb = max(0.0, ended.peak_mb - child.base_mb)
    return explain(replace(ended, peak_mb=own_mb), limits, child.stderr_tail())


async def _listen(child: _Child[ResultT], limits: Limits, on_message: OnMessage) -> Done | Broken | None:
    """Pass messages on until the pipe is closed; give the final one."""
    reader = asyncio.StreamReader(limit=_LINE_LIMIT)
    pipe = os.fdopen(child.messages, "rb", buffering=0)
    child.messages = -1
    child.transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    final: Done | Broken | None = None
    received = 0
    while True:
        try:
            line = await reader.readline()
        except ValueError:  # longer than the limit
            raise _TooMuchOutputError from None
        if not line:
            return final
        received += len(line)
        if received > limits.messages_mb * 1024 * 1024:
            raise _TooMuchOutputError
        try:
            message = MESSAGE.validate_json(line)
        except ValidationError:
            continue  # the user's code wrote into the channel
        if isinstance(message, Ready):
            if received == len(line):  # the first: the user's code had no say yet
                child.base_mb = message.memory_mb
        elif isinstance(message, Done | Broken):
            final = message
        else:
            await on_message(message)


_COUNTED = ("quantdesk", "numpy", "pandas", "backtrader", "numba", "ta-lib")
"""The packages whose versions may change a run's numbers."""


@cache
def _versions() -> dict[str, str]:
    packages = {name: metadata.version(name) for name in _COUNTED}
    return {"quantdesk": packages.pop("quantdesk"), "python": platform.python_version(), **packages}
