"""What the launcher knows of a running child, and the way to start one in a new process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Protocol

from quantdesk.sandbox.outcome import Exit

ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",  # sets of texts iterate alike in every run, or equal runs would differ
    **{name: os.environ[name] for name in ("NUMBA_CPU_NAME",) if name in os.environ},  # that kernels were compiled for
}
PYTHON = (sys.executable, "-s", "-P", "-B", "-X", "utf8", "-m")
"""Isolated as by -I, but for PYTHONHASHSEED; the environment is ours."""


class Process(Protocol):
    """A child, however it was started."""

    @property
    def pid(self) -> int: ...

    @property
    def exit(self) -> asyncio.Future[Exit]:
        """Done when the child has ended."""

    def kill(self) -> None:
        """Kill the child and whatever it may have started. Does not wait."""


class ColdProcess:
    """A child in a Python of its own, from nothing."""

    def __init__(self, folder: Path, messages: int, result: int, errors: int, request: int) -> None:
        """Start it from this thread: it is killed when the thread ends. It inherits the open files."""
        inherited_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self._process = subprocess.Popen(
            [*PYTHON, "quantdesk.sandbox.child", *map(str, (folder, os.getpid(), messages, result, request))],
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            pass_fds=(messages, result, request),
            cwd=folder,
            start_new_session=True,
            env={**ENVIRONMENT, "HOME": str(folder)},
        )
        self.pid = self._process.pid
        self.exit = watch_exit(self._process, inherited_kb)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


def watch_exit(process: subprocess.Popen[bytes], inherited_kb: int) -> asyncio.Future[Exit]:
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
        try:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        except (
            ChildProcessError
        ):  # reaped by somebody who asked Popen: who waits for the end must hear of it all the same
            usage = resource.struct_rusage((0.0,) * 16)
        code = -signal.SIGKILL if process.returncode is None else process.returncode
        peak_kb = usage.ru_maxrss if usage.ru_maxrss > inherited_kb else 0
        ended = Exit(code=code, cpu_seconds=usage.ru_utime + usage.ru_stime, peak_mb=peak_kb / 1024)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, ended)

    threading.Thread(target=wait, name=f"wait-{process.pid}", daemon=True).start()
    return future
