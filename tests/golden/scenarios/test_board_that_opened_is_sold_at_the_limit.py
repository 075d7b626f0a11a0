"""Opened at the lower limit, but not locked: a market order to sell is filled at the limit."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_board_that_opened_is_sold_at_the_limit() -> None:
    # 1000 x 9.00 = 9000.00: duty 4.50, fee 0.09.
    run = play(bars("600001.SH", "2024-03-04", "10", "10", "9 9.20 9 9.10"), {0: [buy(1000)], 1: [sell(1000)]})
    assert run.fills[1] == "2: sell 1000 @9.00 fees 5.00 4.50 0.09"
