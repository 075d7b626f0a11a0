"""The warm parent: what it is, how it ends, and what happens when it does."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from structlog.testing import capture_logs

from quantdesk.sandbox import warm
from quantdesk.sandbox.exchange import BacktestRequest
from quantdesk.sandbox.launcher import run_backtest
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.outcome import Finished, Stopped
from quantdesk.sandbox.process import ENVIRONMENT
from quantdesk.sandbox.zygote import NAME
from tests.sandbox.runs import BARS, SPEC, Heard, child_of, run, strategy


@pytest.fixture(autouse=True)
def own_zygote(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test has its own, and leaves none."""
    warm.stop()
    monkeypatch.setattr(warm, "_not_before", 0.0)
    yield
    warm.stop()


def zygotes() -> list[psutil.Process]:
    # A child has its name until it takes its own.
    return [p for p in psutil.Process().children() if p.name() == NAME]


async def started() -> psutil.Process:
    assert await warm.ready()
    (zygote,) = zygotes()
    return zygote


def ended(process: psutil.Process) -> bool:
    gone, _ = psutil.wait_procs([process], timeout=10)
    return bool(gone) or process.status() == psutil.STATUS_ZOMBIE


@pytest.fixture
def key(tmp_path: Path) -> Iterator[Path]:
    """A file that is open and would be inherited."""
    descriptor = os.open(tmp_path / "key", os.O_RDWR | os.O_CREAT)
    os.set_inheritable(descriptor, True)
    yield tmp_path / "key"
    os.close(descriptor)


async def test_it_has_one_thread_no_secret_no_folder_and_no_file_of_ours(key: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECRET", "x")
    zygote = await started()
    opened = [os.readlink(entry.path) for entry in os.scandir(f"/proc/{zygote.pid}/fd")]
    assert str(key) not in opened
    assert len(opened) == 4, opened  # nothing to read, a log for its output twice, and the control socket
    assert opened.count("/dev/null") == 1
    assert zygote.environ() == ENVIRONMENT
    assert "SECRET" not in ENVIRONMENT
    assert (zygote.num_threads(), zygote.cwd()) == (1, "/")
    await run(strategy("pass"))
    assert len(os.listdir(f"/proc/{zygote.pid}/fd")) == 4
    assert zygote.children() == []


async def test_the_first_run_does_not_wait_for_it():
    heard = Heard()
    task = asyncio.create_task(run(strategy("import time; time.sleep(60)"), heard=heard))
    child = await child_of(heard)
    assert child.ppid() == os.getpid()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(zygotes()) == 1


async def test_runs_at_once_are_children_of_one_zygote():
    zygote = await started()
    heard = [Heard() for _ in range(4)]
    source = "import os; print(os.getpid(), os.getppid())\n" + strategy("pass")
    outcomes = await asyncio.gather(*(run(source, heard=one) for one in heard))
    assert all(isinstance(outcome, Finished) for outcome in outcomes)
    told = [one.lines[0].split() for one in heard]
    assert len({pid for pid, _ in told}) == 4
    assert {parent for _, parent in told} == {str(zygote.pid)}


async def test_a_killed_zygote_takes_its_children_along_and_is_replaced():
    zygote, heard = await started(), Heard()
    task = asyncio.create_task(run(strategy("while True: pass"), heard=heard))
    child = await child_of(heard)
    zygote.kill()
    async with asyncio.timeout(10):
        outcome = await task
    assert isinstance(outcome, Stopped)
    assert outcome.reason == "killed"
    assert ended(child)
    with capture_logs() as logs:
        assert isinstance(await run(strategy("pass")), Finished)
    assert ["this run starts cold" in entry["event"] for entry in logs] == [True]
    assert (await started()).pid != zygote.pid


async def test_a_zygote_that_hangs_does_not_hold_up_a_cancel(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(warm, "_KILL_SECONDS", 0.5)
    zygote, heard, cancelled = await started(), Heard(), asyncio.Event()
    request = BacktestRequest(SPEC, strategy("while True: pass"))
    task = asyncio.create_task(run_backtest(request, BARS, Limits(), heard, cancelled))
    child = await child_of(heard)
    zygote.send_signal(signal.SIGSTOP)
    cancelled.set()
    async with asyncio.timeout(10):
        outcome = await task
    assert isinstance(outcome, Stopped)
    assert outcome.reason == "cancelled"
    assert ended(child)


async def test_one_that_cannot_start_is_told_once_and_runs_start_cold(monkeypatch: pytest.MonkeyPatch):
    with capture_logs() as logs:
        with monkeypatch.context() as patched:
            patched.setattr(warm, "PYTHON", (sys.executable, "-c", "raise SystemExit('no numba here')"))
            assert not await warm.ready()
        assert isinstance(await run(strategy("pass")), Finished)
    assert zygotes() == []
    (entry,) = logs
    assert "runs start cold" in entry["event"]
    assert "no numba here" in entry["stderr"]


async def test_one_that_is_not_used_ends_and_the_next_run_starts_another(monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patched:
        patched.setattr(warm, "IDLE_SECONDS", 0.2)
        zygote = await started()
    assert ended(zygote)
    with capture_logs() as logs:
        assert isinstance(await run(strategy("pass")), Finished)
    assert logs == []
    assert (await started()).pid != zygote.pid


def test_it_ends_with_the_thread_that_started_it():
    thread = threading.Thread(target=lambda: asyncio.run(warm.ready()))
    thread.start()
    thread.join()
    zygote = warm._zygote
    assert zygote is not None
    assert zygote.process.wait(timeout=10) == -signal.SIGKILL


SCRIPT = """
import asyncio, sys, time
from quantdesk.sandbox import warm
assert asyncio.run(warm.ready())
print(warm._zygote.process.pid, flush=True)
time.sleep(60)
"""


def test_it_ends_with_a_process_that_is_killed():
    with subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        zygote = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        assert ended(zygote)
