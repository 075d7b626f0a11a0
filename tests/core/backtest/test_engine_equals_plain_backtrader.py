"""The engine against the same strategy in plain Backtrader, set up independently with its own commission class."""

from __future__ import annotations

import datetime as dt
import sys
import types
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import backtrader as bt
import pandas as pd
import pytest

from quantdesk.core.backtest.backtrader_engine import run_strategy
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.adjust import adjust
from quantdesk.core.bars.frame import Bars
from tests.fakes.made_bars import random_walk

SHARED = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"

SIMPLE = {
    "costs": {"stamp_duty_rate": "0.0005", "transfer_fee_rate": "0.00001"},
    "rules": {"price_limits": False, "settlement": False, "volume_share": None},
}
"""Plain Backtrader knows one set of rates and no exchange."""

DOUBLE_MA = """
import backtrader as bt

class DoubleMA(bt.Strategy):
    params = (("fast", 10), ("slow", 30))

    def __init__(self):
        self.cross = bt.ind.CrossOver(bt.ind.SMA(period=self.p.fast), bt.ind.SMA(period=self.p.slow))

    def next(self):
        if not self.position and self.cross > 0:
            cash = self.broker.getcash() * 0.9
            self.buy(size=int(cash / self.data.close[0] / 100) * 100)
        elif self.position and self.cross < 0:
            self.close()
"""


def fen(value: float) -> float:
    return float(Decimal(str(round(value, 8))).quantize(Decimal("0.01"), ROUND_HALF_UP))


class PlainCosts(bt.CommInfoBase):
    params = (("stocklike", True), ("commtype", bt.CommInfoBase.COMM_PERC))

    def _getcommission(self, size, price, pseudoexec):
        amount = fen(abs(size) * price)
        duty = fen(amount * 0.0005) if size < 0 else 0.0
        return max(5.0, fen(amount * 0.00025)) + duty + fen(amount * 0.00001)


def plain_backtrader(bars: Bars, slippage: float) -> tuple[list[tuple], float]:
    frame = pd.DataFrame(
        {name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")},
        index=pd.DatetimeIndex(bars.time),
    )[~bars.suspended]
    namespace: dict = {"__name__": "plain_oracle"}
    sys.modules["plain_oracle"] = types.ModuleType("plain_oracle")
    exec(DOUBLE_MA, namespace)  # noqa: S102
    fills: list[tuple] = []

    class Recorded(namespace["DoubleMA"]):
        def notify_order(self, order):
            if order.status == order.Completed:
                day = bt.num2date(order.executed.dt).date()
                fills.append((day, int(order.executed.size), round(order.executed.price, 6)))

    cerebro = bt.Cerebro()
    cerebro.adddata(bt.feeds.PandasData(dataname=frame))
    cerebro.addstrategy(Recorded)
    cerebro.broker.setcash(1_000_000)
    cerebro.broker.addcommissioninfo(PlainCosts())
    cerebro.broker.set_slippage_perc(slippage)
    cerebro.run()
    return fills, cerebro.broker.getvalue()


def assert_equal(result: BacktestResult, fills: list[tuple], value: float) -> None:
    """The simulator's prices are integers of 0.0001 yuan, Backtrader's floats; quantities and days are the same."""
    ours = engine_fills(result)
    assert [fill[:2] for fill in ours] == [fill[:2] for fill in fills]
    assert [fill[2] for fill in ours] == pytest.approx([fill[2] for fill in fills], abs=0.00011)
    assert result.series.equity[-1] == pytest.approx(value, rel=2e-5)


def engine_fills(result: BacktestResult) -> list[tuple]:
    return [(f.date, f.quantity if f.side == "buy" else -f.quantity, float(f.price)) for f in result.fills]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_synthetic_bars_give_the_same_fills_and_final_equity(seed: int):
    bars = random_walk("600519.SH", 1_200, seed=seed)
    spec = BacktestSpec(
        symbols=["600519.SH"], start=dt.date(2015, 1, 1), end=dt.date(2025, 1, 1), adjustment="none", **SIMPLE
    )
    result = run_strategy(spec, DOUBLE_MA, {"600519.SH": bars})
    fills, value = plain_backtrader(bars, 0.0001)
    assert len(fills) > 10
    assert_equal(result, fills, value)


@pytest.mark.data
def test_kweichow_moutai_2015_to_2020_gives_the_same_fills_and_final_equity():
    file = SHARED / "ashare" / "daily.parquet"
    if not file.exists():
        pytest.skip(f"{file} is not there")
    rows = pd.read_parquet(file, filters=[("code", "==", "SH600519")]).sort_values("date")
    number = {name: rows[name].to_numpy(float) for name in rows.columns if name not in ("code", "date")}
    bars = Bars(
        symbol="600519.SH",
        interval="1d",
        time=rows["date"].to_numpy().astype("datetime64[D]"),
        **{name: number[name] for name in ("open", "high", "low", "close", "volume", "amount", "preclose")},
        suspended=number["tradestatus"] == 0,
        is_st=number["isST"] == 1,
    )
    spec = BacktestSpec(symbols=["600519.SH"], start=dt.date(2015, 1, 1), end=dt.date(2020, 12, 31), **SIMPLE)
    result = run_strategy(spec, DOUBLE_MA, {"600519.SH": bars})
    adjusted = adjust(bars.between(None, spec.end), "qfq", spec.end).between(spec.start, spec.end)
    fills, value = plain_backtrader(adjusted, 0.0001)
    assert len(fills) > 20
    assert_equal(result, fills, value)
    assert result.metrics.days == len(adjusted)
