"""One supervised process."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import psutil
import pytest

from quantdesk.cli import children
from quantdesk.cli.children import Child, RotatedLog

pytestmark = pytest.mark.timeout(60)


class Told:
    """What a person was told; can be waited for."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._more = asyncio.Event()

    def __call__(self, line: str) -> None:
        self.lines.append(line)
        self._more.set()

    async def until(self, part: str) -> None:
        while not any(part in line for line in self.lines):
            self._more.clear()
            await self._more.wait()


def child_of(tmp_path: Path, told: Told, code: str) -> Child:
    return Child("probe", lambda: [sys.executable, "-c", code], tmp_path / "probe.log", {}, told)


async def test_its_output_is_kept_and_errors_are_told(tmp_path: Path) -> None:
    told = Told()
    code = (
        'print("plain"); print(\'{"level": "info", "event": "fine"}\'); print(\'{"level": "error", "event": "bad"}\')'
    )
    child = child_of(tmp_path, told, code)
    child.once = True
    await child.run()
    assert (tmp_path / "probe.log").read_text().splitlines()[0] == "plain"
    assert [line for line in told.lines if "bad" in line] == [f"probe: bad ({tmp_path / 'probe.log'})"]
    assert not any("fine" in line for line in told.lines)


async def test_a_process_that_keeps_dying_is_told_once_with_the_end_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "PAUSE_LIMIT", 0.01)
    told = Told()
    child = child_of(tmp_path, told, 'print("no such thing"); raise SystemExit(3)')
    run = asyncio.create_task(child.run())
    await told.until("keeps dying")
    await told.until("    no such thing")
    assert child.in_crash_loop
    assert told.lines[0] == "probe ended with code 3; starting it again"
    child.terminate()
    await run
    assert len([line for line in told.lines if "keeps dying" in line]) == 1


async def test_terminate_ends_it_for_good(tmp_path: Path) -> None:
    told = Told()
    code = 'print(\'{"level": "error", "event": "up"}\', flush=True); import time; time.sleep(60)'
    child = child_of(tmp_path, told, code)
    run = asyncio.create_task(child.run())
    await told.until("up")
    child.terminate()
    await run
    assert len(told.lines) == 1


async def test_kill_ends_it_with_its_own_children(tmp_path: Path) -> None:
    told = Told()
    code = (
        "import subprocess, sys, time\n"
        "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        'print(\'{"level": "error", "event": "up"}\', flush=True)\n'
        "time.sleep(60)"
    )
    child = child_of(tmp_path, told, code)
    run = asyncio.create_task(child.run())
    await told.until("up")
    assert child.process is not None
    family = psutil.Process(child.process.pid).children()
    assert len(family) == 1
    child.kill()
    await run
    _gone, alive = psutil.wait_procs(family, timeout=10)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []


async def test_a_line_without_end_does_not_stop_the_reading(tmp_path: Path) -> None:
    told = Told()
    child = child_of(tmp_path, told, 'print("x" * 3_000_000); print("after")')
    child.once = True
    await child.run()
    assert (tmp_path / "probe.log").read_text().endswith("after\n")


def test_a_full_log_is_moved_aside_and_few_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "LOG_BYTES", 100)
    log = RotatedLog(tmp_path / "x.log")
    for number in range(100):
        log.write(f"line {number:03}\n".encode())
    log.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.log", "x.log.1", "x.log.2"]
    assert (tmp_path / "x.log").read_text().endswith("line 099\n")
    assert all(path.stat().st_size < 120 for path in tmp_path.iterdir())
    assert (tmp_path / "x.log").stat().st_mode & 0o077 == 0
