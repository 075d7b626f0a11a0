"""A limit is filled at its price when the bar touches it, and at the open when that is better."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_limit_touched() -> None:
    # Low exactly 9.80; then opens at 9.70, below the limit of 9.80.
    market = bars("600001.SH", "2024-03-04", "10", "10 10.10 9.80 10", "9.70 9.90 9.60 9.80")
    run = play(market, {0: [buy(100, limit=9.80)], 1: [buy(100, limit=9.80)]})
    assert run.fills == ["1: buy 100 @9.80 fees 5.00 0.00 0.01", "2: buy 100 @9.70 fees 5.00 0.00 0.01"]
