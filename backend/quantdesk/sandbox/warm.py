"""The parent's side of the zygote: starts one for this process, and has it fork the children."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import structlog

from quantdesk.sandbox.outcome import Exit
from quantdesk.sandbox.process import ENVIRONMENT, PYTHON
from quantdesk.sandbox.zygote import PACKET, READY

IDLE_SECONDS = 900.0
"""After so long without a run the zygote ends and gives its memory back."""
PAUSE_SECONDS = 60.0
"""Between a zygote that could not start and the next try."""
_START_SECONDS = 10.0
_KILL_SECONDS = 5.0
log = structlog.get_logger(__name__)


class ZygoteGoneError(Exception):
    """The zygote has ended, or does not answer."""


class WarmProcess:
    """A child that the zygote has forked."""

    def __init__(self, zygote: _Zygote, connection: socket.socket, pid: int) -> None:
        self.pid = pid
        self.exit: asyncio.Future[Exit] = asyncio.ensure_future(self._await_exit())
        self._zygote = zygote
        self._connection = connection

    async def _await_exit(self) -> Exit:
        try:
            told = await _receive(self._connection)
        finally:
            self._connection.close()
        # Without an answer the zygote has ended, and this child with it.
        return Exit(**told) if told else Exit(code=-signal.SIGKILL, cpu_seconds=0.0, peak_mb=0.0)

    def kill(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
        if not self.exit.done():
            loop = asyncio.get_running_loop()
            overdue = loop.call_later(_KILL_SECONDS, self._zygote.kill)
            self.exit.add_done_callback(lambda _: overdue.cancel())


class _Zygote:
    def __init__(self) -> None:
        """Start it from this thread: it ends with the thread."""
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.setblocking(False)
        self.ready = False
        with theirs, tempfile.TemporaryFile() as errors:
            self.process = subprocess.Popen(
                [*PYTHON, "quantdesk.sandbox.zygote", str(theirs.fileno()), str(os.getpid()), str(IDLE_SECONDS)],
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                pass_fds=(theirs.fileno(),),
                cwd="/",
                start_new_session=True,
                env=ENVIRONMENT,
            )
            self._errors = os.dup(errors.fileno())

    def look(self) -> bool:
        """Say whether it can fork by now. Raise ZygoteGoneError."""
        try:
            word = self.control.recv(PACKET)
        except BlockingIOError:
            return self.ready
        except OSError:
            word = b""
        if word != READY:
            raise ZygoteGoneError("it has ended")
        self.ready = True
        return True

    async def fork(self, folder: Path, files: tuple[int, ...]) -> WarmProcess:
        """Have it fork a child. Raise ZygoteGoneError."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        try:
            with theirs:
                socket.send_fds(self.control, [os.fsencode(folder)], [theirs.fileno(), *files])
            told = await asyncio.wait_for(_receive(ours), _START_SECONDS)
            if not told:
                raise ZygoteGoneError("it did not start the child")
        except (OSError, TimeoutError) as error:
            ours.close()
            raise ZygoteGoneError(str(error) or "it does not answer") from error
        except BaseException:
            ours.close()
            raise
        return WarmProcess(self, ours, told["pid"])

    def kill(self) -> None:
        """End it, and all its children with it."""
        self.process.kill()

    def close(self) -> str | None:
        """End it; give what it wrote to its standard error, None when it had ended of its own accord."""
        retired = self.process.poll() == 0
        self.control.close()
        self.process.kill()
        self.process.wait()
        size = os.fstat(self._errors).st_size
        told = os.pread(self._errors, 4000, max(0, size - 4000)).decode("utf-8", "replace")
        os.close(self._errors)
        return None if retired else told


async def _receive(connection: socket.socket) -> dict[str, Any]:
    """Receive one message; empty when the other side is gone."""
    try:
        data = await asyncio.get_running_loop().sock_recv(connection, PACKET)
    except ConnectionError:
        return {}
    return dict(json.loads(data)) if data else {}


_lock = threading.Lock()
_zygote: _Zygote | None = None
_not_before = 0.0


def start() -> None:
    """Have a zygote started, unless there is one. Returns at once; call it from a thread that lives on."""
    global _zygote
    with _lock:
        if _zygote is None and time.monotonic() >= _not_before:
            try:
                _zygote = _Zygote()
            except OSError as error:
                _pause(str(error), "")


def stop() -> None:
    """End the zygote of this process and the runs it has forked."""
    _drop("")


async def ready(seconds: float = 300.0) -> bool:
    """Start a zygote and wait until it can fork; False if it cannot. Without numba's cache it compiles for minutes."""
    async with asyncio.timeout(seconds):
        start()
        while (zygote := _zygote) is not None:
            with contextlib.suppress(ZygoteGoneError):
                if zygote.look():
                    return True
                await asyncio.sleep(0.02)
                continue
            _drop("cannot start")
    return False


async def fork(folder: Path, files: tuple[int, ...]) -> WarmProcess | None:
    """Have the zygote fork a child for the run in the folder.

    None where there is no zygote yet: one is started, and the run need not wait for its imports. One that has died is
    replaced by the next run.

    Args:
        folder: Holds what write_handover wrote.
        files: The message pipe's write end, the result file, the standard error, the request.
    """
    start()
    zygote = _zygote
    if zygote is None:
        return None
    try:
        return await zygote.fork(folder, files) if zygote.look() else None
    except ZygoteGoneError as error:
        if _zygote is zygote:
            _drop(str(error))
            start()
        return None


def _drop(why: str) -> None:
    global _zygote
    with _lock:
        zygote, _zygote = _zygote, None
        if zygote is None:
            return
        told = zygote.close()
        if told is None or not why:
            return
        if not zygote.ready:
            _pause(why, told)
        else:
            log.warning("the warm parent of strategies is gone, this run starts cold", why=why, stderr=told)


def _pause(why: str, told: str) -> None:
    global _not_before
    _not_before = time.monotonic() + PAUSE_SECONDS
    log.warning("no warm parent of strategies, runs start cold", why=why, stderr=told, next_try_s=PAUSE_SECONDS)
