"""The analysis of real runs: what it derives from the records agrees with what the simulator kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from quantdesk.core.backtest.capsule import compare
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.backtest.run import report_strategy
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.frame import Bars
from quantdesk.core.instruments.actions import CorporateAction
from tests.fakes.made_bars import random_walk

EVENT = """
from quantdesk.sdk import Strategy

class Cross(Strategy):
    def on_start(self):
        self.fast, self.slow = self.sma(5), self.sma(20)
    def on_bar(self, bar):
        held = self.position(bar.symbol)
        if self.fast[0] > self.slow[0] and not held:
            self.order_target_percent(bar.symbol, 0.3)
        elif self.fast[0] < self.slow[0] and held:
            self.order_target(bar.symbol, 0)
"""
BACKTRADER = """
import backtrader as bt

class Cross(bt.Strategy):
    def __init__(self):
        self.cross = {d: bt.ind.CrossOver(bt.ind.SMA(d.close, period=5), bt.ind.SMA(d.close, period=20)) for d in self.datas}
    def next(self):
        for data, cross in self.cross.items():
            if cross[0] > 0:
                self.order_target_percent(data, 0.3)
            elif cross[0] < 0:
                self.close(data)
"""  # noqa: E501
SYMBOLS = ("600519.SH", "300750.SZ", "000001.SZ")
EX_ROW = 250


def market() -> tuple[dict[str, Bars], dict[str, list[CorporateAction]]]:
    """Two years of three stocks, each with 0.5 yuan and two bonus shares for ten in the middle."""
    bars, actions = {}, {}
    for seed, symbol in enumerate(SYMBOLS):
        made = random_walk(symbol, 500, seed=seed, start="2018-01-01")
        columns = {name: getattr(made, name).copy() for name in ("open", "high", "low", "close", "preclose")}
        for column in columns.values():
            column[EX_ROW:] = np.round(column[EX_ROW:] / 1.2, 2)
        columns["preclose"][EX_ROW] = round((made.close[EX_ROW - 1] - 0.5) / 1.2, 2)
        bars[symbol] = replace(made, **columns)
        ex_date: dt.date = made.time[EX_ROW].astype("datetime64[D]").item()
        actions[symbol] = [CorporateAction(symbol, ex_date, cash=Decimal("0.5"), bonus=Decimal("0.2"))]
    return bars, actions


def run(source: str, adjustment: str) -> BacktestResult:
    bars, actions = market()
    spec = BacktestSpec.model_validate(
        {"symbols": list(SYMBOLS), "start": "2018-01-01", "end": "2019-12-31", "adjustment": adjustment}
    )
    return report_strategy(spec, source, bars, actions=actions, seed=0)


@pytest.fixture(scope="module", params=[(EVENT, "qfq"), (BACKTRADER, "none"), (BACKTRADER, "qfq")], ids=str)
def result(request: pytest.FixtureRequest) -> BacktestResult:
    return run(*request.param)


def test_profits_add_up_to_what_the_account_gained(result: BacktestResult) -> None:
    assert result.analysis is not None
    found = result.analysis.attribution
    assert len(result.fills) > 50
    assert len(found.symbols) == 3
    assert found.total == result.metrics.final_equity - result.spec.cash
    assert abs(found.unattributed) <= Decimal("0.02")
    assert sum(group.profit for group in found.boards) + found.unattributed == found.total
    trips = sum((trip.profit for trip in result.round_trips), Decimal(0))
    assert abs(trips - found.total) <= Decimal("0.01") * (len(result.round_trips) + 1)


def test_costs_are_those_of_the_metrics_and_the_slippage(result: BacktestResult) -> None:
    assert result.analysis is not None
    items = {item.kind: item.yuan for item in result.analysis.costs.total.items}
    assert items["slippage"] > 0
    assert sum(items.values()) - items["slippage"] == result.metrics.total_costs


def test_the_value_of_the_holdings_is_equity_less_cash(result: BacktestResult) -> None:
    assert result.analysis is not None
    holdings = result.analysis.holdings
    assert holdings.mean_exposure == pytest.approx(result.metrics.exposure)
    assert holdings.max_positions == 3
    assert 0.3 < holdings.largest_weight < 0.5
    assert result.analysis.attribution.boards_brinson is not None


def test_the_badge_knows_how_the_engine_trades(result: BacktestResult) -> None:
    codes = {item.code for item in result.badge}
    adjusted = result.engine == "backtrader" and result.spec.adjustment == "qfq"
    assert ("adjustment_base" in codes) == adjusted
    assert "missing_actions" not in codes


def test_a_second_run_is_byte_for_byte_the_same(result: BacktestResult) -> None:
    source = EVENT if result.engine == "event" else BACKTRADER
    found = compare(result, run(source, result.spec.adjustment))
    assert (found.identical, found.damaged, found.changed) == (True, False, [])
