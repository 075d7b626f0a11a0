"""Beijing: at least 100 shares, then by one share."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_beijing_orders_of_99_and_101() -> None:
    market = bars("832000.BJ", "2024-03-04", "10", "10")
    run = play(market, {0: [buy(99), buy(101)]})
    assert run.refusals == ["0: buy lot 99 -> 0 [lot.bse]"]
    assert run.fills == ["1: buy 101 @10.00 fees 5.00 0.00 0.01"]
