"""An order to buy that comes before the sell finds no cash."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_cash_of_a_sell_does_not_buy_before_it() -> None:
    market = [bars("600001.SH", "2024-03-04", "10", "10", "10"), bars("600002.SH", "2024-03-04", "10", "10", "10")]
    run = play(
        market, {0: [buy(1000, "600001.SH")], 1: [buy(900, "600002.SH"), sell(1000, "600001.SH")]}, cash=10005.10
    )
    assert run.refusals == ["2: 600002 buy cash 900 -> 0"]
    assert run.cash == ["10005.10", "0.00", "9989.90"]
