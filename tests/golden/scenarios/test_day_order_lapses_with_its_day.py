"""An order for the day that was filled in part is not filled further; one that was not reached says so."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play


def test_day_order_lapses_with_its_day() -> None:
    # 10 % of 3000 is 300 of 500. The limit of 9.00 was not touched: low 9.50.
    market = bars("600001.SH", "2024-03-04", "10", "10 10 9.50 10 v3000", "8.80")
    run = play(market, {0: [buy(500), buy(100, limit=9)]}, ways=NATIVE)
    assert run.fills == ["1: buy 300 @10.00 fees 5.00 0.00 0.03"]
    assert run.refusals == ["1: buy volume 500 -> 300", "1: buy not_reached 100 -> 0 at 9.00"]
    assert run.orders == ["partial 300", "expired 0"]
