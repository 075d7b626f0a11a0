"""Two ticks against the order: 0.02 up for a buy, down for a sell."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_slippage_by_ticks() -> None:
    market = bars("600001.SH", "2024-03-04", "10", "10 10.50 9.50 10", "10 10.50 9.50 10")
    costs = {"slippage": {"kind": "ticks", "value": "2"}}
    run = play(market, {0: [buy(100)], 1: [sell(100)]}, costs=costs)
    assert run.fills == ["1: buy 100 @10.02 fees 5.00 0.00 0.01", "2: sell 100 @9.98 fees 5.00 0.50 0.01"]
