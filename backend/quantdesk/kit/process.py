"""Processes of the product: they end with the one that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def ends_with_parent(signum: int = signal.SIGTERM) -> Callable[[], None]:
    """Make a `preexec_fn`: the kernel sends the child the signal when this process ends, even by kill -9.

    It is about the starting thread, so start the child from one that lives as long as the process. Outside
    Linux it does nothing.
    """
    if sys.platform != "linux":
        return lambda: None
    parent = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # loaded here: after a fork it is too late

    def in_child() -> None:
        if prctl(_PR_SET_PDEATHSIG, signum, 0, 0, 0) != 0 or os.getppid() != parent:
            os._exit(1)

    return in_child


def await_go() -> None:
    """Wait for a line on stdin where the supervisor has asked for that (QD_AWAIT_GO), and end without one.

    Python's imports take a second or two; meanwhile the supervisor brings Redis and the database up.
    """
    if os.environ.pop("QD_AWAIT_GO", None) and not sys.stdin.readline():
        sys.exit(0)
