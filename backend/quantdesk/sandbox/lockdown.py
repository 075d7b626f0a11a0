"""Gives up, for good, whatever a user's code must not have. Called once, before its first line."""

from __future__ import annotations

import ctypes
import os
import sys
import sysconfig
from pathlib import Path

from quantdesk.sandbox import landlock, seccomp
from quantdesk.sandbox.capabilities import Capabilities
from quantdesk.sandbox.limits import Limits, apply_limits
from quantdesk.sandbox.parent import prctl

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_CAPABILITY_VERSION_3 = 0x20080522
_libc = ctypes.CDLL(None, use_errno=True)

_SYSTEM = (
    "/usr/lib",
    "/usr/lib64",
    "/lib",
    "/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/etc/localtime",
    "/etc/ld.so.cache",
    "/sys/devices/system/cpu",
    "/dev/urandom",
)
_DEVICES = ("/dev/null",)


def lock_down(limits: Limits, capabilities: Capabilities, keep: set[int]) -> None:
    """Close all files but `keep` and 0 to 2, bound resources, drop privileges, restrict files and calls.

    Afterwards only Python's own and its packages' files can be read and nothing can be written but the files in
    `keep`. Raise OSError: the caller must then not go on.
    """
    _close_all_but(keep)
    apply_limits(limits, bound_processes=not capabilities.seccomp)
    prctl(_PR_SET_DUMPABLE, 0)
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _drop_capabilities()
    if capabilities.landlock_abi:
        landlock.restrict(readable_paths(), [Path(device) for device in _DEVICES])
    if capabilities.seccomp:
        seccomp.restrict()


def lock_down_server(limits: Limits, capabilities: Capabilities, keep: set[int], *, work: Path, sockets: Path) -> None:
    """Do what `lock_down` does, but for the filter of system calls, in a process that is going to bind sockets.

    Landlock binds a thread and those that it starts, so this must come before the first of them; the filter binds
    all threads, and comes by `seccomp.restrict(answers=True)` once the sockets are there. Files can be made beneath
    `work`. Raise OSError: the caller must then not go on.
    """
    if len(os.listdir("/proc/self/task")) != 1:
        raise OSError("the process has threads already, which Landlock would not bind")
    _close_all_but(keep)
    apply_limits(limits, bound_processes=not capabilities.seccomp)
    prctl(_PR_SET_DUMPABLE, 0)
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _drop_capabilities()
    if capabilities.landlock_abi:
        landlock.restrict(readable_paths(), [Path(device) for device in _DEVICES], work=work, sockets=sockets)


def readable_paths() -> list[Path]:
    """List what user code may read: the interpreter's libraries, installed packages, system libraries, zones."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    python = {sysconfig.get_path(name) for name in names} | {os.path.join(sys.base_prefix, "lib")}
    packages = {entry for entry in sys.path if os.path.isdir(entry)}
    return [Path(path) for path in sorted({*python, *packages, *_SYSTEM})]


def _close_all_but(keep: set[int]) -> None:
    low = 3
    for descriptor in sorted(keep):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, 65_536)


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def _drop_capabilities() -> None:
    """Clear all capability sets: a child of root would otherwise pass limits and file modes."""
    header = _CapabilityHeader(version=_CAPABILITY_VERSION_3, pid=0)
    none = (ctypes.c_uint32 * 6)()
    if _libc.capset(ctypes.byref(header), ctypes.byref(none)) != 0:
        failure = ctypes.get_errno()
        raise OSError(failure, f"capset: {os.strerror(failure)}")
