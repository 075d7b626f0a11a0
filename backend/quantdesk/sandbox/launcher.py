"""The parent's side: starts a child for one backtest, listens to it, ends it, and says how it went."""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from pydantic import ValidationError

from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.bars.frame import Bars
from quantdesk.sandbox import capabilities
from quantdesk.sandbox.exchange import BacktestRequest, Handover, write_handover
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.messages import MESSAGE, Broken, Done, LiveMessage
from quantdesk.sandbox.outcome import Exit, Failed, Finished, Outcome, explain, stopped

OnMessage = Callable[[LiveMessage], Awaitable[None]]

_LINE_LIMIT = 4 * 1024 * 1024
_STDERR_TAIL = 4_000


async def run_backtest(
    request: BacktestRequest,
    bars: Mapping[str, Bars],
    limits: Limits,
    on_message: OnMessage,
    cancelled: asyncio.Event,
    *,
    require_isolation: bool = True,
) -> Outcome:
    """Run one backtest in a child process of its own and wait for its end.

    The child has an empty environment, no network, no other processes, no files but Python's and its packages',
    and dies with the thread that runs this event loop. A slow `on_message` slows the child down, nothing is lost.

    Args:
        request: Spec and source.
        bars: Raw bars by symbol: the spec's symbols and its benchmark.
        limits: What the child may use.
        on_message: Awaited for every progress, log and equity message, in order. What it raises ends the run.
        cancelled: Set it to end the run; the child's process group is killed at once.
        require_isolation: False lets the run go on with resource limits alone where the kernel offers no isolation.

    Raises:
        IsolationUnavailableError: isolation is required and this machine has none.
    """
    found = capabilities.probe()
    if require_isolation and not found.isolated:
        raise capabilities.IsolationUnavailableError(found)
    if cancelled.is_set():
        return stopped("cancelled", limits)
    folder = Path(tempfile.mkdtemp(prefix="quantdesk-run-"))
    child: _Child | None = None
    try:
        child = await _launch(folder, request, bars, limits, require_isolation)
        return await _supervise(child, limits, on_message, cancelled)
    finally:
        if child is not None:
            child.close()
        shutil.rmtree(folder, ignore_errors=True)


def run_local(
    request: BacktestRequest,
    bars: Mapping[str, Bars],
    limits: Limits,
    on_message: Callable[[LiveMessage], None],
    *,
    require_isolation: bool = True,
) -> Outcome:
    """Run one backtest and block until its end, as the command line does. Ctrl-C ends the child, too."""

    async def relay(message: LiveMessage) -> None:
        on_message(message)

    return asyncio.run(run_backtest(request, bars, limits, relay, asyncio.Event(), require_isolation=require_isolation))


@dataclass(slots=True)
class _Child:
    process: subprocess.Popen[bytes]
    messages: int
    """Read end of the message pipe, until the loop takes it over."""
    exit: asyncio.Future[Exit]
    folder: Path
    transport: asyncio.BaseTransport | None = None

    def kill(self) -> None:
        """Kill the child and whatever it may have started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def close(self) -> None:
        if not self.exit.done():
            self.kill()
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


async def _launch(
    folder: Path, request: BacktestRequest, bars: Mapping[str, Bars], limits: Limits, require_isolation: bool
) -> _Child:
    result = os.open(folder / "result.json", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    messages, write_end = os.pipe()
    try:
        handover = Handover(
            request=request,
            limits=limits,
            parent_pid=os.getpid(),
            message_fd=write_end,
            result_fd=result,
            require_isolation=require_isolation,
            versions=_versions(),
        )
        await asyncio.to_thread(write_handover, folder, handover, bars)
        # In this thread: the child is killed when the thread that started it ends.
        inherited_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        process = _start(folder, (write_end, result))
    except BaseException:
        os.close(messages)
        raise
    finally:
        os.close(write_end)
        os.close(result)
    return _Child(process=process, messages=messages, exit=_watch(process, inherited_kb), folder=folder)


def _start(folder: Path, pass_fds: tuple[int, ...]) -> subprocess.Popen[bytes]:
    with open(folder / "stderr", "wb") as output:
        return subprocess.Popen(
            [sys.executable, "-I", "-B", "-X", "utf8", "-m", "quantdesk.sandbox.child", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=pass_fds,
            cwd=folder,
            start_new_session=True,
            env={"LANG": "C.UTF-8", "HOME": str(folder), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )


def _watch(process: subprocess.Popen[bytes], inherited_kb: int) -> asyncio.Future[Exit]:
    """Wait for the process in a thread of its own: only wait4 tells its CPU time and memory.

    Linux counts a process's peak memory from before its exec, when it was a copy of ours: a peak that is not
    above our own says nothing about the child.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Exit] = loop.create_future()

    def settle(ended: Exit) -> None:
        if not future.done():
            future.set_result(ended)

    def wait() -> None:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = code = os.waitstatus_to_exitcode(status)
        peak_kb = usage.ru_maxrss if usage.ru_maxrss > inherited_kb else 0
        ended = Exit(code=code, cpu_seconds=usage.ru_utime + usage.ru_stime, peak_mb=peak_kb / 1024)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, ended)

    threading.Thread(target=wait, name=f"wait-{process.pid}", daemon=True).start()
    return future


async def _supervise(child: _Child, limits: Limits, on_message: OnMessage, cancelled: asyncio.Event) -> Outcome:
    finish = asyncio.ensure_future(_finish(child, limits, on_message))
    cancel = asyncio.ensure_future(cancelled.wait())
    try:
        await asyncio.wait({finish, cancel}, timeout=limits.wall_seconds, return_when=asyncio.FIRST_COMPLETED)
        if finish.done():
            return await finish
        child.kill()
        return stopped("cancelled" if cancel.done() else "wall_time", limits)
    finally:
        child.kill()
        finish.cancel()
        cancel.cancel()
        await asyncio.gather(finish, cancel, return_exceptions=True)
        if not child.exit.done():
            await child.exit


async def _finish(child: _Child, limits: Limits, on_message: OnMessage) -> Outcome:
    try:
        final = await _listen(child, limits, on_message)
    except _TooMuchOutputError:
        return stopped("output", limits)
    ended = await asyncio.shield(child.exit)
    if ended.code == 0 and isinstance(final, Broken):
        return Failed(final.error)
    if ended.code == 0 and isinstance(final, Done):
        try:
            return Finished(await asyncio.to_thread(_read_result, child.folder))
        except (OSError, ValidationError) as error:
            return stopped("crashed", limits, detail=str(error))
    return explain(ended, limits, child.stderr_tail())


async def _listen(child: _Child, limits: Limits, on_message: OnMessage) -> Done | Broken | None:
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
        if isinstance(message, Done | Broken):
            final = message
        else:
            await on_message(message)


def _read_result(folder: Path) -> BacktestResult:
    return BacktestResult.model_validate_json((folder / "result.json").read_bytes())


@cache
def _versions() -> dict[str, str]:
    packages = {name: metadata.version(name) for name in ("quantdesk", "numpy", "pandas", "backtrader")}
    return {"quantdesk": packages.pop("quantdesk"), "python": platform.python_version(), **packages}
