"""STAR: at least 200 shares, then by one share."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_star_orders_of_199_and_201() -> None:
    market = bars("688001.SH", "2024-03-04", "10", "10", "10")
    run = play(market, {0: [buy(199), buy(201)]})
    assert run.refusals == ["0: buy lot 199 -> 0 [lot.star]"]
    assert run.fills == ["1: buy 201 @10.00 fees 5.00 0.00 0.02"]
