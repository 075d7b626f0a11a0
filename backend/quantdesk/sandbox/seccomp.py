"""A seccomp filter in plain BPF: which system calls this process may no longer make.

Hand-made to need no library: a list of refused calls, and five calls refused by their arguments. Calls are
refused with EPERM, so that Python raises PermissionError at the user's own line. Source: linux/seccomp.h,
linux/bpf_common.h, Documentation/userspace-api/seccomp_filter.rst.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

from quantdesk.sandbox import syscalls
from quantdesk.sandbox.syscalls import Numbers

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_X32_BIT = 0x40000000
_SYSCALL_SECCOMP: Numbers = (317, 277)
_SET_MODE_FILTER, _GET_ACTION_AVAIL = 1, 2
_FLAG_ALL_THREADS = 1
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_CLONE_THREAD = 0x00010000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_F_SETOWN, _F_SETOWN_EX = 8, 15
_SOCKET_TYPE, _SOCK_STREAM = 0xF, 1

# struct seccomp_data: int nr; __u32 arch; __u64 instruction_pointer; __u64 args[6]
_NR, _ARCH, _ARGS = 0, 4, 16

_LOAD, _EQUAL, _AT_LEAST, _BITS, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


_libc = ctypes.CDLL(None, use_errno=True)


def available() -> bool:
    """Say whether the kernel and this machine's architecture allow the filter."""
    if platform.machine() not in _ARCHITECTURES:
        return False
    index, _ = _ARCHITECTURES[platform.machine()]
    action = ctypes.c_uint32(_ERRNO)
    number = _SYSCALL_SECCOMP[index]
    return bool(_libc.syscall(number, _GET_ACTION_AVAIL, 0, ctypes.byref(action)) == 0)


def restrict(*, answers: bool = False) -> None:
    """Install the filter for all threads of this process. no_new_privs must be set. Raise OSError.

    With `answers` it may go on using the sockets that it has: take connections and send, as a kernel does.
    """
    index, _ = _ARCHITECTURES[platform.machine()]
    code = build(platform.machine(), os.getpid(), answers=answers)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(length=len(code) // 8, filter=ctypes.addressof(buffer))
    number = _SYSCALL_SECCOMP[index]
    if _libc.syscall(number, _SET_MODE_FILTER, _FLAG_ALL_THREADS, ctypes.byref(program)) != 0:
        failure = ctypes.get_errno()
        raise OSError(failure, f"seccomp filter refused: {os.strerror(failure)}")


def build(machine: str, own_pid: int, *, answers: bool = False) -> bytes:
    """Assemble the filter for an architecture (x86_64 or aarch64) and the process that it will bind."""
    index, arch = _ARCHITECTURES[machine]
    refuse = _op(_RETURN, 0, 0, _ERRNO | errno.EPERM)
    allow = _op(_RETURN, 0, 0, _ALLOW)
    code = [
        _op(_LOAD, 0, 0, _ARCH),
        _op(_EQUAL, 1, 0, arch),  # another architecture's numbers mean other calls
        refuse,
        _op(_LOAD, 0, 0, _NR),
    ]
    if machine == "x86_64":
        code += [_op(_AT_LEAST, 0, 1, _X32_BIT), refuse]
    if answers:
        # socketpair: of streams only. One of datagrams could send to any socket that has a path.
        code += [
            _op(_EQUAL, 0, 5, _known(syscalls.SOCKETPAIR, index)),
            _op(_LOAD, 0, 0, _ARGS + 8),
            _op(_AND, 0, 0, _SOCKET_TYPE),
            _op(_EQUAL, 0, 1, _SOCK_STREAM),
            allow,
            refuse,
        ]
    for name, numbers in syscalls.REFUSED.items():
        if answers and name in syscalls.OF_ANSWERING:
            continue
        if (number := numbers[index]) is not None:
            code += [_op(_EQUAL, 0, 1, number), refuse]
    # clone3 hides its flags from a filter; without it libc falls back to clone.
    code += [_op(_EQUAL, 0, 1, _known(syscalls.CLONE3, index)), _op(_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    # clone: threads only.
    code += _on_argument(_known(syscalls.CLONE, index), 0, [_op(_BITS, 1, 0, _CLONE_THREAD), refuse, allow])
    # kill, tgkill: itself only (abort and raise need it).
    for numbers in (syscalls.KILL, syscalls.TGKILL):
        code += _on_argument(_known(numbers, index), 0, [_op(_EQUAL, 1, 0, own_pid), refuse, allow])
    # prctl: must go on dying with its parent, and stay unreadable.
    code += _on_argument(
        _known(syscalls.PRCTL, index),
        0,
        [_op(_EQUAL, 1, 0, _PR_SET_PDEATHSIG), _op(_EQUAL, 0, 1, _PR_SET_DUMPABLE), refuse, allow],
    )
    # fcntl: not the owner of a file's signals, who may be another process.
    code += _on_argument(
        _known(syscalls.FCNTL, index), 1, [_op(_EQUAL, 1, 0, _F_SETOWN), _op(_EQUAL, 0, 1, _F_SETOWN_EX), refuse, allow]
    )
    # prlimit64: reading its own limits only, that is new_limit == NULL and pid == 0; both halves of the pointer.
    prlimit = _known(syscalls.PRLIMIT64, index)
    code += [
        _op(_EQUAL, 0, 8, prlimit),
        _op(_LOAD, 0, 0, _ARGS),
        _op(_EQUAL, 0, 4, 0),
        _op(_LOAD, 0, 0, _ARGS + 16),
        _op(_EQUAL, 0, 2, 0),
        _op(_LOAD, 0, 0, _ARGS + 20),
        _op(_EQUAL, 1, 0, 0),
        refuse,
        allow,
    ]
    return b"".join([*code, allow])


def _on_argument(number: int, argument: int, then: list[bytes]) -> list[bytes]:
    """Run `then` on the lower half of an argument when the call is `number`; `then` must return."""
    return [_op(_EQUAL, 0, 1 + len(then), number), _op(_LOAD, 0, 0, _ARGS + 8 * argument), *then]


def _known(numbers: Numbers, index: int) -> int:
    number = numbers[index]
    assert number is not None  # noqa: S101 - these calls exist everywhere
    return number


def _op(code: int, if_true: int, if_false: int, value: int) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
