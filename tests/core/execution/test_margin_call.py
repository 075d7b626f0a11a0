"""An order of a margin call is the exchange's, not the strategy's."""

from __future__ import annotations

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.backtest.stage import set_stage
from quantdesk.core.execution import layout as c
from quantdesk.core.execution.simulator import Simulator
from tests.golden.market import bars


def test_what_a_margin_call_closes_cannot_be_cancelled():
    market = bars("rb2405.SHFE", "2024-03-04", "4000", "4000 4000 3900 3900", "3880")
    spec = BacktestSpec.model_validate(
        {"symbols": [market.symbol], "start": "2024-03-04", "end": "2024-03-06", "costs": {"slippage": {"value": "0"}}}
    )
    simulator = Simulator(set_stage(spec, {market.symbol: market}).exchange.market, 10_000 * c.UNIT)
    simulator.advance(0)
    simulator.submit(0, c.BUY, c.MARKET, 4)
    simulator.advance(1)

    forced = simulator.order_count - 1

    assert simulator.state.orders[forced, c.O_FORCED] == 1
    assert not simulator.cancel(forced)
    simulator.advance(2)
    assert simulator.position(0) == 0
