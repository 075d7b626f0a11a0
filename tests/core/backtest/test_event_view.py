"""What an event strategy can see: adjusted prices, lines, history, and nothing of the future."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.backtest.code_errors import StrategyError
from quantdesk.core.bars.adjust import adjust
from quantdesk.core.bars.frame import Bars
from quantdesk.sdk import Strategy
from tests.core.backtest.event_runs import plain, run, watch
from tests.fakes.made_bars import bars_of, random_walk

A, B = "600519.SH", "000001.SZ"


def ex_right() -> Bars:
    """Five closes; before the fourth day one share becomes two."""
    bars = bars_of(A, [10, 12, 14, 8, 9], opens=[10, 10, 12, 7, 8])
    bars.preclose[3] = 7.0
    return bars


class Sees(Strategy):
    """Notes all it can read at each bar."""

    def on_start(self) -> None:
        self.average = self.sma(2)
        self.turned = self.sma(2, "volume")
        type(self).seen = []

    def on_bar(self, bar) -> None:
        values = [bar.open, bar.close, bar.preclose, bar.factor, self.average[0], self.average[-1], self.average[-2]]
        type(self).seen.append(plain(values))
        type(self).closes = plain(self.history(bar.symbol, "close", 3))
        type(self).volumes = plain([self.turned[0], *self.history(bar.symbol, "volume", 2)])


@pytest.mark.parametrize(
    ("adjustment", "fourth", "fifth", "closes"),
    [
        # With qfq the first days' 10, 12, 14 are seen as 5, 6, 7 from the fourth day on.
        ("qfq", [7, 8, 7, 2, 7.5, 6.5, 5.5], [8, 9, 8, 2, 8.5, 7.5, 6.5], [7, 8, 9]),
        ("hfq", [14, 16, 14, 2, 15, 13, 11], [16, 18, 16, 2, 17, 15, 13], [14, 16, 18]),
        ("none", [7, 8, 7, 1, 11, 13, 11], [8, 9, 8, 1, 8.5, 11, 13], [14, 8, 9]),
    ],
)
def test_prices_lines_and_history_are_adjusted_to_the_current_day(adjustment, fourth, fifth, closes):
    watch(Sees, ex_right(), adjustment=adjustment)
    assert Sees.seen[0] == [10, 10, 10, 1, None, None, None]
    assert Sees.seen[1] == [10, 12, 10, 1, 11, None, None]
    assert Sees.seen[3:] == [fourth, fifth]
    assert Sees.closes == closes
    assert Sees.volumes == [1_000_000] * 3


def test_qfq_is_that_of_the_day_and_not_of_the_end():
    class Compares(Strategy):
        def on_start(self) -> None:
            self.average = self.sma(5)
            Compares.seen, Compares.averages = [], []

        def on_bar(self, bar) -> None:
            Compares.seen.append(self.history(bar.symbol, "close", 400))
            Compares.averages.append(self.average[0])

    bars = random_walk(A, 40, seed=2)
    bars.preclose[20:] = np.round(bars.preclose[20:] * 0.9, 2)
    watch(Compares, bars)
    for t in range(40):
        expected = adjust(bars.take(slice(0, t + 1)), "qfq").close
        np.testing.assert_allclose(Compares.seen[t], expected, rtol=1e-12)
        if t >= 4:
            assert Compares.averages[t] == pytest.approx(expected[-5:].mean(), rel=1e-12)


def test_lines_of_other_symbols_end_today_wherever_their_turn_is():
    class Looks(Strategy):
        def on_start(self) -> None:
            self.high = self.highest(2, "close")
            Looks.seen = []

        def on_bar(self, bar) -> None:
            Looks.seen.append((bar.symbol, *plain([self.high.of(A)[0], self.high.of(B)[0], self.high.of(B)[-1]])))
            assert self.history(B, "close", 5).size == (0 if self.bar(B) is None else self.bar(B).number)

    watch(Looks, bars_of(A, [10, 11, 12]), bars_of(B, [22, 21], start="2020-01-02"))
    assert Looks.seen == [
        (A, None, None, None),
        (A, 11, None, None), (B, 11, None, None),
        (A, 12, 22, None), (B, 12, 22, None),
    ]  # fmt: skip


def test_own_functions_get_continuous_columns_and_are_shown_in_todays_prices():
    class Own(Strategy):
        def on_start(self) -> None:
            self.typical = self.indicator(lambda h, low, c: (h + low + c) / 3, "high", "low", "close", price=True)
            self.up, self.share = self.indicator(lambda c, by: (np.append(0, np.diff(c)) > by, c / c), by=0.5)
            Own.seen = []

        def on_bar(self, bar) -> None:
            Own.seen.append((self.typical[0] == pytest.approx((bar.high + bar.low + bar.close) / 3), self.up[0]))

    watch(Own, ex_right())
    assert Own.seen == [(True, 0.0), (True, 1.0), (True, 1.0), (True, 1.0), (True, 1.0)]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("self.sma(5)[1]", "sma(5)[1] would be the future"),
        ("self.sma(5).of(bar.symbol)[2]", "would be the future"),
        ("list(self.sma(5))", "is read bar by bar"),
        ("self.sma(0)", "sma's period is 0; give a whole number from 1 to 5000"),
        ("self.sma(5, 'vol')", "there is no such field; use one of open"),
        ("self.rsi(1)", "give a whole number from 2 to 500"),
        ("self.indicator(lambda c: c[1:])", "one value a bar: 40 were expected, its shape is (39,)"),
        ("self.indicator(lambda c: 'x')", "must give an array of numbers, not str"),
        ("self.history(bar.symbol, 'last')", "history has no field 'last'"),
        ("self.history(bar.symbol, n=0)", "history's n is 0"),
        ("self.history('600000.SH')", "'600000.SH' is not in this backtest; its symbols are 600519.SH"),
        ("self.position('x')", "'x' is not in this backtest"),
        ("self.buy(bar.symbol, float('nan'))", "an indicator has no value on the first bars"),
        ("self.buy(bar.symbol, 150.5)", "is no whole number"),
        ("self.buy(bar.symbol, -100)", "must not be negative"),
        ("self.buy(bar.symbol, 100, limit=0)", "limit 0 must be a price above 0"),
        ("self.buy(bar.symbol, 100, at='close', limit=9)", "takes no limit or stop price"),
        ("self.buy(bar.symbol, 100, at='noon')", "at is 'noon'; give one of market, open, close"),
        ("self.buy(bar.symbol, 100, good_till='week')", "good_till is 'week'"),
        ("self.order_target_percent(bar.symbol, float('nan'))", "weight is nan"),
        ("self.every('month_end', self.stop)", "not known on that day without looking ahead"),
        ("self.every('hour', self.stop)", "use one of day, week, month"),
        ("self.every('day', self.stop())", "without brackets"),
        ("bar.vwap", "has no attribute 'vwap'"),
    ],
)
def test_wrong_calls_say_what_is_wrong_and_where(code: str, said: str):
    with pytest.raises(StrategyError) as caught:
        run(f"    def on_bar(self, bar):\n        {code}\n", random_walk(A, 40, seed=1))
    assert said in caught.value.error.message
    assert caught.value.error.line == 5


def test_orders_before_the_first_bar_and_lines_without_a_bar_are_refused():
    for body, said in [
        ("    def on_start(self):\n        self.buy('600519.SH', 100)\n", "from the first bar on"),
        ("    def on_start(self):\n        self.sma(2)[0]\n", "known in on_bar alone"),
        ("    def on_start(self):\n        self.cash = 5\n", "cash"),
        ("    def on_start(self):\n        exit()\n", "called exit"),
        ("    warmup = -1\n    def on_bar(self, bar):\n        pass\n", "warmup is -1"),
    ]:
        with pytest.raises(StrategyError, match=said):
            run(body, bars_of(A, [10, 11, 12]))
    with pytest.raises(StrategyError, match=r"known in on_bar alone; elsewhere name the symbol: sma\(2\).of"):
        run(
            "    def on_start(self):\n        self.l = self.sma(2)\n    def on_day(self):\n        self.l[0]\n",
            bars_of(A, [10, 11, 12]),
            bars_of(B, [10, 11, 12]),
        )


CURIOUS = """
    def on_start(self):
        self.lines = [self.sma(3), self.ema(3), self.rsi(3), self.atr(3), self.highest(4), self.lowest(4),
                      self.roc(2), self.std(3), *self.macd(2, 4, 3), *self.boll(4), *self.kdj(3, 2, 2)]
        self.every("week", self.note)
    def note(self):
        for symbol in self.symbols:
            values = [line.of(symbol)[-k] for line in self.lines for k in range(3)]
            print(self.today, symbol, values, self.history(symbol, "high", 50).tolist(), self.equity, self.positions)
    def on_bar(self, bar):
        print(bar.date, bar.symbol, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.amount, bar.preclose,
              bar.factor, [line[-k] for line in self.lines for k in range(4)], self.cash, self.equity,
              self.position(bar.symbol), self.history(bar.symbol, "close", 7).tolist())
        if self.lines[0][0] > self.lines[1][0]:
            self.buy(bar.symbol, 100)
        elif self.lines[0][0] < self.lines[1][0]:
            self.sell(bar.symbol, 100, limit=bar.close, good_till="cancelled")
    def on_order(self, order):
        print(order, order.reason)
    def on_fill(self, fill):
        print(fill)
