"""A kernel in its sandbox, from outside: started, spoken to over sockets in its folder, measured, ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from quantdesk.sandbox import capabilities, watch
from quantdesk.sandbox.kernel_files import CONNECTION, IPC, REQUEST, WORK, KernelRequest
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.outcome import Exit
from quantdesk.sandbox.process import ENVIRONMENT, PYTHON, watch_exit

if TYPE_CHECKING:
    import zmq.asyncio
    from jupyter_client.asynchronous.client import AsyncKernelClient

READY_SECONDS = 30.0
_PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
_MB = 1024 * 1024


class KernelFailedError(Exception):
    """The kernel did not come up; the message has the end of what it wrote."""


class KernelProcess:
    """One kernel. Make it by `start`; it ends with the thread that started it."""

    client: AsyncKernelClient

    def __init__(self, limits: Limits, *, require_isolation: bool) -> None:
        """Start it. Raise IsolationUnavailableError, OSError."""
        found = capabilities.probe()
        if require_isolation and not found.isolated:
            raise capabilities.IsolationUnavailableError(found)
        self.limits = limits
        self.folder = Path(tempfile.mkdtemp(prefix="quantdesk-kernel-"))
        self.channel, theirs = socket.socketpair()
        self.debug, their_debug = socket.socketpair()
        self.channel.setblocking(False)
        self.debug.setblocking(False)
        try:
            self._connection = self._prepare(KernelRequest(limits, require_isolation))
            inherited_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            with theirs, their_debug, (self.folder / "stderr").open("wb") as errors:
                inherited = theirs.fileno(), their_debug.fileno()
                self._process = subprocess.Popen(
                    [*PYTHON, "quantdesk.sandbox.kernel", str(self.folder), str(os.getpid()), *map(str, inherited)],
                    stdin=subprocess.DEVNULL,
                    stdout=errors,
                    stderr=errors,
                    pass_fds=inherited,
                    cwd=self.folder / WORK,
                    start_new_session=True,
                    env=ENVIRONMENT,
                )
        except BaseException:
            self._clear()
            raise
        self.pid = self._process.pid
        self.exit: asyncio.Future[Exit] = watch_exit(self._process, inherited_kb)
        self.base_mb = 0.0

    def _prepare(self, request: KernelRequest) -> dict[str, Any]:
        for name in (WORK, IPC):
            (self.folder / name).mkdir(mode=0o700)
        connection: dict[str, Any] = {name: number for number, name in enumerate(_PORTS, 1)}
        connection |= {"transport": "ipc", "ip": str(self.folder / IPC / "k"), "key": secrets.token_hex(32)}
        connection |= {"signature_scheme": "hmac-sha256"}
        (self.folder / CONNECTION).write_text(json.dumps(connection))
        (self.folder / REQUEST).write_bytes(TypeAdapter(KernelRequest).dump_json(request))
        return connection

    async def ready(self) -> None:
        """Wait until it answers. Raise KernelFailedError."""
        from jupyter_client.asynchronous.client import AsyncKernelClient

        self.client = AsyncKernelClient(context=_context())
        self.client.load_connection_info(self._connection)  # type: ignore[arg-type] # ports of ipc are numbers, too
        waiting: asyncio.Future[Any] = asyncio.ensure_future(self._answers())
        await asyncio.wait([waiting, self.exit], timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            raise KernelFailedError(self.stderr_tail() or f"it did not answer within {READY_SECONDS:g} s")
        waiting.result()
        self.base_mb = self.memory_mb() or 0.0

    async def _answers(self) -> None:
        """Connect and ask until a reply has come, over the output channel, too: what came before would be lost.

        Only once the kernel has bound all its sockets: a connection that has to be tried again may come after the
        first question to the person, which would then get lost.
        """
        bound = [Path(f"{self._connection['ip']}-{self._connection[name]}") for name in _PORTS]
        while not all(path.exists() for path in bound):  # noqa: ASYNC110 - no event tells of a file
            await asyncio.sleep(0.01)
        self.client.start_channels(hb=False)  # on a busy machine a late beat is no death, and `exit` tells of one
        while True:
            self.client.kernel_info()
            with contextlib.suppress(Empty):
                await self.client.get_shell_msg(timeout=1.0)
                await self.client.get_iopub_msg(timeout=0.2)
                return

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in the running cell."""
        # Not by Popen.send_signal: it would reap a process that has just ended before `exit` could tell of it.
        if not self.exit.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGINT)

    def kill(self) -> None:
        """Kill it and what it has started. Does not wait."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    async def close(self) -> None:
        """Kill it, wait for its end, and remove its folder."""
        self.kill()
        await self.exit
        if hasattr(self, "client"):
            self.client.stop_channels()
        await asyncio.to_thread(self._clear)

    def _clear(self) -> None:
        self.channel.close()
        self.debug.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def memory_mb(self) -> float | None:
        """Give the memory that is its own, shared libraries left out; None when it has ended."""
        found = watch.status(self.pid)
        return None if found is None else (found.get("RssAnon", 0) + found.get("RssShmem", 0)) / 1024

    def disk(self) -> tuple[float, int]:
        """Give the MB and the number of files and folders in its work folder."""
        size = count = 0
        for root, folders, files in os.walk(self.folder / WORK):
            count += len(folders) + len(files)
            for name in files:
                with contextlib.suppress(OSError):
                    size += os.lstat(os.path.join(root, name)).st_blocks * 512
        return size / _MB, count

    def stderr_tail(self) -> str:
        """Give the end of what it wrote outside of cells."""
        with contextlib.suppress(OSError):
            return (self.folder / "stderr").read_bytes()[-2_000:].decode("utf-8", "replace")
        return ""


@cache
def _context() -> zmq.asyncio.Context:
    """Give the one context of this process: one of a client's own is ended when it is collected, which may wait."""
    import zmq.asyncio

    return zmq.asyncio.Context()
