"""What the account does to orders: lots, cash, positions, suspensions, late listings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quantdesk.core.backtest.backtrader_engine import run_strategy
from quantdesk.core.backtest.code_errors import StrategyError
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.frame import Bars
from tests.fakes.made_bars import bars_of, random_walk

NO_COSTS = {
    "commission_rate": "0",
    "commission_min": "0",
    "stamp_duty_rate": "0",
    "transfer_fee_rate": "0",
    "slippage": {"kind": "percent", "value": "0"},
}


def run(body: str, *bars: Bars, **changes: object) -> BacktestResult:
    """Run a strategy whose next() is `body`; `day` counts calls from 1."""
    lines = "\n".join(f"        {line}" for line in body.strip().splitlines())
    source = (
        "import backtrader as bt\n"
        "class S(bt.Strategy):\n"
        "    day = 0\n"
        "    def prenext(self):\n"
        "        self.next()\n"
        "    def next(self):\n"
        "        self.day += 1\n"
        f"{lines}\n"
    )
    spec = {
        "symbols": [bar.symbol for bar in bars],
        "start": "2020-01-01",
        "end": "2020-12-31",
        "adjustment": "none",
        "cash": "100000",
        "costs": NO_COSTS,
    }
    return run_strategy(BacktestSpec.model_validate({**spec, **changes}), source, {bar.symbol: bar for bar in bars})


def day(number: int) -> dt.date:
    """Business days of January 2020: 1, 2, 3, 6, 7 …"""
    return [dt.date(2020, 1, d) for d in (1, 2, 3, 6, 7, 8, 9, 10)][number - 1]


TEN = [10.0] * 8


@pytest.mark.parametrize(
    ("symbol", "asked", "filled"),
    [
        ("600519.SH", 199, 100),
        ("000001.SZ", 350, 300),
        ("300750.SZ", 1050, 1000),
        ("688981.SH", 201, 201),
        ("430047.BJ", 101, 101),
        ("510300.SH", 150, 100),
    ],
)
def test_buys_round_down_to_the_lot_of_the_board(symbol: str, asked: int, filled: int):
    result = run(f"if self.day == 1: self.buy(size={asked})", bars_of(symbol, TEN))
    assert [(f.quantity, f.date) for f in result.fills] == [(filled, day(2))]


@pytest.mark.parametrize(
    ("symbol", "asked", "minimum", "step"), [("600519.SH", 99, "100", "100"), ("688981.SH", 199, "200", "1")]
)
def test_less_than_a_lot_is_refused_with_its_numbers(symbol: str, asked: int, minimum: str, step: str):
    result = run(f"if self.day == 1: self.buy(size={asked})", bars_of(symbol, TEN))
    (refusal,) = result.rejections
    assert (refusal.rule, refusal.quantity, refusal.numbers) == (
        "lot",
        asked,
        {"asked": str(asked), "minimum": minimum, "step": step},
    )
    assert "不足一手" in refusal.message_zh
    assert result.orders[0].status == "rejected"
    assert result.fills == []


def test_odd_shares_trade_when_whole_lots_are_switched_off():
    result = run("if self.day == 1: self.buy(size=7)", bars_of("600519.SH", TEN), whole_lots=False)
    assert result.fills[0].quantity == 7


def test_a_position_of_odd_shares_can_be_closed_in_one_order():
    body = "if self.day == 1: self.buy(size=250)\nif self.day == 3: self.sell(size=99)\nif self.day == 5: self.close()"
    result = run(body, bars_of("688981.SH", TEN))
    assert [(f.side, f.quantity) for f in result.fills] == [("buy", 250), ("sell", 250)]
    assert [r.rule for r in result.rejections] == ["lot"]


def test_buy_without_a_size_takes_one_lot_and_says_so():
    result = run("if self.day == 1: self.buy()", bars_of("688981.SH", TEN))
    assert result.fills[0].quantity == 200
    assert "default_size" in {a.code for a in result.assumptions}


def test_a_buy_beyond_the_cash_is_cut_to_what_it_pays_for_with_its_numbers():
    result = run("if self.day == 1: self.buy(size=10100)", bars_of("600519.SH", TEN))
    (refusal,) = result.rejections
    assert refusal.rule == "cash"
    assert refusal.numbers == {"needed": "101000.00", "cash": "100000.00", "price": "10.00"}
    assert (refusal.quantity, refusal.allowed, result.fills[0].quantity) == (100, 10000, 10000)


def test_a_gap_up_at_the_open_is_refused_at_the_fill_price():
    bars = bars_of("600519.SH", [10, 11, 11], opens=[10, 11, 11])
    result = run("if self.day == 1: self.buy(size=10000)", bars)
    (refusal,) = result.rejections
    assert (refusal.rule, refusal.numbers["needed"], refusal.date) == ("cash", "110000.00", day(2))


def test_an_order_that_cannot_be_paid_does_not_take_the_next_one_down():
    body = "if self.day == 1:\n    self.buy(self.data0, size=100)\n    self.buy(self.data1, size=100)"
    result = run(body, bars_of("600519.SH", [2000.0] * 8), bars_of("000001.SZ", TEN))
    assert [order.status for order in result.orders] == ["rejected", "filled"]


def test_what_is_not_held_cannot_be_sold():
    result = run("if self.day == 1: self.sell(size=100)", bars_of("600519.SH", TEN))
    (refusal,) = result.rejections
    assert (refusal.rule, refusal.numbers) == ("position", {"asked": "100", "held": "0"})
    assert min(result.series.equity) == 100000.0


def test_a_stop_sent_with_its_entry_waits_for_the_shares():
    body = "if self.day == 1:\n    self.buy(size=100)\n    self.sell(size=100, exectype=bt.Order.Stop, price=9.0)"
    result = run(body, bars_of("600519.SH", [10, 10, 10, 8.5, 8.5]))
    assert [(f.side, f.date, f.price) for f in result.fills] == [
        ("buy", day(2), Decimal("10.000000")),
        ("sell", day(4), Decimal("9.000000")),
    ]
    assert result.orders[1].type == "stop"
    assert result.orders[1].price == Decimal("9.000000")


def test_a_bracket_fills_one_side_and_cancels_the_other():
    body = "if self.day == 1: self.buy_bracket(size=100, price=10.2, limitprice=11.0, stopprice=9.0)"
    result = run(body, bars_of("600519.SH", [10, 10, 10, 12, 12]))
    assert [(o.type, o.status) for o in result.orders] == [
        ("limit", "filled"),
        ("stop", "cancelled"),
        ("limit", "filled"),
    ]


def test_an_order_waits_while_the_stock_is_suspended():
    other = bars_of("000001.SZ", TEN)
    halted = bars_of("600519.SH", TEN, suspended=[1, 2, 3])
    result = run("if self.day == 1: self.buy(self.data0, size=100)", halted, other)
    assert [f.date for f in result.fills] == [day(5)]
    assert len(result.series.date) == 8


def test_a_limit_order_does_not_fill_on_a_stale_bar():
    # The low of the last bar before the suspension is below the limit, and must not be used again.
    halted = bars_of(
        "600519.SH", [10, 10, 10, 10, 20, 20, 20, 20], opens=[10, 10, 10, 10, 20, 20, 20, 20], suspended=[1, 2, 3]
    )
    body = "if self.day == 1: self.buy(self.data0, size=100, exectype=bt.Order.Limit, price=9.95)"
    result = run(body, halted, bars_of("000001.SZ", TEN))
    assert result.fills == []
    assert result.orders[0].status == "open"


def test_orders_for_a_stock_that_is_not_listed_yet_are_refused():
    late = bars_of("688981.SH", TEN, start="2020-01-07")
    result = run("if self.day == 1: self.buy(self.data1, size=200)", bars_of("600519.SH", TEN), late)
    assert [(r.symbol, r.rule) for r in result.rejections] == [("688981.SH", "not_listed")]


def test_prices_of_a_stock_that_is_not_listed_yet_are_not_from_the_future():
    late = bars_of("688981.SH", [50.0, 60.0, 70.0], start="2020-01-07")
    result = run(
        "if self.day == 1: assert self.data1.close[0] != self.data1.close[0], self.data1.close[0]\n"
        "if len(self.data1) == 1: assert self.data1.close[-1] != self.data1.close[-1], self.data1.close[-1]",
        bars_of("600519.SH", TEN),
        late,
    )
    assert result.metrics.days == 8


def test_an_indicator_longer_than_a_late_stocks_bars_stays_empty():
    source = (
        "import backtrader as bt\n"
        "class S(bt.Strategy):\n"
        "    def __init__(self):\n"
        "        self.emas = [bt.ind.EMA(d.close, period=30) - bt.ind.SMA(d.close, period=5) for d in self.datas]\n"
        "        self.bands = [bt.ind.BollingerBands(d, period=25) for d in self.datas]\n"
        "        self.rsis = [bt.ind.RSI(d, period=20) for d in self.datas]\n"
        "        self.crosses = [bt.ind.CrossOver(d.close, d.close(-10)) for d in self.datas]\n"
        "    def prenext(self):\n"
        "        if len(self.data0) == 60: self.buy(self.data0, size=100)\n"
    )
    bars = [random_walk("600519.SH", 100, seed=1, start="2020-01-01"), bars_of("000001.SZ", [9, 9], start="2020-04-01")]
    spec = BacktestSpec(symbols=["600519.SH", "000001.SZ"], start=dt.date(2020, 1, 1), end=dt.date(2020, 12, 31))
    result = run_strategy(spec, source, {bar.symbol: bar for bar in bars})
    assert len(result.fills) == 1


def test_a_strategy_without_prenext_is_told_whom_it_waited_for():
    source = "import backtrader as bt\nclass S(bt.Strategy):\n    def next(self): pass\n"
    bars = {"600519.SH": bars_of("600519.SH", TEN), "000001.SZ": bars_of("000001.SZ", TEN[:3], start="2020-01-06")}
    spec = BacktestSpec(symbols=list(bars), start=dt.date(2020, 1, 1), end=dt.date(2020, 12, 31))
    texts = {a.code: a.message_en for a in run_strategy(spec, source, bars).assumptions}
    assert "000001.SZ, on 2020-01-06" in texts["waits_for_all"]


def test_a_delisted_position_keeps_its_last_close_and_is_named():
    body = "if self.day == 1: self.buy(self.data0, size=1000)"
    result = run(body, bars_of("600519.SH", [10, 10, 5]), bars_of("000001.SZ", TEN))
    assert result.series.equity[-1] == 95000.0
    assert result.round_trips[0].exit_date is None
    assert "600519.SH" in {a.code: a.message_en for a in result.assumptions}["held_after_last_bar"]


def test_costs_leave_the_account_to_the_fen():
    body = "if self.day == 1: self.buy(size=1000)\nif self.day == 3: self.close()"
    costs = {
        **NO_COSTS,
        "commission_rate": "0.0003",
        "commission_min": "5",
        "stamp_duty_rate": "0.001",
        "transfer_fee_rate": "0.00002",
    }
    result = run(body, bars_of("600519.SH", [10, 10, 10, 12, 12], opens=[10, 10, 10, 12, 12]), costs=costs)
    # buy 10000: 5.00 + 0.20; sell 12000: 5.00 + 12.00 + 0.24
    assert result.metrics.total_costs == Decimal("22.44")
    assert result.metrics.final_equity == Decimal("101977.56")
    assert result.round_trips[0].profit == Decimal("1977.56")
    assert [f.position for f in result.fills] == [1000, 0]


@pytest.mark.parametrize(
    ("symbol", "slippage", "price"),
    [
        ("600519.SH", {"kind": "percent", "value": "0.001"}, "10.010000"),
        ("600519.SH", {"kind": "ticks", "value": "2"}, "10.020000"),
        ("510300.SH", {"kind": "ticks", "value": "2"}, "10.002000"),
        ("600519.SH", {"kind": "percent", "value": "0.05"}, "10.100000"),  # not above the day's high
    ],
)
def test_slippage_worsens_the_open_within_the_days_range(symbol: str, slippage: dict, price: str):
    body = "if self.day == 1: self.buy(size=100)"
    result = run(body, bars_of(symbol, TEN), costs={**NO_COSTS, "slippage": slippage})
    assert result.fills[0].price == Decimal(price)


def test_cash_and_costs_cannot_be_changed_from_the_strategy():
    body = "if self.day == 1:\n    self.broker.setcash(1e9)\n    self.broker.setcommission(0.5)"
    result = run(body, bars_of("600519.SH", TEN))
    assert result.metrics.final_equity == Decimal("100000.00")
    codes = {a.code: a.message_en for a in result.assumptions}
    assert "setcash, setcommission" in codes["broker_settings_ignored"]


def test_series_and_records_agree():
    bars = [random_walk(symbol, 200, seed=i, start="2020-01-01") for i, symbol in enumerate(("600519.SH", "000001.SZ"))]
    body = (
        "for d in self.datas:\n"
        "    if self.day % 7 == 3: self.order_target_percent(d, 0.4)\n"
        "    if self.day % 7 == 6: self.close(d)"
    )
    result = run(body, *bars, cash="1000000", costs={})
    cash = Decimal("1000000.00")
    for fill in result.fills:
        fees = fill.commission + fill.stamp_duty + fill.transfer_fee
        cash += (fill.amount if fill.side == "sell" else -fill.amount) - fees
    # Prices with percent slippage are no whole ticks: half a fen a fill at most.
    assert float(cash) == pytest.approx(result.series.cash[-1], abs=0.005 * len(result.fills))
    assert len(result.series.date) == len(result.series.equity) == len(result.series.drawdown) == 200
    assert sum(trip.profit for trip in result.round_trips) == pytest.approx(
        result.metrics.final_equity - 1_000_000, abs=Decimal("0.02") * len(result.fills)
    )
    again = run(body, *bars, cash="1000000", costs={})
    assert again == result


def test_progress_comes_once_a_day_in_order():
    seen: list[tuple] = []
    spec = BacktestSpec(symbols=["600519.SH"], start=dt.date(2020, 1, 1), end=dt.date(2020, 12, 31))
    source = "import backtrader as bt\nclass S(bt.Strategy):\n    def next(self): pass\n"
    run_strategy(spec, source, {"600519.SH": bars_of("600519.SH", TEN)}, on_day=lambda *row: seen.append(row))
    assert [row[:3] for row in seen] == [(i, 8, day(i)) for i in range(1, 9)]


def test_unknown_parameters_are_named():
    with pytest.raises(StrategyError) as caught:
        run("pass", bars_of("600519.SH", TEN), params={"fats": 3})
    assert caught.value.error.type == "ParameterError"
    assert "fats" in caught.value.error.message
