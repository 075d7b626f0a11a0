"""Event strategies on small markets: when they are called, what they see, what their orders do."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.backtest.run import run_strategy
from quantdesk.sdk import Strategy
from tests.core.backtest.event_runs import fills, run, spec_of, watch
from tests.fakes.made_bars import bars_of, random_walk

A, B = "600519.SH", "000001.SZ"


def test_a_decision_at_the_close_is_filled_at_the_next_open():
    bars = bars_of(A, [10, 11, 10.5], opens=[10, 10.2, 10.8])
    result = run(
        """
    def on_bar(self, bar):
        if bar.number == 1:
            self.buy(bar.symbol, 1000)
        elif bar.number == 2:
            self.order_target(bar.symbol, 0)
""",
        bars,
    )
    assert fills(result) == [
        ("2020-01-02", "buy", 1000, Decimal("10.200000")),
        ("2020-01-03", "sell", 1000, Decimal("10.800000")),
    ]
    # 100,000 - 10,200 + 11,000 at the second close; then 10,800 for the shares.
    assert result.series.equity == [100_000, 100_800, 100_600]
    assert result.engine == "event"


def test_same_close_fills_at_the_close_of_the_decision_and_is_seen_at_once():
    bars = bars_of(A, [10, 11, 12])
    result = run(
        """
    def on_bar(self, bar):
        if bar.number == 1:
            self.buy(bar.symbol, 100)
    def on_day(self):
        self.log(int(self.position("600519.SH")))
    def on_fill(self, fill):
        assert self.today == fill.date and self.position(fill.symbol) == 100
""",
        bars,
        fill="same_close",
    )
    assert fills(result) == [("2020-01-01", "buy", 100, Decimal("10.000000"))]
    assert result.series.equity == [100_000, 100_100, 100_200]


def test_bars_come_by_day_in_the_order_of_the_symbols_and_not_for_suspended_ones():
    class Seen(Strategy):
        def on_start(self) -> None:
            Seen.calls = []

        def on_bar(self, bar) -> None:
            Seen.calls.append((bar.date.day, bar.symbol, bar.close))

        def on_day(self) -> None:
            Seen.calls.append((self.today.day, "day", None))

    watch(Seen, bars_of(A, [10, 10, 11], suspended=[1]), bars_of(B, [20, 21], start="2020-01-02"))
    assert Seen.calls == [
        (1, A, 10), (1, "day", None),
        (2, B, 20), (2, "day", None),
        (3, A, 11), (3, B, 21), (3, "day", None),
    ]  # fmt: skip


def test_warmup_leaves_out_each_symbols_first_bars():
    class Seen(Strategy):
        warmup = 2

        def on_start(self) -> None:
            Seen.calls = []

        def on_bar(self, bar) -> None:
            Seen.calls.append((bar.symbol, bar.number))

    watch(Seen, bars_of(A, [10, 10, 11, 12]), bars_of(B, [20, 21, 22], start="2020-01-02"))
    assert Seen.calls == [(A, 3), (A, 4), (B, 3)]


def test_timers_come_on_the_first_trading_day_of_each_period_after_its_bars():
    class Timed(Strategy):
        def on_start(self) -> None:
            Timed.calls = {"week": [], "month": []}
            self.every("week", lambda: Timed.calls["week"].append(self.today))
            self.every("month", lambda: Timed.calls["month"].append(self.today))

    closes = [10.0] * 25
    halted = bars_of(A, closes, start="2020-01-30", suspended=[2])  # Monday, 3 February, has no trading
    watch(Timed, halted)
    assert Timed.calls["month"] == [dt.date(2020, 1, 30), dt.date(2020, 2, 4), dt.date(2020, 3, 2)]
    assert Timed.calls["week"][:3] == [dt.date(2020, 1, 30), dt.date(2020, 2, 4), dt.date(2020, 2, 10)]


def test_orders_lapse_with_the_day_unless_told_otherwise():
    bars = bars_of(A, [10, 10, 9, 9])
    body = """
    def on_bar(self, bar):
        if bar.number == 1:
            self.buy(bar.symbol, 100, limit=9.2{})
