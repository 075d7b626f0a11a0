"""Children that end with the process that started them, even when that is killed with -9.

Run as a program, `python -I -S parent.py PID SIGNAL COMMAND…` binds itself to its parent and becomes the command. A
`preexec_fn` would do the same between fork and exec, which is not safe in a process that has threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_libc = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, value: int) -> None:
    """Set an attribute of this process. Raise OSError."""
    if _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        failure = ctypes.get_errno()
        raise OSError(failure, f"prctl {option}: {os.strerror(failure)}")


def die_with_parent(parent_pid: int, signum: int = signal.SIGKILL) -> None:
    """Get the signal when the thread that started this process ends; leave at once if it already has."""
    prctl(_PR_SET_PDEATHSIG, signum)
    if os.getppid() != parent_pid:
        sys.exit("the parent process has ended")


def name_process(name: str) -> None:
    """Show this process under a name (15 characters) in `ps` and `top`. Raise OSError."""
    text = ctypes.create_string_buffer(name.encode()[:15])
    prctl(_PR_SET_NAME, ctypes.addressof(text))


def ends_with_parent(*command: str, signum: int = signal.SIGTERM) -> list[str]:
    """Give the command line that runs the command so that it gets the signal when this process ends.

    The bond is to the starting thread, so start it from one that lives as long as the process. Outside Linux there
    is no bond.
    """
    if sys.platform != "linux":
        return list(command)
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(int(signum)), *command]


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]), int(sys.argv[2]))
    os.execvp(sys.argv[3], sys.argv[3:])  # noqa: S606 - no shell is wanted
