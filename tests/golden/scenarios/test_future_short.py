"""A future can be sold without holding it, and bought back."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play, sell


def test_future_short() -> None:
    # IF: 300 yuan a point, fee 0.0023 %. Sold at 3500: 1050000.00, fee 24.15. Bought back the next day at 3480:
    # + 6000.00, fee 1044000.00 x 0.0023 % = 24.012 -> 24.01.
    market = bars("IF2403.CFFEX", "2024-03-04", "3500", "3500", "3480")
    run = play(market, {0: [sell(1)], 1: [buy(1)]}, ways=NATIVE)
    assert run.fills == ["1: sell 1 @3500.00 fees 24.15 0.00 0.00", "2: buy 1 @3480.00 fees 24.01 0.00 0.00"]
    assert run.cash == ["1000000.00", "999975.85", "1005951.84"]
