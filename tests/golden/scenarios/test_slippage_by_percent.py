"""A thousandth of the price against the order."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_slippage_by_percent() -> None:
    market = bars("600001.SH", "2024-03-04", "10", "10 10.50 9.50 10", "10 10.50 9.50 10")
    costs = {"slippage": {"kind": "percent", "value": "0.001"}}
    run = play(market, {0: [buy(100)], 1: [sell(100)]}, costs=costs)
    assert run.fills == ["1: buy 100 @10.01 fees 5.00 0.00 0.01", "2: sell 100 @9.99 fees 5.00 0.50 0.01"]
