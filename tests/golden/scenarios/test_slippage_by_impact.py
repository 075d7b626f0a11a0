"""Square-root law: the price moves by value x sqrt(quantity / volume)."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_slippage_by_impact() -> None:
    # 0.1 x sqrt(10000 / 1000000) = 0.01: 10.10. 101000.00: commission 25.25, fee 1.01.
    market = bars("600001.SH", "2024-03-04", "10", "10 10.50 9.50 10")
    run = play(market, {0: [buy(10000)]}, costs={"slippage": {"kind": "impact", "value": "0.1"}})
    assert run.fills == ["1: buy 10000 @10.10 fees 25.25 0.00 1.01"]