"""


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    cut=st.integers(8, 50),
    adjustment=st.sampled_from(["qfq", "hfq", "none"]),
    fill=st.sampled_from(["next_open", "same_close", "next_average"]),
)
def test_nothing_seen_or_decided_up_to_a_day_depends_on_later_bars(seed, cut, adjustment, fill):
    def world(later: int) -> list[Bars]:
        made = []
        for number, symbol in enumerate((A, B)):
            bars = random_walk(symbol, 60, seed=seed + number)
            rng = np.random.default_rng(seed)
            bars.suspended[rng.integers(0, 60, 5)] = True
            bars.preclose[rng.integers(1, 60)] *= 0.8
            if later:
                rng = np.random.default_rng(later)
                noise = rng.uniform(0.5, 1.5, 60 - cut)
                for name in ("open", "high", "low", "close", "preclose", "volume"):
                    getattr(bars, name)[cut:] *= noise
                bars.suspended[cut:] = rng.random(60 - cut) < 0.3
            made.append(replace(bars, amount=bars.volume * bars.close))
        return made

    def seen(bars: list[Bars]) -> list[str]:
        import contextlib
        import io

        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            run(CURIOUS, *bars, adjustment=adjustment, fill=fill, costs={})
        last = bars[0].time[cut - 1].item().isoformat()
        lines = out.getvalue().splitlines()
        ends = [i for i, line in enumerate(lines) if line[:10] <= last and line[:2] == "20"]
        return lines[: ends[-1] + 1]

    assert seen(world(0)) == seen(world(seed + 1))
