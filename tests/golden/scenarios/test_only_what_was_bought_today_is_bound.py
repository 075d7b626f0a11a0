"""Of 300 shares held, 100 bought today, an order to sell all is cut to the 200 of before."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_only_what_was_bought_today_is_bound() -> None:
    # Day 1: buy 200 at 10.00: 2000.00 + 5.00 + 0.02. Day 2: buy 100: 1000.00 + 5.00 + 0.01; then sell 300 -> 200.
    # Sell 200: 2000.00 - 5.00 - 1.00 - 0.02 = 1993.98. Cash 1000000 - 2005.02 - 1005.01 + 1993.98 = 998983.95.
    market = bars("600001.SH", "2024-03-04", "10", "10", "10")
    run = play(market, {0: [buy(200)], 1: [buy(100), sell(300)]})
    assert run.fills == [
        "1: buy 200 @10.00 fees 5.00 0.00 0.02",
        "2: buy 100 @10.00 fees 5.00 0.00 0.01",
        "2: sell 200 @10.00 fees 5.00 1.00 0.02",
    ]
    assert run.refusals == ["2: sell t_plus_1 300 -> 200 [settle.a]"]
    assert run.cash[-1] == "998983.95"
