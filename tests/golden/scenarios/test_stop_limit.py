"""A stop-limit is filled at the stop when that is within its limit; over a gap it rests at the limit."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_stop_limit() -> None:
    # Within: stop 10.50, limit 10.60: 10.50. Gap: opens at 10.80, rests at 10.60; the next day comes down to 10.55.
    within = play(
        bars("600001.SH", "2024-03-04", "10", "10.20 10.90 10.10 10.40"), {0: [buy(100, stop=10.50, limit=10.60)]}
    )
    rests = play(
        bars("600001.SH", "2024-03-04", "10", "10.80 10.90 10.70 10.80", "10.80 10.90 10.55 10.70"),
        {0: [buy(100, stop=10.50, limit=10.60, good_till="cancelled")]},
    )
    assert within.fills == ["1: buy 100 @10.50 fees 5.00 0.00 0.01"]
    assert rests.fills == ["2: buy 100 @10.60 fees 5.00 0.00 0.01"]
