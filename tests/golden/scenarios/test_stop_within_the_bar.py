"""A stop is filled at its price when the market passes it during the day."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_stop_within_the_bar() -> None:
    # Buy stop 10.50 between 10.20 and 10.90; sell stop 9.80 between 10.10 and 9.70.
    market = bars("600001.SH", "2024-03-04", "10", "10.20 10.90 10.10 10.40", "10.10 10.20 9.70 9.90")
    run = play(market, {0: [buy(100, stop=10.50)], 1: [sell(100, stop=9.80)]})
    assert run.fills == ["1: buy 100 @10.50 fees 5.00 0.00 0.01", "2: sell 100 @9.80 fees 5.00 0.49 0.01"]
