"""How much a child process may use."""

from __future__ import annotations

import math
import resource
from dataclasses import dataclass, replace
from pathlib import Path

_MB = 1024 * 1024
_LIBRARIES_MB = 2048
"""Address space for mapped libraries and shared pages; what the code itself can write is bound by memory_mb."""


@dataclass(frozen=True, slots=True)
class OwnMemory:
    """What this process uses now. Read before it is locked down."""

    writable_mb: float
    """Private writable memory, used or not: what RLIMIT_DATA counts."""
    resident_mb: float


def own_memory() -> OwnMemory:
    """Read /proc/self/statm (proc_pid_statm(5)). Raise OSError."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()
    page_mb = resource.getpagesize() / _MB
    return OwnMemory(writable_mb=int(pages[5]) * page_mb, resident_mb=int(pages[1]) * page_mb)


@dataclass(frozen=True, slots=True)
class Limits:
    cpu_seconds: int = 600
    wall_seconds: float = 900.0
    memory_mb: int = 2048
    """Private writable memory that the run itself takes, on top of Python, the libraries and the bars (100 to 300 MB,
    which a warm start shares between runs)."""
    result_mb: int = 64
    """Largest result file."""
    log_lines: int = 5_000
    """Lines of print and log that are kept; later ones are counted."""
    log_line_chars: int = 2_000
    messages_mb: int = 64
    """All messages together; a child that sends more is stopped."""
    open_files: int = 128
    threads: int = 256
    disk_mb: int = 512
    """Of the work folder that a kernel has."""
    files: int = 5_000
    """Files and folders in it."""
    processes: int = 256
    """Of this user in all. Only where system calls cannot be filtered; with the filter the child cannot fork."""

    def for_sweep(self, trials: int, seconds_each: float) -> Limits:
        """Give the limits of one child that runs many trials: as much time again for each as `seconds_each`."""
        more = trials * seconds_each
        return replace(self, cpu_seconds=self.cpu_seconds + math.ceil(more), wall_seconds=self.wall_seconds + more)


def apply_limits(limits: Limits, *, bound_processes: bool) -> None:
    """Bind the current process. Hard limits: they cannot be raised again without privilege.

    The memory it has now, its libraries or what it shares with the process that forked it, does not count.
    """
    memory = round((own_memory().writable_mb + limits.memory_mb) * _MB)
    bounds = {
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_DATA: memory,
        resource.RLIMIT_AS: memory + _LIBRARIES_MB * _MB,
        resource.RLIMIT_FSIZE: limits.result_mb * _MB,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }
    if bound_processes:
        bounds[resource.RLIMIT_NPROC] = limits.processes
    for name, wanted in bounds.items():
        hard = resource.getrlimit(name)[1]
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        # One second between the signal that says "CPU time" and the one that cannot be caught.
        ceiling = soft + 1 if name == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY else soft
        resource.setrlimit(name, (soft, ceiling))
