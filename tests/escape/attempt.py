"""Programs that try to get out of the sandbox, each by one thing; none may succeed.

An attempt is Python that runs with the names of `Surroundings` and of `_PRELUDE`, and calls `escaped(what)` where it
got what it wanted. It counts as held when it raises, when it ends without that call, or when it is stopped with the
reason it names. Data, not tests: the same programs run in backtest children and in kernels, as root and as a user.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent
from typing import Literal

Stop = Literal["memory", "cpu_time", "wall_time", "output", "threads", "disk", "crashed"]

PRELUDE = """
import array, ctypes, errno, fcntl, glob, mmap, os, pickle, resource, select, shutil, signal, socket, struct
import subprocess, sys, tempfile, threading, time
import numpy as np

libc = ctypes.CDLL(None, use_errno=True)

class Escaped(BaseException):
    pass

def escaped(what):
    raise Escaped(repr(what)[:200])

def call(number, *arguments):
    "A raw system call, past Python; gives its result, or raises."
    result = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result

def read(path):
    with open(path, "rb") as file:
        escaped(file.read(100))
"""


@dataclass(frozen=True)
class Attempt:
    name: str
    code: str
    stops: tuple[Stop, ...] = ()
    """It may be stopped for one of these reasons; else it must end by itself, and the run with it go on."""


def one(name: str, code: str, *stops: Stop) -> Attempt:
    return Attempt(name, dedent(code).strip("\n"), stops)
