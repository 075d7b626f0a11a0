"""What no kernel limit bounds without privilege, looked at from outside while a child runs.

RLIMIT_NPROC does not hold for root, and RLIMIT_DATA does not count shared pages: a child may start threads without
end, or fill shared memory up to its address space. Both grow slowly enough to be caught by a look four times a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from quantdesk.sandbox.limits import Limits

INTERVAL_S = 0.25
SLACK = 1.1
"""Over the memory limit: a run is to get its MemoryError first, with the line; this ends what does not count there."""
Excess = Literal["threads", "memory"]


def status(pid: int) -> dict[str, int] | None:
    """Give the numbers of /proc/PID/status (proc_pid_status(5)), memory in kB; None when the process has gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    parts = (line.split(":", 1) for line in lines if ":" in line)
    return {name: int(value.split()[0]) for name, value in parts if value.split()[:1] and value.split()[0].isdigit()}


async def until_excess(pid: int, limits: Limits, base_mb: Callable[[], float]) -> tuple[Excess, float] | None:
    """Wait until the process has more threads or memory than it may; give what, and its own memory in MB.

    `base_mb` tells the resident memory that is not the run's own. Gives None when the process has ended.
    """
    while (found := await asyncio.to_thread(status, pid)) is not None:
        own_mb = (found.get("RssAnon", 0) + found.get("RssShmem", 0) + found.get("VmSwap", 0)) / 1024 - base_mb()
        if found.get("Threads", 0) > limits.threads:
            return "threads", own_mb
        if own_mb > SLACK * limits.memory_mb:
            return "memory", own_mb
        await asyncio.sleep(INTERVAL_S)
    return None
