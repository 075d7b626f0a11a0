"""Money from a sell may buy at once (T+0 in cash): the sell comes first."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_cash_of_a_sell_buys_the_same_day() -> None:
    # All cash is in the first stock: 10005.10 - 10005.10 = 0.00. Sell: 10000.00 - 10.10 = 9989.90;
    # buy 900 at 10.00: 9000.00 + 5.00 + 0.09 = 9005.09; cash 984.81.
    market = [bars("600001.SH", "2024-03-04", "10", "10", "10"), bars("600002.SH", "2024-03-04", "10", "10", "10")]
    run = play(
        market, {0: [buy(1000, "600001.SH")], 1: [sell(1000, "600001.SH"), buy(900, "600002.SH")]}, cash=10005.10
    )
    assert run.refusals == []
    assert run.cash == ["10005.10", "0.00", "984.81"]
