"""The duty on sells is 0.1 % until 2023-08-27 and 0.05 % from 2023-08-28 on; buys pay none."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_stamp_duty_around_2023_08_28() -> None:
    # Each sell of 500 at 10.00 is 5000.00: Friday 25 August 5.00, Monday 28 August 2.50; transfer fee 0.05.
    market = bars("600001.SH", "2023-08-23", "10", "10", "10", "10")
    run = play(market, {0: [buy(1000)], 1: [sell(500)], 2: [sell(500)]})
    assert run.fills == [
        "1: buy 1000 @10.00 fees 5.00 0.00 0.10",
        "2: sell 500 @10.00 fees 5.00 5.00 0.05",
        "3: sell 500 @10.00 fees 5.00 2.50 0.05",
    ]
    # 1000000 - 10005.10 + 4989.95 + 4992.45
    assert run.cash[-1] == "999977.30"
