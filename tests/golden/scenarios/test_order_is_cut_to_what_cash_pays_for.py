"""With costs, 10000.00 buys 900 shares at 10.00, not 1000."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_order_is_cut_to_what_cash_pays_for() -> None:
    # 1000 need 10005.10; 900 cost 9000.00 + 5.00 + 0.09 = 9005.09.
    run = play(bars("600001.SH", "2024-03-04", "10", "10"), {0: [buy(1000)]}, cash=10000)
    assert run.refusals == ["1: buy cash 1000 -> 900"]
    assert run.cash[-1] == "994.91"
