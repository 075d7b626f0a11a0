"""The other side of the language process: one parent for this process, one analyst for each who asks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from typing import Any

import structlog

from quantdesk.sandbox import capabilities, watch
from quantdesk.sandbox.language import LIMITS, LINE_BYTES, PACKET, WARM
from quantdesk.sandbox.process import ENVIRONMENT, PYTHON

SECONDS = 2.0
"""An analyst that has not answered after so long is killed; texts exist on which Jedi works for ever."""
FORK_SECONDS = 30.0
"""While libraries are read ahead, a fork waits for the end of a step."""
ANSWER_COLD_SECONDS = 30.0
"""While libraries are still to be read, an answer may take their reading."""
ANSWERS = 200
"""After so many an analyst is replaced: what it has kept of texts goes with it."""
GROWN_MB = 256.0
log = structlog.get_logger(__name__)


class LanguageGoneError(Exception):
    """The process could not be started, or has ended."""


class Parent:
    """The process that has read the libraries and forks. It ends with the thread that made it."""

    def __init__(self, *, require_isolation: bool) -> None:
        """Start it. Raise IsolationUnavailableError, OSError."""
        found = capabilities.probe()
        if require_isolation and not found.isolated:
            raise capabilities.IsolationUnavailableError(found)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        self.warm = asyncio.Event()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with it
        with theirs:
            self._process = subprocess.Popen(
                [*PYTHON, "quantdesk.sandbox.language", str(theirs.fileno()), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=self._errors,
                stderr=self._errors,
                pass_fds=(theirs.fileno(),),
                cwd="/",
                start_new_session=True,
                env={**ENVIRONMENT, "HOME": "/nonexistent"},
            )
        self._forked: asyncio.Queue[int | None] = asyncio.Queue()
        self._forking = asyncio.Lock()
        self._hearing = asyncio.create_task(self._hear())

    @property
    def alive(self) -> bool:
        return self._process.poll() is None and not self._hearing.done()

    async def _hear(self) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):
            while word := await loop.sock_recv(self._control, PACKET):
                if word == WARM:
                    self.warm.set()
                else:
                    self._forked.put_nowait(int(word))
        self._forked.put_nowait(None)

    async def fork(self) -> Analyst:
        """Have an analyst forked. Raise LanguageGoneError."""
        async with self._forking:
            ours, theirs = socket.socketpair()
            try:
                with theirs:
                    socket.send_fds(self._control, [b"fork"], [theirs.fileno()])
                async with asyncio.timeout(FORK_SECONDS):
                    pid = await self._forked.get()
            except (OSError, TimeoutError) as error:
                ours.close()
                raise LanguageGoneError(str(error) or "it does not fork") from error
            if pid is None:
                ours.close()
                raise LanguageGoneError(self._told())
            reader, writer = await asyncio.open_unix_connection(sock=ours, limit=LINE_BYTES)
        return Analyst(pid, reader, writer, self._end, warm=self.warm.is_set())

    def _end(self, pid: int) -> None:
        with contextlib.suppress(OSError):
            self._control.send(f"end {pid}".encode())

    def _told(self) -> str:
        size = os.fstat(self._errors.fileno()).st_size
        return os.pread(self._errors.fileno(), 2_000, max(0, size - 2_000)).decode("utf-8", "replace") or "it has ended"

    async def close(self) -> None:
        """End it, and all its analysts with it."""
        self._process.kill()
        await asyncio.to_thread(self._process.wait)
        self._hearing.cancel()
        await asyncio.gather(self._hearing, return_exceptions=True)
        self._control.close()
        self._errors.close()


class Analyst:
    """One locked-down process that answers about texts, one question after another."""

    def __init__(
        self,
        pid: int,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        end: Callable[[int], None],
        *,
        warm: bool,
    ) -> None:
        self.pid = pid
        self.warm = warm
        """It was forked after all was read ahead."""
        self.ended = False
        self._reader, self._writer, self._end = reader, writer, end
        self._answered = 0
        self._base_kb = _anonymous_kb(pid)

    @property
    def worn(self) -> bool:
        """Say whether it should be replaced: it has ended, has answered often, or has grown."""
        grown = (_anonymous_kb(self.pid) - self._base_kb) / 1024
        return self.ended or self._answered >= ANSWERS or grown > GROWN_MB

    async def ask(self, question: bytes) -> dict[str, Any] | None:
        """Give the answer to a question as JSON; None, and it is killed, when it gives none in time."""
        began = time.monotonic()
        self._answered += 1
        try:
            async with asyncio.timeout(SECONDS if self.warm else ANSWER_COLD_SECONDS):
                self._writer.write(question + b"\n")
                await self._writer.drain()
                line = await self._reader.readline()
        except (OSError, TimeoutError, ValueError):
            line = b""
        except asyncio.CancelledError:
            self.end()
            raise
        if not line.endswith(b"\n"):
            log.info("an analyst gave no answer", seconds=round(time.monotonic() - began, 1))
            self.end()
            return None
        return dict(json.loads(line))

    def end(self) -> None:
        """Kill it. Does not wait."""
        if not self.ended:
            self.ended = True
            self._end(self.pid)
            self._writer.close()


def _anonymous_kb(pid: int) -> int:
    return (watch.status(pid) or {}).get("RssAnon", 0)


__all__ = ["LIMITS", "Analyst", "LanguageGoneError", "Parent"]
