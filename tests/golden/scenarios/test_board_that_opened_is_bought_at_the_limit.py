"""Opened at the limit, but not locked: a market order is filled at the limit, the worst price of the bar."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_board_that_opened_is_bought_at_the_limit() -> None:
    # Limit 11.00; low 10.80. 1000 x 11.00 = 11000.00, fee 0.11.
    run = play(bars("600001.SH", "2024-03-04", "10", "11 11 10.80 10.90"), {0: [buy(1000)]})
    assert run.fills == ["1: buy 1000 @11.00 fees 5.00 0.00 0.11"]
