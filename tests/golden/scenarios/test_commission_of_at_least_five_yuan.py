"""A broker charges an order 0.025 %, and at least five yuan."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_commission_of_at_least_five_yuan() -> None:
    # 100 x 10.00 = 1000.00 x 0.025 % = 0.25 -> 5.00. 40000 x 10.00 = 400000.00 x 0.025 % = 100.00; fee 4.00.
    market = bars("600001.SH", "2024-03-04", "10", "10", "10")
    run = play(market, {0: [buy(100)], 1: [buy(40000)]})
    assert run.fills == ["1: buy 100 @10.00 fees 5.00 0.00 0.01", "2: buy 40000 @10.00 fees 100.00 0.00 4.00"]
