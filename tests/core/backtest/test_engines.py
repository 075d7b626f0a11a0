"""What is loaded ahead leaves nothing to compile to a run."""

from __future__ import annotations

from collections.abc import Iterator

from numba.core.dispatcher import Dispatcher

from quantdesk.core.backtest import engines
from quantdesk.core.backtest.run import run_strategy
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.backtest.stage import set_stage
from quantdesk.core.execution import layout, orders, step, targets
from quantdesk.core.execution.simulator import Simulator
from tests.fakes.made_bars import random_walk

SYMBOLS = ["600519.SH", "000001.SZ"]
BARS = {symbol: random_walk(symbol, 300, seed=number) for number, symbol in enumerate(SYMBOLS)}
SPEC = BacktestSpec.model_validate({"symbols": SYMBOLS, "start": "2015-01-01", "end": "2016-12-31"})


def compiled() -> Iterator[tuple[str, int]]:
    for module in (orders, step, targets):
        for name, function in vars(module).items():
            if isinstance(function, Dispatcher):
                yield f"{module.__name__}.{name}", len(function.signatures)


def test_a_run_compiles_nothing_after_the_simulator_was_warmed():
    engines.warm_simulator()
    before = dict(compiled())
    assert sum(before.values()) > 0
    simulator = Simulator(set_stage(SPEC, BARS).exchange.market, 10**10)
    for day in range(200):
        simulator.advance(day)
        simulator.submit(day % 2, layout.BUY, layout.MARKET, 100 + day)
        simulator.submit(
            1, layout.SELL, layout.STOP_LIMIT, 100, 19 * layout.UNIT, 18 * layout.UNIT, layout.UNTIL_CANCELLED
        )
        simulator.order_to(0, 100 * day)
        simulator.decided()
    assert simulator.fill_count > 0
    assert dict(compiled()) == before


def test_an_engine_that_is_not_there_yet_is_no_error_and_the_others_are_loaded():
    engines.warm()
    source = "import backtrader as bt\nclass S(bt.Strategy):\n    def next(self): self.buy(size=100)\n"
    before = dict(compiled())
    assert run_strategy(SPEC, source, BARS).orders
    assert dict(compiled()) == before
