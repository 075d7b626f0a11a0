"""A market that opens beyond the stop fills it at the open, not at the stop."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_stop_over_a_gap() -> None:
    market = bars("600001.SH", "2024-03-04", "10", "10.80 10.90 10.60 10.70", "9.80 10 9.70 9.90")
    run = play(market, {0: [buy(100, stop=10.50)], 1: [sell(100, stop=10.20)]})
    assert run.fills == ["1: buy 100 @10.80 fees 5.00 0.00 0.01", "2: sell 100 @9.80 fees 5.00 0.49 0.01"]