"""
    lapsed = run(body.format(""), bars)
    assert (lapsed.orders[0].status, lapsed.fills) == ("expired", [])
    kept = run(body.format(', good_till="cancelled"'), bars)
    assert fills(kept) == [("2020-01-03", "buy", 100, Decimal("9.200000"))]


def test_orders_at_the_open_at_the_close_and_stops():
    bars = bars_of(A, [10, 10.5, 10.5], opens=[10, 10.1, 10.5])
    result = run(
        """
    def on_bar(self, bar):
        if bar.number == 1:
            self.buy(bar.symbol, 100, at="open")
            self.buy(bar.symbol, 200, at="close")
            self.buy(bar.symbol, 300, stop=10.3)
            self.buy(bar.symbol, 400, stop=10.3, limit=10.35)
""",
        bars,
    )
    assert [(o.type, f.quantity, f.price) for f in result.fills for o in [result.orders[f.order_id - 1]]] == [
        ("open", 100, Decimal("10.100000")),
        ("stop", 300, Decimal("10.300000")),
        ("stop_limit", 400, Decimal("10.300000")),
        ("close", 200, Decimal("10.500000")),
    ]


def test_a_whole_portfolio_sells_what_is_not_named_before_it_buys():
    result = run(
        """
    def on_day(self):
        if len(self.history("600519.SH", n=9)) == 1:
            self.order_target_weights({"600519.SH": 1.0})
        elif len(self.history("600519.SH", n=9)) == 3:
            self.order_target_weights({"000001.SZ": 1.0})
""",
        bars_of(A, [10] * 5),
        bars_of(B, [20] * 5),
    )
    assert fills(result) == [
        ("2020-01-02", "buy", 10_000, Decimal("10.000000")),
        ("2020-01-06", "sell", 10_000, Decimal("10.000000")),
        ("2020-01-06", "buy", 5_000, Decimal("20.000000")),
    ]


def test_a_handle_tells_what_became_of_its_order_and_why():
    class Asks(Strategy):
        def on_bar(self, bar) -> None:
            if bar.number == 1:
                Asks.dear = self.buy(bar.symbol, 100_000)
                Asks.fine = self.buy(bar.symbol, 100)
                Asks.waiting = self.buy(bar.symbol, 100, limit=5, good_till="cancelled")
                Asks.nothing = self.buy(bar.symbol, 0)
                Asks.open_at_first = Asks.fine.status
            elif bar.number == 3:
                Asks.cancelled = self.cancel(Asks.waiting), self.cancel(Asks.waiting)

    watch(Asks, bars_of(A, [10] * 4), whole_lots=True)
    assert (Asks.dear.status, Asks.dear.filled, Asks.dear.rule) == ("partial", 10_000, "cash")
    assert "可用现金 100000.00 元" in Asks.dear.reason
    assert "there are 100000.00" in Asks.dear.reason_en
    assert (Asks.open_at_first, Asks.fine.status, Asks.fine.filled, Asks.fine.rule) == ("open", "rejected", 0, "cash")
    assert (Asks.waiting.status, Asks.waiting.active, Asks.cancelled) == ("cancelled", False, (True, False))
    assert Asks.nothing is None


def test_callbacks_hear_of_fills_then_orders_and_of_refusals():
    class Hears(Strategy):
        def on_start(self) -> None:
            Hears.heard = []

        def on_bar(self, bar) -> None:
            Hears.heard.append(("bar", bar.date.day))
            if bar.number == 1:
                self.buy(bar.symbol, 200, limit=10)
                self.buy(bar.symbol, 50)  # below a lot
                self.buy(bar.symbol, 100, limit=9.5)

        def on_fill(self, fill) -> None:
            Hears.heard.append(("fill", fill.quantity, fill.price, fill.order.id, fill.position))

        def on_order(self, order) -> None:
            Hears.heard.append((order.id, order.status))

    watch(Hears, bars_of(A, [10, 10, 10]))
    assert Hears.heard == [
        ("bar", 1), (2, "rejected"),
        ("fill", 200, 10.0, 1, 200), (1, "filled"), (3, "expired"), ("bar", 2),
        ("bar", 3),
    ]  # fmt: skip


def test_exchange_style_names_are_called_beside_on_bar():
    class Feed(Strategy):
        def on_start(self) -> None:
            Feed.calls = []

        def on_market_data(self, quote) -> None:
            Feed.calls.append(("quote", quote.symbol, quote.price, quote.volume))

        def on_kline(self, kline) -> None:
            Feed.calls.append(("kline", kline.close))
            self.buy(kline.symbol, 100)

        def on_order_update(self, order) -> None:
            Feed.calls.append((order.status, order.average_price))

    watch(Feed, bars_of(A, [10, 11]))
    assert Feed.calls == [
        ("quote", A, 10, 1_000_000), ("kline", 10),
        ("filled", 10.0), ("quote", A, 11, 1_000_000), ("kline", 11),
    ]  # fmt: skip


def test_the_account_is_read_as_of_the_close_of_the_day():
    class Reads(Strategy):
        def on_start(self) -> None:
            Reads.seen = [(self.cash, self.equity)]

        def on_bar(self, bar) -> None:
            if bar.number == 1:
                self.buy(bar.symbol, 1000)
            p = self.position(bar.symbol)
            Reads.seen.append((self.cash, self.equity, p.quantity, p.sellable, p.average_price, dict(self.positions)))

    watch(Reads, bars_of(A, [10, 11, 12], opens=[10, 10.5, 11]))
    assert Reads.seen == [
        (100_000, 100_000),
        (100_000, 100_000, 0, 0, 0.0, {}),
        (89_500, 100_500, 1000, 0, 10.5, {A: 1000}),
        (89_500, 101_500, 1000, 1000, 10.5, {A: 1000}),
    ]


def test_the_average_price_follows_buys_sells_and_dividends():
    class Average(Strategy):
        def on_start(self) -> None:
            Average.seen = []

        def on_bar(self, bar) -> None:
            Average.seen.append((int(self.position(bar.symbol)), self.position(bar.symbol).average_price))
            plan = {1: 1000, 2: 1000, 3: -500}
            if bar.number in plan:
                order = self.buy if plan[bar.number] > 0 else self.sell
                order(bar.symbol, abs(plan[bar.number]))

    bars = bars_of(A, [10, 10, 12, 12, 11], opens=[10, 10, 12, 12, 11])
    bars.preclose[4] = 11.0  # ex right without a known action: one yuan a share of twelve
    watch(Average, bars)
    assert Average.seen[:4] == [(0, 0.0), (1000, 10.0), (2000, 11.0), (1500, 11.0)]
    quantity, average = Average.seen[4]
    # Whatever the mix of shares and cash, it keeps what was paid less what was paid out.
    assert quantity >= 1500
    assert 9.9 < average < 11.0


def test_looking_at_equity_each_day_changes_nothing():
    bars = [random_walk(f"60000{i}.SH", 300, seed=i) for i in range(4)]
    body = """
    def on_start(self):
        self.fast, self.slow = self.sma(5), self.sma(20)
    def on_bar(self, bar):
        {}
        if self.fast[0] > self.slow[0] and not self.position(bar.symbol):
            self.order_target_percent(bar.symbol, 0.24)
        elif self.fast[0] < self.slow[0] and self.position(bar.symbol):
            self.close(bar.symbol)
