"""The debugger on strategies: a backtest in a real kernel, stopped inside of what the strategy is called for."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest

from quantdesk.core.bars.frame import Bars
from quantdesk.features.notebooks import debug_messages as d
from quantdesk.features.notebooks import messages as m
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from tests.fakes.made_bars import random_walk
from tests.features.notebooks.test_debugging import breakpoints, evaluate, finish, lines, step, stop
from tests.features.notebooks.test_kernels import hosting, page

pytestmark = [pytest.mark.timeout(180), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

EVENT = """\
from quantdesk.sdk import Strategy, param

class Cross(Strategy):
    fast: int = param(3)

    def on_start(self):
        self.seen = 0

    def on_bar(self, bar):
        self.seen += 1
        price = bar.close
        if self.seen == 5:
            self.buy(bar.symbol, 100)
"""

BACKTRADER = """\
import backtrader as bt
from signals.cross import crossed

class Cross(bt.Strategy):
    params = (("period", 3),)

    def __init__(self):
        self.mean = bt.ind.SMA(self.data.close, period=self.p.period)

    def next(self):
        level = self.mean[0]
        if crossed(self.data.close[0], level):
            self.buy(size=100)
"""

CROSSED = """\
def crossed(price, level):
    above = price > level
    return above
"""


@pytest.fixture
async def bars(context: Context) -> AsyncIterator[Bars]:
    made = random_walk("600519.SH", 60, seed=1)
    context.bars.merge([made], source="import", now=clock.utcnow())
    async with hosting(context):
        yield made


def day(bars: Bars, row: int) -> dt.date:
    found = bars.time[row].astype("datetime64[D]").item()
    assert isinstance(found, dt.date)
    return found


def run_of(bars: Bars, code: str, **more: Any) -> d.DebugStrategy:
    return d.DebugStrategy(cell="s", code=code, symbols=["600519.SH"], start=day(bars, 0), end=day(bars, 59), **more)


async def test_an_event_strategy_is_stopped_in_on_bar_with_its_bar(context: Context, bars: Bars) -> None:
    one = await page(context)
    await breakpoints(one, {"line": 11, "hits": 5})
    await one.send(run_of(bars, EVENT, class_name="Cross", parameters={"fast": 4}))
    told = await stop(one)
    assert lines(told)[0][1:] == ("strategy.py", 11)
    assert told.frames[0].name.endswith("on_bar")
    assert told.bar is not None
    assert (told.bar.symbol, told.bar.time) == ("600519.SH", day(bars, 4).isoformat())
    close = float((await evaluate(one, "bar.close")).value)
    assert told.bar.close == pytest.approx(close)
    assert (await evaluate(one, "self.seen, self.fast")).value == "(5, 4)"
    assert (await step(one, "over")).frames[0].line == 12
    assert float((await evaluate(one, "price")).value) == pytest.approx(close)
    assert (await step(one, "over")).frames[0].line == 13
    following = await step(one, "continue")
    assert following.bar is not None
    assert following.bar.time == day(bars, 5).isoformat()
    await breakpoints(one)
    assert await finish(one) == "ok"
    (report,) = [r for r in one.heard if isinstance(r, m.CellOutput)]
    assert "1 fill" in report.data["text/plain"]


async def test_a_backtrader_strategy_is_stopped_in_next_and_in_its_other_file(context: Context, bars: Bars) -> None:
    one = await page(context)
    await breakpoints(one, {"line": 11}, {"path": "signals/cross.py", "line": 3, "condition": "above"})
    files = [d.StrategyFile(path="signals/cross.py", text=CROSSED)]
    await one.send(run_of(bars, BACKTRADER, files=files, initial_cash="200000"))
    told = await stop(one)
    assert (told.frames[0].path, told.frames[0].line) == ("strategy.py", 11)
    assert told.bar is not None
    assert told.bar.time == day(bars, 2).isoformat()
    assert told.bar.close == pytest.approx(float((await evaluate(one, "self.data.close[0]")).value))
    assert (await evaluate(one, "self.broker.getcash()")).value == "200000.0"
    assert (await step(one, "over")).frames[0].line == 12
    inside = await step(one, "in")
    assert (inside.frames[0].path, inside.frames[1].path) == ("signals/cross.py", "strategy.py")
    assert inside.bar == told.bar
    await breakpoints(one, {"path": "signals/cross.py", "line": 3, "condition": "above"})
    there = await step(one, "continue")
    assert (there.frames[0].path, there.frames[0].line) == ("signals/cross.py", 3)
    assert (await evaluate(one, "above")).value == "True"
    await breakpoints(one)
    assert await finish(one) == "ok"


async def test_a_strategy_that_is_stopped_is_ended_and_the_kernel_goes_on(context: Context, bars: Bars) -> None:
    one = await page(context)
    await breakpoints(one, {"line": 10})
    await one.send(run_of(bars, EVENT))
    await stop(one)
    assert await finish(one, "stop") == "error"
    assert any(isinstance(r, m.CellError) and r.name == "KeyboardInterrupt" for r in one.heard)
    assert (await one.run("b", "1 + 1"))[-1] == m.CellDone(
        number=one.heard[-1].number,
        cell="b",
        status="ok",
        seconds=one.heard[-1].seconds,  # type: ignore[union-attr]
    )
