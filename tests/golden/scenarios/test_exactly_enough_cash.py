"""Cash that is exactly the cost buys all; a fen less buys a lot less."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_exactly_enough_cash() -> None:
    market = bars("600001.SH", "2024-03-04", "10", "10")
    enough = play(market, {0: [buy(1000)]}, cash=10005.10)
    less = play(market, {0: [buy(1000)]}, cash=10005.09)
    assert enough.cash[-1] == "0.00"
    assert less.refusals == ["1: buy cash 1000 -> 900"]
