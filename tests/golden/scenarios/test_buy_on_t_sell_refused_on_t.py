"""Shares bought on T may be sold on T+1 at the earliest (main board, settle.a)."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_buy_on_t_sell_refused_on_t() -> None:
    # Buy 1000 at 10.00: 10000.00; commission 0.025 % = 2.50, at least 5.00; transfer fee 0.001 % = 0.10.
    # Cash 1000000.00 - 10005.10 = 989994.90. The sell of the same day: 1000 held, 1000 of today, 0 may go.
    # Sell a day later: 10000.00 - 5.00 - stamp duty 0.05 % = 5.00 - 0.10 = 9989.90; cash 999984.80.
    market = bars("600001.SH", "2024-03-04", "10", "10", "10")
    run = play(market, {0: [buy(1000), sell(1000)], 1: [sell(1000)]})
    assert run.fills == ["1: buy 1000 @10.00 fees 5.00 0.00 0.10", "2: sell 1000 @10.00 fees 5.00 5.00 0.10"]
    assert run.refusals == ["1: sell t_plus_1 1000 -> 0 [settle.a]"]
    assert run.cash == ["1000000.00", "989994.90", "999984.80"]
    assert run.equity == ["1000000.00", "999994.90", "999984.80"]
