"""On random markets and wishes the three ways in give the same run, and a second account in plain Python agrees."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.backtest.run import run_strategy
from quantdesk.core.backtest.spec import BacktestSpec
from tests.golden.checker import Checker
from tests.golden.random_market import BOARDS, random_market

WISHES = """
import numpy as np

def wishes(seed, days, symbols):
    random = np.random.default_rng(seed)
    found = random.choice([0.0, 0.03, 0.1, 0.3, 0.6], (1000, symbols))
    found[random.random(1000) < 0.5] = np.nan
    return found[:days]
"""
VECTOR = (
    WISHES
    + """
from quantdesk.sdk import VectorStrategy, Weights, param

class S(VectorStrategy):
    seed: int = param(0)

    def run(self, data):
        return Weights(wishes(self.seed, *data.shape))
"""
)
EVENT = (
    WISHES
    + """
from quantdesk.sdk import Strategy, param

class S(Strategy):
    seed: int = param(0)

    def on_start(self):
        self.wishes = wishes(self.seed, 1000, len(self.symbols))
        self.done = 0

    def on_day(self):
        row = self.wishes[self.done]
        self.done += 1
        if row[0] == row[0]:
            self.order_target_weights(dict(zip(self.symbols, row)))
"""
)
BACKTRADER = (
    WISHES
    + """
import backtrader as bt
from quantdesk.core.rules.book import rulebook
from quantdesk.core.rules.lots import Lot

class S(bt.Strategy):
    params = (("seed", 0),)

    def __init__(self):
        self.wishes = wishes(self.p.seed, 1000, len(self.datas))
        self.done = 0
        self.sent = []

    def prenext(self):
        self.next()

    def next(self):
        # Backtrader's orders are good until cancelled: end those of the day as the exchange does.
        for order in self.sent:
            if order.alive():
                self.cancel(order)
        self.sent = []
        row = self.wishes[self.done]
        self.done += 1
        if row[0] != row[0]:
            return
        simulator = self.broker._simulator
        targets = [simulator.quantity_for(number, float(weight)) for number, weight in enumerate(row)]
        for reducing in (True, False):
            for number, data in enumerate(self.datas):
                held = self.getposition(data).size
                target = targets[number]
                size = abs(target - held)
                if target == held or (target < held) != reducing:
                    continue
                lot = self.lot_of(data)
                if reducing:
                    size = self.sellable(size, held, lot)
                    if size:
                        self.sent.append(self.sell(data, size))
                elif lot.round_down(size):
                    self.sent.append(self.buy(data, lot.round_down(size)))

    def lot_of(self, data):
        book = rulebook()
        found = book.lot(book.subject(data._name), self.datetime.date())
        return Lot(found.minimum, found.step)

    def sellable(self, size, held, lot):
        while size > 0 and not lot.sellable(size, held):
            size -= 1
        return size
"""
)


def run(source: str, bars: Any, actions: Any, **fields: Any) -> BacktestResult:
    spec = {
        "symbols": list(BOARDS),
        "start": "2023-08-01",
        "end": "2023-12-31",
        "cash": "300000",
        "adjustment": "none",
        "costs": {"slippage": fields.pop("slippage", {"value": "0"})},
    }
    return run_strategy(BacktestSpec.model_validate(spec | fields), source, bars, actions=actions)


def orders_of(result: BacktestResult) -> list[tuple[Any, ...]]:
    """Give all of the orders but how they ended: Backtrader cancels what the exchange lets lapse."""
    return [
        (order.symbol, order.side, order.type, order.quantity, order.filled, order.average_price, order.created)
        for order in result.orders
    ]


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 100_000),
    fill=st.sampled_from(["next_open", "same_close", "next_average"]),
    share=st.sampled_from(["0.1", "0.01", None]),
    rights=st.sampled_from(["take", "skip"]),
    slippage=st.sampled_from(
        [
            {"value": "0"},
            {"kind": "ticks", "value": "3"},
            {"kind": "percent", "value": "0.001"},
            {"kind": "impact", "value": "0.1"},
        ]
    ),
)
@example(seed=67436, fill="same_close", share="0.01", rights="skip", slippage={"kind": "impact", "value": "0.1"})
def test_three_ways_in_give_one_run_that_keeps_the_rules(
    seed: int, fill: str, share: str | None, rights: str, slippage: dict[str, str]
) -> None:
    bars, actions = random_market(seed)
    fields = {
        "params": {"seed": seed},
        "fill": fill,
        "slippage": slippage,
        "rules": {"volume_share": share, "rights_issues": rights},
    }
    vector, event = run(VECTOR, bars, actions, **fields), run(EVENT, bars, actions, **fields)

    assert vector.orders == event.orders
    assert vector.fills == event.fills
    assert vector.rejections == event.rejections
    assert vector.actions == event.actions
    assert vector.series == event.series
    Checker(vector, bars, actions).run()
    if fill == "same_close":
        return  # Backtrader's market orders stay in the market, and would be tried at the next close
    backtrader = run(BACKTRADER, bars, actions, **fields)
    assert orders_of(backtrader) == orders_of(event)
    assert backtrader.fills == event.fills
    assert backtrader.rejections == event.rejections
    assert backtrader.actions == event.actions
    assert backtrader.series == event.series
