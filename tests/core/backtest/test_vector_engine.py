"""Vectorised strategies through the simulator: the same wishes give the same orders, fills and equity as by events."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.backtest.code_errors import StrategyError
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.backtest.run import run_strategy
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.backtest.stage import set_stage
from quantdesk.core.bars.adjust import adjust
from quantdesk.core.bars.frame import Bars
from quantdesk.core.strategies.vector.data import MarketData

DAYS = 60
SYMBOLS = ["600001.SH", "000002.SZ", "300003.SZ", "688004.SH"]
DATES = np.busday_offset("2024-01-02", np.arange(DAYS))

WISHES = """
import numpy as np

def wishes(seed, days, symbols):
    random = np.random.default_rng(seed)
    weights = random.choice([0.0, 0.1, 0.3, 0.5], (days, symbols))
    weights[random.random(days) < 0.6] = np.nan
    entries, exits = random.random((2, days, symbols)) < 0.15
    return weights, entries, exits
"""
ARRAYS = (
    WISHES
    + """
from quantdesk.sdk import Signals, VectorStrategy, Weights, param

class S(VectorStrategy):
    seed: int = param(0)
    way: str = param("weights")

    def run(self, data):
        weights, entries, exits = (
            values[: len(data.dates)] for values in wishes(self.seed, 1000, len(data.symbols))
        )
        return Weights(weights) if self.way == "weights" else Signals(entries, exits, weight=0.4)
"""
)
EVENT = (
    WISHES
    + """
from quantdesk.sdk import Strategy, param

class S(Strategy):
    seed: int = param(0)
    way: str = param("weights")

    def on_start(self):
        self.wishes = None
        self.done = 0

    def on_day(self):
        if self.wishes is None:
            self.wishes = wishes(self.seed, 1000, len(self.symbols))
        weights, entries, exits = (values[self.done] for values in self.wishes)
        if self.way == "weights":
            if weights[0] == weights[0]:
                self.order_target_weights(dict(zip(self.symbols, weights)))
        else:
            for symbol, leave in zip(self.symbols, exits):
                if leave and self.position(symbol):
                    self.order_target(symbol, 0)
            for symbol, enter, leave in zip(self.symbols, entries, exits):
                if enter and not leave and not self.position(symbol):
                    self.order_target_percent(symbol, 0.4)
        self.done += 1
"""
)


def market(seed: int) -> dict[str, Bars]:
    """Make walks that lock at their limits, are suspended, go ex right, and are listed late."""
    random = np.random.default_rng(seed)
    found = {}
    for at, symbol in enumerate(SYMBOLS):
        days = np.sort(random.choice(DAYS, DAYS - 10 * (at == 2), replace=False))
        days = days[days >= random.integers(0, 8) * (at == 1)]
        n = len(days)
        preclose, close, opened = np.empty(n), np.empty(n), np.empty(n)
        high, low = np.empty(n), np.empty(n)
        last = float(np.round(random.uniform(5, 60), 2))
        suspended = random.random(n) < 0.06
        suspended[0] = False
        bound = 0.2 if symbol[:3] in ("300", "688") else 0.1
        for day in range(n):
            base = last
            if day and random.random() < 0.03:
                base = round(last * random.choice([0.97, 0.5]), 2)
            preclose[day] = base
            top, bottom = np.floor(base * (1 + bound) * 100 + 0.5) / 100, np.floor(base * (1 - bound) * 100 + 0.5) / 100
            kind = random.random()
            if suspended[day]:
                opened[day] = high[day] = low[day] = close[day] = base
            elif kind < 0.05:
                opened[day] = high[day] = low[day] = close[day] = top
            elif kind < 0.1:
                opened[day] = high[day] = low[day] = close[day] = bottom
            else:
                drawn = np.clip(np.round(base * (1 + random.normal(0, 0.03, 4)), 2), bottom, top)
                opened[day], close[day] = drawn[:2]
                high[day], low[day] = drawn.max(), drawn.min()
            last = close[day]
        volume = np.where(suspended, 0.0, random.integers(2_000, 2_000_000, n))
        found[symbol] = Bars(
            symbol, "1d", DATES[days], opened, high, low, close, volume, volume * close, preclose, suspended,
            np.zeros(n, dtype=bool),
        )  # fmt: skip
    return found


def run(source: str, bars: dict[str, Bars], **fields: object) -> BacktestResult:
    spec = {"symbols": SYMBOLS, "start": "2024-01-01", "end": "2024-12-31", "cash": "300000", "adjustment": "none"}
    return run_strategy(BacktestSpec.model_validate(spec | fields), source, bars)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    way=st.sampled_from(["weights", "signals"]),
    fill=st.sampled_from(["next_open", "same_close", "next_average"]),
    lots=st.booleans(),
    share=st.sampled_from(["0.1", "0.01", None]),
)
def test_arrays_and_events_that_wish_the_same_give_the_same_run(
    seed: int, way: str, fill: str, lots: bool, share: str | None
):
    bars = market(seed)
    fields = {
        "params": {"seed": seed, "way": way},
        "fill": fill,
        "whole_lots": lots,
        "rules": {"volume_share": share},
    }

    arrays, events = run(ARRAYS, bars, **fields), run(EVENT, bars, **fields)

    assert arrays.engine == "vector"
    assert events.engine == "event"
    assert arrays.orders == events.orders
    assert arrays.fills == events.fills
    assert arrays.rejections == events.rejections
    assert arrays.actions == events.actions
    assert arrays.series == events.series
    assert arrays.metrics == events.metrics


def test_the_tables_grow_while_the_loop_runs():
    rows = 400
    dates = np.busday_offset("2022-01-03", np.arange(rows))
    price, none = np.full(rows, 10.0), np.zeros(rows, dtype=bool)
    bars = {"600001.SH": Bars("600001.SH", "1d", dates, *[price] * 4, price * 1e7, price * 1e8, price, none, none)}
    source = """
