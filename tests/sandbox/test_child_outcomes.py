"""How runs end: finished, failed, stopped; what is heard on the way."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

import pytest

from quantdesk.core.backtest.run import report_strategy
from quantdesk.core.strategies.catalog import template
from quantdesk.sandbox.exchange import BacktestRequest
from quantdesk.sandbox.launcher import run_backtest
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.messages import Equity, LiveMessage, Log, Progress
from quantdesk.sandbox.outcome import Failed, Finished, Stopped
from tests.fakes.made_bars import bars_of
from tests.sandbox.runs import BARS, SPEC, Heard, child_of, run, strategy

pytestmark = pytest.mark.usefixtures("start")


@pytest.fixture
def private_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The place where runs make their private folders."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


async def test_the_child_gives_the_result_that_the_engine_gives(private_folders: Path):
    source = template("double_moving_average").source
    heard = Heard()
    outcome = await run(source, heard=heard)
    assert isinstance(outcome, Finished)
    here = report_strategy(SPEC, source, BARS, versions=outcome.result.versions)
    assert outcome.result == here
    assert set(outcome.result.versions) == {"quantdesk", "python", "numpy", "pandas", "backtrader", "numba", "ta-lib"}
    progress = [m for m in heard.messages if isinstance(m, Progress)]
    assert (progress[0].done, progress[-1].done, progress[-1].total) == (1, 500, 500)
    days = [day for m in heard.messages if isinstance(m, Equity) for day in m.dates]
    assert days == outcome.result.series.date
    assert len(heard.lines) == len(outcome.result.fills)
    assert os.listdir(private_folders) == []


async def test_an_exception_comes_back_with_line_and_hint():
    outcome = await run(strategy("x = 1 / 0"))
    assert isinstance(outcome, Failed)
    assert (outcome.error.type, outcome.error.line, outcome.error.source_line) == ("ZeroDivisionError", 4, "x = 1 / 0")


async def test_no_bars_in_the_range_is_a_failure_in_words():
    outcome = await run(strategy("pass"), bars={"600519.SH": bars_of("600519.SH", [10, 11], start="2022-01-03")})
    assert isinstance(outcome, Failed)
    assert "import them" in outcome.error.message


@pytest.mark.parametrize(
    ("body", "line", "level"),
    [
        ("print('到期'); print('no end', end='')", "到期", "info"),
        ("import sys; sys.stderr.write('bad\\n')", "bad", "warning"),
        ("self.log('hello')", "2015-01-01 hello", "info"),
        ("import warnings; warnings.warn('careful')", "UserWarning: careful", "warning"),
        ("import logging; logging.warning('logged')", "logged", "warning"),
    ],
)
async def test_what_is_printed_becomes_log_lines(body: str, line: str, level: str):
    heard = Heard()
    await run(strategy(body), heard=heard)
    assert any(isinstance(m, Log) and line in m.text and m.level == level for m in heard.messages)


async def test_a_flood_of_output_is_bounded_and_the_rest_counted():
    heard = Heard()
    outcome = await run(strategy("print('x' * 9000); [print(i) for i in range(100)]"), Limits(log_lines=50), heard)
    assert isinstance(outcome, Finished)
    assert len(heard.lines) == 51
    assert len(heard.lines[0]) < 2_100
    # 9000 characters are one line; 500 days x 101 lines
    assert heard.lines[-1] == "… 50,450 lines dropped"


async def test_a_flood_into_the_message_channel_itself_is_stopped():
    body = "import os; [os.write(fd, b'x' * 60000 + b'\\n') for fd in range(3, 999) if is_pipe(fd) for _ in range(999)]"
    source = (
        strategy(body) + "def is_pipe(fd):\n    import os, stat\n"
        "    try: return stat.S_ISFIFO(os.fstat(fd).st_mode)\n    except OSError: return False\n"
    )
    outcome = await run(source, Limits(messages_mb=2))
    assert isinstance(outcome, Stopped)
    assert outcome.reason == "output"


async def test_nonsense_in_the_message_channel_is_ignored():
    body = 'import os; [os.write(fd, b\'{"kind": "progress"}\\nnonsense\\n\') for fd in range(3, 1024) if is_pipe(fd)]'
    source = (
        strategy(body) + "def is_pipe(fd):\n    import os, stat\n"
        "    try: return stat.S_ISFIFO(os.fstat(fd).st_mode)\n    except OSError: return False\n"
    )
    assert isinstance(await run(source), Finished)


async def test_an_endless_loop_ends_with_its_cpu_time():
    outcome = await run(strategy("while True: pass"), Limits(cpu_seconds=1))
    assert isinstance(outcome, Stopped)
    assert outcome.reason == "cpu_time"
    assert "1 秒" in outcome.message_zh
    assert "endless loop" in outcome.message_en


async def test_ignoring_the_cpu_signal_does_not_help():
    body = "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\n        while True: pass"
    outcome = await run(strategy(body), Limits(cpu_seconds=1))
    assert isinstance(outcome, Stopped)
    assert outcome.reason == "cpu_time"


async def test_sleeping_too_long_ends_with_the_wall_time():
    outcome = await run(strategy("import time; time.sleep(60)"), Limits(wall_seconds=2))
    assert isinstance(outcome, Stopped)
    assert outcome.reason == "wall_time"


@pytest.mark.parametrize(
    "body",
    [
        "self.hog = bytearray(4 * 1024**3)",
        "self.hog = getattr(self, 'hog', []); self.hog.extend(bytearray(16 * 1024**2) for _ in range(40))",
        "import numpy; self.hog = numpy.ones(10**9)",
        "import mmap; self.hog = [mmap.mmap(-1, 1024**3) for _ in range(9)]",
    ],
)
async def test_a_memory_hog_fails_at_its_own_line(body: str):
    outcome = await run(strategy(body), Limits(memory_mb=512))
    assert isinstance(outcome, Failed)
    assert outcome.error.type in ("MemoryError", "OSError")
    assert outcome.error.line == 4


async def test_many_small_objects_run_into_the_same_limit():
    outcome = await run(strategy("hog = []\n        while True: hog.append([0] * 100)"), Limits(memory_mb=300))
    assert isinstance(outcome, Failed)
    assert outcome.error.message == "out of memory: the limit is 300 MB"
    assert outcome.error.line == 5


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import os; os._exit(7)", "exit code 7"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("import os; os.abort()", "SIGABRT"),
        ("import sys; sys.setrecursionlimit(10**9); f = lambda: f(); f()", None),
    ],
)
async def test_a_crash_is_explained(body: str, words: str | None):
    outcome = await run(strategy(body), Limits(cpu_seconds=10, memory_mb=512))
    if words is None:
        assert isinstance(outcome, Stopped | Failed)
        return
    assert isinstance(outcome, Stopped)
    assert outcome.reason == "crashed"
    assert words in outcome.message_en


async def test_a_kill_from_outside_is_told_apart():
    heard = Heard()
    task = asyncio.create_task(run(strategy("import time; time.sleep(60)"), heard=heard))
    child = await child_of(heard)
    child.kill()
    outcome = await task
    assert isinstance(outcome, Stopped)
    assert outcome.reason == "killed"


async def test_cancel_kills_the_child_and_removes_its_folder(private_folders: Path):
    heard, cancelled = Heard(), asyncio.Event()
    request = BacktestRequest(SPEC, strategy("while True: pass"))
    task = asyncio.create_task(run_backtest(request, BARS, Limits(), heard, cancelled))
    child = await child_of(heard)
    cancelled.set()
    async with asyncio.timeout(5):
        outcome = await task
    assert isinstance(outcome, Stopped)
    assert (outcome.reason, outcome.message_zh) == ("cancelled", "已取消")
    assert not child.is_running()
    assert os.listdir(private_folders) == []


async def test_cancel_does_not_wait_for_a_slow_watcher():
    cancelled, entered = asyncio.Event(), asyncio.Event()

    async def slow(message: LiveMessage) -> None:
        entered.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(run_backtest(BacktestRequest(SPEC, strategy("pass")), BARS, Limits(), slow, cancelled))
    await entered.wait()
    cancelled.set()
    async with asyncio.timeout(5):
        outcome = await task
    assert isinstance(outcome, Stopped)


async def test_cancelled_before_it_starts_starts_nothing(private_folders: Path):
    cancelled = asyncio.Event()
    cancelled.set()
    outcome = await run_backtest(BacktestRequest(SPEC, strategy("pass")), BARS, Limits(), Heard(), cancelled)
    assert isinstance(outcome, Stopped)


async def test_a_cancelled_task_leaves_neither_process_nor_folder(private_folders: Path):
    heard = Heard()
    task = asyncio.create_task(run(strategy("while True: pass"), heard=heard))
    child = await child_of(heard)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not child.is_running()
    assert os.listdir(private_folders) == []


async def test_a_watcher_that_raises_ends_the_run(private_folders: Path):
    async def broken(message: LiveMessage) -> None:
        raise ConnectionError("bus is gone")

    with pytest.raises(ConnectionError):
        await run_backtest(BacktestRequest(SPEC, strategy("pass")), BARS, Limits(), broken, asyncio.Event())
    assert os.listdir(private_folders) == []


async def test_runs_leave_no_open_files_behind():
    await run(strategy("pass"))
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        await run(strategy("pass"))
    assert len(os.listdir("/proc/self/fd")) == before


async def test_a_crash_is_not_blamed_on_the_memory_that_the_libraries_take():
    outcome = await run(strategy("import os; os.abort()"), Limits(memory_mb=64))
    assert isinstance(outcome, Stopped)
    assert outcome.reason == "crashed"


async def test_equal_runs_draw_equal_random_numbers():
    source = "import random, numpy\nprint(random.random(), numpy.random.rand())\n" + strategy("pass")
    heard = Heard(), Heard()
    for one in heard:
        await run(source, heard=one)
    assert heard[0].lines == heard[1].lines == ["0.8444218515250481 0.5488135039273248"]
