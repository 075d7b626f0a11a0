"""A limit order is never filled beyond its limit, however much slips."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_slippage_does_not_pass_an_orders_limit() -> None:
    market = bars("600001.SH", "2024-03-04", "10", "10 10.50 9.50 10")
    run = play(market, {0: [buy(100, limit=10.01)]}, costs={"slippage": {"kind": "ticks", "value": "5"}})
    assert run.fills == ["1: buy 100 @10.01 fees 5.00 0.00 0.01"]