import numpy as np
from quantdesk.sdk import VectorStrategy, Weights
class S(VectorStrategy):
    def run(self, data):
        return Weights(np.where(np.arange(len(data.dates)) % 2, 0.0, 0.9)[:, None])
"""
    spec = BacktestSpec.model_validate({"symbols": ["600001.SH"], "start": "2022-01-01", "end": "2024-12-31"})

    result = run_strategy(spec, source, bars)

    assert [order.side for order in result.orders] == ["buy", "sell"] * 200
    assert len(result.fills) == 399
    assert result.orders[-1].status == "open"


def source_of(decision: str, before: str = "") -> str:
    return f"""
import numpy as np
from quantdesk.sdk import Signals, TopkDropout, VectorStrategy, Weights, sma
class S(VectorStrategy):
    def run(self, data):
        {before or "pass"}
        return {decision}
"""


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ("Weights(np.ones(3))", "weights has shape (3,), the data has (60, 4) (days, symbols)"),
        ("Weights(np.full(data.shape, np.inf))", "weights holds infinite values"),
        ("Signals(data.close > 1, ['a'])", "exits must be an array of True and False"),
        ("Signals(data.close > 1, data.close < 1, max_positions=0)", "max_positions is 0"),
        ("Signals(data.close > 1, data.close < 1, weight='all')", "weight must be an array of numbers"),
        ("TopkDropout(data.close, topk=0)", "topk is 0"),
        ("TopkDropout(data.close, risk_degree=1.5)", "risk_degree is 1.5"),
        ("None", "run must return Weights, Signals or TopkDropout, not NoneType"),
        ("Weights(sma(data.close, 0))", "a window of 0 bars"),
    ],
)
def test_what_does_not_fit_the_data_is_named(decision: str, said: str):
    with pytest.raises(StrategyError) as caught:
        run(source_of(decision), market(1))

    assert said in caught.value.error.message


def test_the_data_cannot_be_written_to():
    with pytest.raises(StrategyError) as caught:
        run(source_of("Weights(data.close)", "data.close[0] = 1"), market(1))

    assert "read-only" in caught.value.error.message
    assert caught.value.error.line == 6


def test_signals_hold_no_more_positions_than_allowed():
    source = source_of("Signals(np.ones(data.shape), np.zeros(data.shape), max_positions=2)")

    result = run(source, market(3), rules={"volume_share": None})

    held = {fill.symbol for fill in result.fills}
    assert 1 <= len(held) <= 2
    first = result.orders[0]
    price = next(fill for fill in result.fills if fill.order_id == first.id).price
    assert abs(first.quantity * price / Decimal(300_000) - Decimal("0.475")) < Decimal("0.08")


@pytest.mark.parametrize(("adjustment", "adjusted"), [("none", False), ("qfq", True), ("hfq", True)])
def test_prices_are_raw_or_backward_adjusted(adjustment: str, adjusted: bool):
    spec = BacktestSpec.model_validate(
        {"symbols": SYMBOLS, "start": "2024-01-01", "end": "2024-12-31", "adjustment": adjustment}
    )
    bars = market(5)

    data = MarketData(set_stage(spec, bars))

    for at, symbol in enumerate(data.symbols):
        rows = np.searchsorted(data.dates, bars[symbol].time)
        expected = adjust(bars[symbol], "hfq") if adjusted else bars[symbol]
        np.testing.assert_allclose(data.close[rows, at], expected.close, rtol=1e-12)
        np.testing.assert_array_equal(data.raw.close[rows, at], bars[symbol].close)
        np.testing.assert_array_equal(data.tradable[rows, at], ~bars[symbol].suspended)
    assert np.isnan(data.close).any()
