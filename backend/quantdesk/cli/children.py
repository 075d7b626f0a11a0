"""One supervised process: started, its output kept, started again when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from quantdesk.sandbox.parent import ends_with_parent

TAIL = 12
"""Lines of output shown when a process keeps dying."""
LOG_BYTES = 10_000_000
LOG_FILES = 3
DRAIN_SECONDS = 0.5
"""Output is read for so long after an end; a grandchild may still hold the pipe."""
QUICK_SECONDS = 20.0
"""A process that lived for less died at once."""
LOOP = 4
"""So many quick deaths in a row are told as a crash loop."""
PAUSE_LIMIT = 10.0


class RotatedLog:
    """A log file that is moved to .1, .2 … when it is full."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open()

    def _open(self) -> None:
        self._file = os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")

    def write(self, line: bytes) -> None:
        if self._file.tell() > LOG_BYTES:
            self._file.close()
            for number in range(LOG_FILES - 1, 0, -1):
                older = self._path.with_name(f"{self._path.name}.{number}")
                newer = self._path if number == 1 else self._path.with_name(f"{self._path.name}.{number - 1}")
                with contextlib.suppress(FileNotFoundError):
                    newer.replace(older)
            self._open()
        self._file.write(line)
        self._file.flush()

    def close(self) -> None:
        self._file.close()


@dataclass(slots=True, eq=False)
class Child:
    name: str
    command: Callable[[], list[str]]
    """Called at each start."""
    log_path: Path
    environment: dict[str, str]
    tell: Callable[[str], None]
    """Shows a line to the person."""
    repair: Callable[[list[str]], str | None] = lambda _output: None
    """Given the last output after a death; says what it put right, if it did."""
    go: asyncio.Event | None = None
    """The process imports its modules, and waits for this before it does anything."""
    process: asyncio.subprocess.Process | None = None
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=TAIL))
    quick_deaths: int = 0
    stopping: bool = False
    once: bool = False
    """True: its end is its end."""

    @property
    def in_crash_loop(self) -> bool:
        return self.quick_deaths >= LOOP

    async def run(self) -> None:
        """Keep the process running until `terminate`."""
        clock = asyncio.get_running_loop().time
        log = RotatedLog(self.log_path)
        try:
            while not self.stopping:
                began = clock()
                code = await self._run_once(log)
                if self.stopping or self.once:
                    return
                self.quick_deaths = self.quick_deaths + 1 if clock() - began < QUICK_SECONDS else 1
                await asyncio.sleep(self._tell_death(code))
        finally:
            log.close()

    async def _run_once(self, log: RotatedLog) -> int:
        self.process = await asyncio.create_subprocess_exec(
            *ends_with_parent(*self.command()),
            stdin=asyncio.subprocess.PIPE if self.go else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self.environment | ({"QD_AWAIT_GO": "1"} if self.go else {}),
            process_group=0,  # a Ctrl-C in the terminal reaches the supervisor alone, which stops all in order
            limit=1 << 20,
        )
        assert self.process.stdout is not None  # noqa: S101 - for the type checker
        starting = asyncio.create_task(self._say_go(self.process))
        reading = asyncio.create_task(self._read(self.process.stdout, log))
        code = await self.process.wait()
        await asyncio.wait({reading}, timeout=DRAIN_SECONDS)
        reading.cancel()
        starting.cancel()
        return code

    async def _say_go(self, process: asyncio.subprocess.Process) -> None:
        if self.go and process.stdin:
            await self.go.wait()
            with contextlib.suppress(ConnectionError):
                process.stdin.write(b"go\n")
                await process.stdin.drain()

    async def _read(self, stream: asyncio.StreamReader, log: RotatedLog) -> None:
        while line := await _line(stream):
            log.write(line)
            text = line.decode(errors="replace").rstrip()
            self.tail.append(text)
            try:
                record = json.loads(text)
                if record["level"] in ("error", "critical"):
                    self.tell(f"{self.name}: {record['event']} ({self.log_path})")
            except (ValueError, TypeError, KeyError):
                pass

    def _tell_death(self, code: int) -> float:
        """Say that it died; give the seconds until the next start."""
        why = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        if repaired := self.repair(list(self.tail)):
            self.tell(f"{self.name}: {repaired}")
            return 0.0
        pause = min(0.1 * 2.0 ** (self.quick_deaths - 1), PAUSE_LIMIT)
        if self.quick_deaths == LOOP:
            self.tell(f"{self.name} keeps dying: it {why}. The end of {self.log_path}:")
            for line in self.tail:
                self.tell(f"    {line[:300]}")
        elif self.quick_deaths < LOOP:
            self.tell(f"{self.name} {why}; starting it again")
        return pause

    def terminate(self) -> None:
        """Ask it to end, and do not start it again."""
        self.stopping = True
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End its whole process group at once."""
        self.stopping = True
        if self.process and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def _signal(self, signum: int) -> None:
        if self.process and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signum)


async def _line(stream: asyncio.StreamReader) -> bytes:
    """Read one line; of one beyond the limit, what is left of it."""
    try:
        return await stream.readline()
    except ValueError:
        return await stream.read(1 << 16)
