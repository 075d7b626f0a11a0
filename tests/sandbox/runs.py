"""What the tests of runs have in common: bars, a strategy's frame, and a listener."""

from __future__ import annotations

import asyncio
import datetime as dt

import psutil

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.frame import Bars
from quantdesk.sandbox.child import NAME
from quantdesk.sandbox.exchange import BacktestRequest
from quantdesk.sandbox.launcher import run_backtest
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.messages import LiveMessage, Log
from quantdesk.sandbox.outcome import Outcome
from tests.fakes.made_bars import random_walk

BARS = {"600519.SH": random_walk("600519.SH", 500, seed=1), "000300.SH": random_walk("000300.SH", 500, seed=2)}
SPEC = BacktestSpec(
    symbols=["600519.SH"],
    start=dt.date(2015, 1, 1),
    end=dt.date(2020, 12, 31),
    benchmark="000300.SH",
    adjustment="none",
)


def strategy(body: str) -> str:
    return f"import backtrader as bt\nclass S(bt.Strategy):\n    def next(self):\n        {body}\n"


class Heard:
    def __init__(self) -> None:
        self.messages: list[LiveMessage] = []
        self.first = asyncio.Event()

    async def __call__(self, message: LiveMessage) -> None:
        self.messages.append(message)
        self.first.set()

    @property
    def lines(self) -> list[str]:
        return [m.text for m in self.messages if isinstance(m, Log)]


async def run(
    source: str, limits: Limits | None = None, heard: Heard | None = None, bars: dict[str, Bars] | None = None
) -> Outcome:
    return await run_backtest(
        BacktestRequest(SPEC, source), bars or BARS, limits or Limits(), heard or Heard(), asyncio.Event()
    )


async def child_of(heard: Heard) -> psutil.Process:
    """Wait for the first message, then find the child."""
    async with asyncio.timeout(30):
        await heard.first.wait()
    (child,) = [p for p in psutil.Process().children(recursive=True) if p.name() == NAME]
    return child
