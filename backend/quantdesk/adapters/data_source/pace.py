"""A common pace for all processes of this machine that ask one outside service."""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import time
from collections.abc import Callable
from pathlib import Path


class Pace:
    """A token bucket whose state is one number in a file, under a file lock.

    The number is the instant (GCRA's theoretical arrival time) at which the bucket will be full again.
    """

    def __init__(
        self,
        path: Path,
        *,
        interval_s: float,
        burst: int = 1,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Let one call through every `interval_s` seconds, up to `burst` at once after a pause.

        `clock` gives seconds since the epoch, the same for all processes; the file's folder must exist.
        """
        self._path = path
        self._interval = interval_s
        self._slack = (burst - 1) * interval_s
        self._clock = clock
        self._sleep = sleep

    def wait(self) -> None:
        """Take one token, and sleep until it is due."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            now = self._clock()
            full_at = max(now, self._read(handle, now))
            os.ftruncate(handle, 0)
            os.pwrite(handle, repr(full_at + self._interval).encode(), 0)
        finally:
            os.close(handle)  # and unlocks: others queue behind the token taken, not behind our sleep
        delay = full_at - self._slack - now
        if delay > 0:
            self._sleep(delay)

    def _read(self, handle: int, now: float) -> float:
        value = -math.inf
        with contextlib.suppress(ValueError):
            value = float(os.pread(handle, 64, 0))
        # A clock that was set back must not silence the service for hours.
        return value if value < now + self._slack + 600 * max(self._interval, 1) else -math.inf
