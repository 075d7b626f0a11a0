"""An order taken back at the close is not there the next day."""

from __future__ import annotations

from tests.golden.market import bars, buy, cancel, play


def test_cancelled_order_is_not_filled() -> None:
    market = bars("600001.SH", "2024-03-04", "10", "10", "9")
    run = play(market, {0: [buy(100, limit=9, good_till="cancelled")], 1: [cancel(1)]})
    assert run.fills == []
    assert run.cash[-1] == "1000000.00"
