"""Stock index futures opened today cost ten times the fee to close today; those of yesterday are closed first."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play, sell


def test_future_closed_today_costs_more() -> None:
    # Day 1: bought at 3500 (24.15), sold at the close of 3510: 1053000.00 x 0.023 % = 242.19; + 3000.00.
    # Day 2: bought at 3510 (1053000.00 x 0.0023 % = 24.219 -> 24.22). Day 3: bought one more (24.22); one sold at the
    # close at 3510: that is yesterday's, 24.22.
    market = bars("IF2403.CFFEX", "2024-03-04", "3500", "3500 3510 3500 3510", "3510", "3510")
    script = {0: [buy(1), sell(1, at="close")], 1: [buy(1)], 2: [buy(1), sell(1, at="close")]}
    run = play(market, script, ways=NATIVE)
    assert run.fills == [
        "1: buy 1 @3500.00 fees 24.15 0.00 0.00",
        "1: sell 1 @3510.00 fees 242.19 0.00 0.00",
        "2: buy 1 @3510.00 fees 24.22 0.00 0.00",
        "3: buy 1 @3510.00 fees 24.22 0.00 0.00",
        "3: sell 1 @3510.00 fees 24.22 0.00 0.00",
    ]
    assert run.cash[-1] == "1002661.00"  # 1000000 - 24.15 + 3000 - 242.19 - 3 x 24.22
