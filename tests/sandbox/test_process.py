"""Waiting for a process's end."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from quantdesk.sandbox.process import watch_exit


def start(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code])


async def test_the_end_is_told_also_when_somebody_else_has_reaped_the_process() -> None:
    process = start("raise SystemExit(3)")
    process.wait()
    ended = await asyncio.wait_for(watch_exit(process, 0), 10)
    assert ended.code == 3


async def test_the_end_is_told_with_the_time_it_took() -> None:
    process = start("sum(range(3_000_000))")
    ended = await asyncio.wait_for(watch_exit(process, 0), 30)
    assert ended.code == 0
    assert ended.cpu_seconds > 0