"""
    lazy = run(body.format("pass"), *bars, costs={})
    days: list[tuple[int, int, dt.date, float]] = []
    source = "from quantdesk.sdk import *\n\nclass S(Strategy):\n" + body.format("self.equity, self.cash")
    eager = run_strategy(
        spec_of(*bars, costs={}), source, {bar.symbol: bar for bar in bars}, on_day=lambda *day: days.append(day)
    )
    assert len(lazy.fills) > 20
    assert lazy.model_dump(exclude={"code_sha256"}) == eager.model_dump(exclude={"code_sha256"})
    assert [day[3] for day in days] == eager.series.equity
    assert [day[:3] for day in days] == [(i, 300, date) for i, date in enumerate(eager.series.date, start=1)]


def test_the_result_is_valid_as_the_schema_says():
    bars = random_walk(A, 200, seed=3)
    body = """
    def on_bar(self, bar):
        self.buy(bar.symbol, 90 + bar.number)
        self.sell(bar.symbol, 300, limit=bar.close)
"""
    result = run(body, bars, costs={})
    assert result.rejections
    assert BacktestResult.model_validate_json(result.model_dump_json()) == result


def test_stop_ends_the_run_and_on_stop_has_the_last_word(capsys: pytest.CaptureFixture[str]):
    result = run(
        """
    def on_bar(self, bar):
        self.log(bar.number)
        if bar.number == 2:
            self.stop()
    def on_stop(self):
        self.log("end")
""",
        bars_of(A, [10] * 5),
    )
    assert capsys.readouterr().out.splitlines() == ["2020-01-01 1", "2020-01-02 2", "2020-01-07 end"]
    assert len(result.series.equity) == 5
