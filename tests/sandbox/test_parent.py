"""A child that ends with the process that started it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from quantdesk.sandbox.parent import ends_with_parent

MIDDLE = """
import subprocess, sys
from quantdesk.sandbox.parent import ends_with_parent

child = subprocess.Popen(ends_with_parent({command!r}, "60", signum={signum}), stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
child.wait()
"""


@contextmanager
def parent_and_child(signum: int) -> Iterator[tuple[subprocess.Popen[str], psutil.Process]]:
    code = MIDDLE.format(command="sleep", signum=signum)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        try:
            assert parent.stdout is not None
            yield parent, psutil.Process(int(parent.stdout.readline()))
        finally:
            parent.kill()


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGKILL])
def test_a_child_ends_with_a_parent_that_is_killed(signum: int) -> None:
    with parent_and_child(int(signum)) as (parent, child):
        parent.kill()
        assert not psutil.wait_procs([child], timeout=30)[1]


def test_the_command_takes_the_place_of_the_program_that_bound_it() -> None:
    done = subprocess.run(ends_with_parent("sh", "-c", "echo $PPID; exit 7"), capture_output=True, text=True)
    assert done.returncode == 7
    assert int(done.stdout) == psutil.Process().pid


def test_a_child_whose_parent_is_gone_already_does_not_start() -> None:
    command = ends_with_parent("echo", "started")
    command[command.index(str(psutil.Process().pid))] = "1"  # as if adopted by another
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert (done.stdout, done.stderr) == ("", "the parent process has ended\n")
