"""How much a child process may use."""

from __future__ import annotations

import resource
from dataclasses import dataclass

_MB = 1024 * 1024
_LIBRARIES_MB = 2048
"""Address space for mapped libraries and shared pages; what the code itself can write is bound by memory_mb."""


@dataclass(frozen=True, slots=True)
class Limits:
    cpu_seconds: int = 600
    wall_seconds: float = 900.0
    memory_mb: int = 2048
    """Private writable memory, Python and libraries included (about 120 MB)."""
    result_mb: int = 64
    """Largest result file."""
    log_lines: int = 5_000
    """Lines of print and log that are kept; later ones are counted."""
    log_line_chars: int = 2_000
    messages_mb: int = 64
    """All messages together; a child that sends more is stopped."""
    open_files: int = 128
    processes: int = 256
    """Of this user in all. Only where system calls cannot be filtered; with the filter the child cannot fork."""


def apply_limits(limits: Limits, *, bound_processes: bool) -> None:
    """Bind the current process. Hard limits: they cannot be raised again without privilege."""
    bounds = {
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_DATA: limits.memory_mb * _MB,
        resource.RLIMIT_AS: (limits.memory_mb + _LIBRARIES_MB) * _MB,
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
