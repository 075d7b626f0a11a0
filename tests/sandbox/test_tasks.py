"""What a child can be asked for beside a backtest: sweeps and truncation tests, and the blocking call."""

from __future__ import annotations

import asyncio
import datetime as dt
from decimal import Decimal

import numpy as np
import pytest

from quantdesk.core.backtest.sweep import run_sweep
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.sandbox.exchange import BacktestRequest, SweepRequest, TruncationRequest
from quantdesk.sandbox.launcher import run_local, run_task
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.messages import LiveMessage, Log, Progress, TrialDone
from quantdesk.sandbox.outcome import Failed, Finished, Stopped
from tests.sandbox.runs import BARS, SPEC, Heard, strategy

MOVING = """
import backtrader as bt
class S(bt.Strategy):
    params = (("days", 5), ("size", 100))
    def __init__(self):
        self.mean = bt.ind.SMA(self.data, period=self.p.days)
    def next(self):
        if self.p.size == 13: 1 / 0
        if self.data.close[0] > self.mean[0] and not self.position: self.buy(size=self.p.size)
        if self.data.close[0] < self.mean[0] and self.position: self.close()
"""
TRIALS = [{"days": 5}, {"days": 8, "size": 13}, {"days": 21, "size": 300}]


def test_run_local_blocks_until_the_end():
    messages: list[LiveMessage] = []
    outcome = run_local(BacktestRequest(SPEC, strategy("print('hi')")), BARS, Limits(), messages.append)
    assert isinstance(outcome, Finished)
    assert sum(isinstance(m, Log) for m in messages) == 500


@pytest.mark.usefixtures("start")
async def test_a_sweep_gives_what_the_engine_gives_for_each_trial_and_tells_each():
    heard = Heard()
    outcome = await run_task(SweepRequest(SPEC, MOVING, TRIALS), BARS, Limits(), heard, asyncio.Event())
    assert isinstance(outcome, Finished)
    here = run_sweep(SPEC, MOVING, TRIALS, BARS)
    for there, expected in zip(outcome.result.trials, here.trials, strict=True):
        assert (there.index, there.params) == (expected.index, expected.params)
        assert (there.metrics, there.error, there.dates) == (expected.metrics, expected.error, expected.dates)
        np.testing.assert_array_equal(there.returns, expected.returns)
    assert [trial.days for trial in outcome.result.trials] == [500, 0, 500]
    told = [m for m in heard.messages if isinstance(m, TrialDone)]
    assert [(m.index, m.metrics, m.error) for m in told] == [(t.index, t.metrics, t.error) for t in here.trials]


@pytest.mark.usefixtures("start")
async def test_a_truncation_test_comes_back_with_its_verdict():
    heard = Heard()
    request = TruncationRequest(SPEC, MOVING, samples=3, seed=7)
    outcome = await run_task(request, BARS, Limits(), heard, asyncio.Event())
    assert isinstance(outcome, Finished)
    assert outcome.result.verdict == "clean"
    assert [(m.done, m.total, m.date) for m in heard.messages if isinstance(m, Progress)] == [
        (number, 3, day) for number, day in enumerate(outcome.result.samples, 1)
    ]


@pytest.mark.usefixtures("start")
async def test_corporate_actions_reach_the_child():
    action = CorporateAction("600519.SH", dt.date(2016, 6, 1), cash=Decimal("1.5"), bonus=Decimal("0.1"))
    request = BacktestRequest(SPEC, strategy("pass"))
    outcome = await run_task(request, BARS, Limits(), Heard(), asyncio.Event(), actions={"600519.SH": [action]})
    assert isinstance(outcome, Finished)


FORGE = """
import os, stat
def forge(payload):
    for fd in range(3, 1024):
        try: mode = os.fstat(fd).st_mode
        except OSError: continue
        os.write(fd, payload if stat.S_ISREG(mode) else b'{"kind": "finished"}\\n')
    os._exit(0)
forge(%r)
"""
EMPTY = b'{"index": 0, "params": {}, "metrics": null, "error": null}'


@pytest.mark.usefixtures("start")
@pytest.mark.parametrize(
    "payload",
    [
        b"nonsense",
        b'{"dates": [], "trials": []}\n',
        b'{"dates": ["2020-01-01"], "trials": [' + EMPTY + b"]}\n\0\0",
        b'{"dates": ["2020-01-01"], "trials": [' + EMPTY + b"]}\n\0\0\0\0",
    ],
    ids=["no JSON", "other trials", "too few bytes", "neither metrics nor error"],
)
async def test_a_forged_result_of_a_sweep_is_a_crash_and_nothing_worse(payload: bytes):
    outcome = await run_task(SweepRequest(SPEC, FORGE % payload, [{}]), BARS, Limits(), Heard(), asyncio.Event())
    assert isinstance(outcome, Stopped)
    assert (outcome.reason, bool(outcome.detail)) == ("crashed", True)


@pytest.mark.usefixtures("start")
async def test_a_sweep_without_bars_fails_as_a_whole():
    outcome = await run_task(SweepRequest(SPEC, MOVING, TRIALS), {}, Limits(), Heard(), asyncio.Event())
    assert isinstance(outcome, Failed)
    assert "import them" in outcome.error.message


def test_the_limits_of_a_sweep_grow_with_its_trials():
    limits = Limits(cpu_seconds=60, wall_seconds=90.0).for_sweep(1000, seconds_each=0.5)
    assert (limits.cpu_seconds, limits.wall_seconds, limits.memory_mb) == (560, 590.0, 2048)


EVENT = """
from quantdesk.sdk import Strategy
class A(Strategy):
    def on_start(self):
        self.mean = self.sma(5)
    def on_bar(self, bar):
        if self.mean[0] > 0 and not self.position(bar.symbol): self.buy(bar.symbol, 100)
"""


@pytest.mark.usefixtures("start")
async def test_an_event_strategy_finds_its_engine_and_indicators_in_the_locked_child():
    outcome = await run_task(BacktestRequest(SPEC, EVENT), BARS, Limits(), Heard(), asyncio.Event())
    assert isinstance(outcome, Finished), outcome
    assert (outcome.result.engine, len(outcome.result.fills)) == ("event", 1)
