"""Who holds shares on a board locked at the upper limit finds buyers at it."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_locked_limit_up_can_be_sold() -> None:
    # Buy 1000 at 10.00: 10005.10. Sell at 11.00: 11000.00 - 5.00 - 5.50 - 0.11 = 10989.39; cash 1000984.29.
    run = play(bars("600001.SH", "2024-03-04", "10", "10", "11"), {0: [buy(1000)], 1: [sell(1000)]})
    assert run.fills[1] == "2: sell 1000 @11.00 fees 5.00 5.50 0.11"
    assert run.refusals == []
    assert run.cash[-1] == "1000984.29"
