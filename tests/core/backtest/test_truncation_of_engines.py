"""Typical ways to look ahead are found in each way of writing a strategy, and honest strategies are not accused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.backtest.truncation import TruncationReport, run_truncation
from quantdesk.core.bars.frame import Bars
from tests.fakes.made_bars import random_walk

SYMBOLS = ["600519.SH", "000001.SZ"]


def with_a_dividend(bars: Bars, row: int) -> Bars:
    """Halve the prices from a row on, its previous close too, as a bonus of one for one does."""
    scale = np.where(np.arange(len(bars)) < row, 1.0, 0.5)
    prices = {name: np.round(getattr(bars, name) * scale, 2) for name in ("open", "high", "low", "close")}
    preclose = np.concatenate([[bars.preclose[0]], prices["close"][:-1]])
    preclose[row] = np.round(prices["close"][row - 1] / 2, 2)
    return dataclasses.replace(bars, **prices, preclose=preclose)


BARS = {
    symbol: with_a_dividend(random_walk(symbol, 150, seed=number), 90 + number) for number, symbol in enumerate(SYMBOLS)
}

VECTOR = """import numpy as np
from quantdesk.sdk import Signals, TopkDropout, VectorStrategy, Weights, shift, sma


class S(VectorStrategy):
    def run(self, data):
        close = data.close
        {body}
"""
SIGNALS = "return Signals(entries=rises, exits=~rises)"
BACKTRADER = """import backtrader as bt


class Centred(bt.Indicator):
    lines = ("mean",)

    def once(self, start, end):
        import numpy as np
        values = np.array(self.data.array)
        self.lines.mean.array[:] = __import__("array").array("d", np.convolve(values, np.ones(5) / 5, "same"))


class S(bt.Strategy):
    def __init__(self):
        {init}

    def next(self):
        d = self.data
        rises = {rises}
        if rises and not self.position:
            self.buy(size=100)
        elif not rises and self.position:
            self.close()
"""
EVENT = """import numpy as np
from quantdesk.sdk import Strategy


class S(Strategy):
    def on_start(self):
        {start}

    def on_bar(self, bar):
        {bar}

    def rebalance(self):
        {rebalance}
"""


def vector(*body: str) -> str:
    return VECTOR.format(body="\n        ".join(body))


def backtrader(rises: str, init: str = "pass") -> str:
    return BACKTRADER.format(init=init, rises=rises)


def event(start: str = "pass", bar: str = "pass", rebalance: str = "pass") -> str:
    return EVENT.format(start=start, bar=bar, rebalance=rebalance)


def report(code: str, adjustment: str = "qfq", samples: int = 10) -> TruncationReport:
    spec = {"symbols": SYMBOLS, "start": "2015-01-01", "end": "2015-12-31", "adjustment": adjustment}
    if "Centred" in code:
        spec["strategy_class"] = "S"
    return run_truncation(BacktestSpec.model_validate(spec), code, samples, 1, BARS, reseed=lambda: np.random.seed(1))


LOOKS_AHEAD = {
    "vector: np.roll by -1": vector("rises = np.roll(close, -1, axis=0) > close", SIGNALS),
    "vector: np.roll by 1 brings the last day to the first": vector(
        "rises = close > np.roll(close, 1, axis=0)", SIGNALS
    ),
    "vector: pandas shift by -1": vector(
        "import pandas as pd", "rises = (pd.DataFrame(close).shift(-1) > close).to_numpy()", SIGNALS
    ),
    "vector: against the whole series' mean": vector("rises = close > np.nanmean(close, axis=0)", SIGNALS),
    "vector: scaled by the whole series' maximum": vector(
        "scaled = close / np.nanmax(close, axis=0)", "return Weights(np.where(scaled > 0.9, 0.4, 0.0))"
    ),
    "vector: scores of tomorrow": vector(
        "scores = np.vstack([close[1:] / close[:-1], np.ones((1, close.shape[1]))])",
        "return TopkDropout(scores, topk=1, n_drop=1)",
    ),
    "vector: a centred window": vector(
        "import pandas as pd", "rises = close > pd.DataFrame(close).rolling(5, center=True).mean().to_numpy()", SIGNALS
    ),
    "backtrader: tomorrow's close": backtrader("d.close[1] > d.close[0]"),
    "backtrader: the mean of the whole array": backtrader("d.close[0] > sum(d.close.array[: d.buflen()]) / d.buflen()"),
    "backtrader: an indicator with a centred window": backtrader(
        "d.close[0] < self.mean[0]", "self.mean = Centred(self.data)"
    ),
}

HONEST = {
    "vector: a moving average": vector("rises = close > sma(close, 5)", SIGNALS),
    "vector: today's high, known at the close": vector("rises = close > 0.99 * data.high", SIGNALS),
    "vector: weights by yesterday": vector(
        "return Weights(np.where(shift(close, 1) < close, 0.4, 0.1))",
    ),
    "vector: seeded random numbers, drawn day by day": vector(
        "rises = np.random.default_rng(7).random(close.shape) > 0.5", SIGNALS
    ),
    "vector: the global generator": vector("rises = np.random.random(close.shape) > 0.5", SIGNALS),
    "backtrader: an average": backtrader("d.close[0] > self.mean[0]", "self.mean = bt.indicators.SMA(period=5)"),
    "backtrader: today's high": backtrader("d.close[0] > 0.99 * d.high[0]"),
    "event: every month": event(
        "self.every('month', self.rebalance)",
        rebalance="self.order_target_weights({'600519.SH': 0.5, '000001.SZ': 0.3})",
    ),
    "event: every week": event(
        "self.every('week', self.rebalance)",
        rebalance="self.order_target_percent('600519.SH', 0.1 + 0.8 * np.random.random())",
    ),
    "event: a declared average": event(
        "self.mean = self.sma(5)", "self.order_target_percent(bar.symbol, 0.4 if bar.close > self.mean[0] else 0)"
    ),
    "event: today's high": event(
        bar="self.order_target_percent(bar.symbol, 0.4 if bar.close > 0.99 * bar.high else 0)"
    ),
}


@pytest.mark.parametrize("name", LOOKS_AHEAD)
def test_look_ahead_is_found(name):
    found = report(LOOKS_AHEAD[name])
    assert found.verdict == "look_ahead"
    assert all(difference.date <= difference.cut for difference in found.differences)


@pytest.mark.parametrize("adjustment", ["none", "qfq", "hfq"])
@pytest.mark.parametrize("name", HONEST)
def test_an_honest_strategy_is_clean(name, adjustment):
    # The dividend lies within the days: on forward-adjusted prices, too, later ones must not count as look-ahead.
    found = report(HONEST[name], adjustment)
    assert (found.verdict, found.differences) == ("clean", [])


def test_a_monthly_timer_fires_the_same_wherever_the_month_is_cut():
    # Each of the 148 days at which data can be cut, the last and the first days of months included.
    found = report(HONEST["event: every month"], samples=148)
    assert (found.verdict, len(found.samples)) == ("clean", 148)
