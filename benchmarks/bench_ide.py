"""The strategy IDE: time to the first line, kernels, completion of live objects, memory, quick runs, typing.

Peers, in the same run: a new Python process that imports the same libraries, and a plain ipykernel without a sandbox.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from typing import Any

import psutil  # type: ignore[import-untyped]

from benchmarks import ide_language, ide_quick, ide_typing
from benchmarks.rows import Peer, Row, median, percentile
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.features.notebooks import messages as m
from quantdesk.features.notebooks.journal import Journal
from quantdesk.features.notebooks.kernel import DocumentKernel
from quantdesk.sandbox import warm
from quantdesk.sandbox.exchange import BacktestRequest
from quantdesk.sandbox.kernel_process import KernelProcess
from quantdesk.sandbox.launcher import run_task
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.messages import LiveMessage, Log
from tests.fakes.made_bars import bars_of

FIRST_LINES, KERNELS, COMPLETIONS = 20, 7, 60
BARS = {"600519.SH": bars_of("600519.SH", [10.0, 11.0])}
SPEC = BacktestSpec.model_validate({"symbols": ["600519.SH"], "start": "2020-01-01", "end": "2020-12-31"})
SOURCE = """
from quantdesk.sdk import Strategy
import time
print("first line", time.time())

class S(Strategy):
    def on_bar(self, bar):
        pass
"""
PLAIN_KERNEL = """
import time
began = time.perf_counter()
from jupyter_client import KernelManager
manager = KernelManager(kernel_name="python3")
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
print((time.perf_counter() - began))
manager.shutdown_kernel(now=True)
"""


def run() -> list[Row]:
    lines, grown, kernels, completed = asyncio.run(ours())
    cold = [timed("import quantdesk.core.backtest.event_engine, quantdesk.sdk") for _ in range(5)]
    plain = [plain_kernel() for _ in range(5)]
    return [
        Row(
            "request to the user's first line, p50",
            median(lines) * 1000,
            "ms",
            50.0,
            peer=Peer("new Python with the same imports", median(cold) * 1000),
            note="written request, fork, lock-down, print, received by the worker",
        ),
        Row("the same, p95", percentile(lines, 0.95) * 1000, "ms"),
        Row(f"growth of the warm parent over {FIRST_LINES} runs", grown, "MB", 1.0),
        Row(
            "kernel started and answering, median",
            median(kernels),
            "s",
            1.5,
            peer=Peer("plain ipykernel, no sandbox", median(plain)),
        ),
        Row("completion of live objects, p95", percentile(completed, 0.95) * 1000, "ms", 150.0),
        *ide_quick.run(),
        *ide_language.run(),
        *ide_typing.run(),
    ]


async def ours() -> tuple[list[float], float, list[float], list[float]]:
    """Give the seconds to first lines, the MB by which the warm parent grew, kernels' starts, completions."""
    assert await warm.ready()
    await first_line()  # the first run of a zygote touches its pages
    before = zygote_mb()
    lines = [await first_line() for _ in range(FIRST_LINES)]
    grown = zygote_mb() - before
    warm.stop()
    kernels = [await kernel_ready() for _ in range(KERNELS)]
    return lines, grown, kernels, await completions()


async def first_line() -> float:
    told: list[float] = []

    async def hear(message: LiveMessage) -> None:
        if isinstance(message, Log) and message.text.startswith("first line"):
            told.append(time.perf_counter())

    began = time.perf_counter()
    await run_task(BacktestRequest(SPEC, SOURCE), BARS, Limits(), hear, asyncio.Event())
    return told[0] - began


def zygote_mb() -> float:
    (zygote,) = [one for one in psutil.Process().children() if one.name() == "quantdesk-warm"]
    return float(zygote.memory_full_info().uss / 1e6)


async def kernel_ready() -> float:
    began = time.perf_counter()
    kernel = KernelProcess(Limits(), require_isolation=True)
    await kernel.ready()
    took = time.perf_counter() - began
    await kernel.close()
    return took


async def nothing(_: Any) -> None:
    await asyncio.Event().wait()


async def completions() -> list[float]:
    kernel = DocumentKernel(Limits(), 600.0, Journal(), nothing)
    await kernel.start()
    done = asyncio.Event()
    kernel.listeners.add(lambda reply: done.set() if isinstance(reply, m.CellDone) else None)
    kernel.execute(m.Execute(cell="a", code="import pandas as pd\nframe = pd.DataFrame({'close': [1.0]})"))
    await done.wait()
    await kernel.complete(m.Complete(request=0, code="frame.he", position=8))
    took = []
    for number, code in enumerate(["frame.he", "pd.Data", "frame.close.rol", "pd.to_d"] * (COMPLETIONS // 4)):
        began = time.perf_counter()
        found = await kernel.complete(m.Complete(request=number, code=code, position=len(code)))
        took.append(time.perf_counter() - began)
        assert found.matches, code
    await kernel.shutdown()
    return took


def timed(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began


def plain_kernel() -> float:
    told = subprocess.run([sys.executable, "-c", PLAIN_KERNEL], check=True, capture_output=True, text=True)
    return float(told.stdout)
