"""An order filled on two days pays the minimum on each; two orders of one day pay it each."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_minimum_commission_counts_per_order_and_day() -> None:
    # 10 % of 5000 shares = 500 a bar. The order for 1000 takes two days: 5000.00 x 0.025 % = 1.25 -> 5.00, twice.
    market = bars("600001.SH", "2024-03-04", "10", "10 v5000", "10 v5000", "10", "10")
    run = play(market, {0: [buy(1000, limit=10, good_till="cancelled")], 2: [buy(100), buy(100)]})
    assert run.fills == [
        "1: buy 500 @10.00 fees 5.00 0.00 0.05",
        "2: buy 500 @10.00 fees 5.00 0.00 0.05",
        "3: buy 100 @10.00 fees 5.00 0.00 0.01",
        "3: buy 100 @10.00 fees 5.00 0.00 0.01",
    ]
    assert run.cash[-1] == "987979.88"  # 1000000 - 2 x 5005.05 - 2 x 1005.01
