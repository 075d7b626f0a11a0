"""Listed in 2019: on the first day the limit is 44 % above the issue price, from the second day on 10 %."""

from __future__ import annotations

import datetime as dt

from quantdesk.core.execution.action_rows import Listing
from tests.golden.market import NATIVE, bars, buy, play


def test_first_day_44_percent_of_2014_to_2023() -> None:
    # Issue price 10.00. Day 1 locked at 14.40: nobody buys at the close. Day 2: 14.40 x 1.1 = 15.84, locked.
    # Day 3: opens at 16.00; 100 at 16.00.
    market = bars("600001.SH", "2019-05-06", "14.40 p10", "15.84", "16")
    run = play(
        market,
        {0: [buy(100)], 1: [buy(100)], 2: [buy(100)]},
        fill="same_close",
        listings={"600001.SH": Listing(listed=dt.date(2019, 5, 6))},
        ways=NATIVE,
    )
    assert run.refusals == [
        "0: buy limit_up 100 -> 0 at 14.40 [first.main.44_36]",
        "1: buy limit_up 100 -> 0 at 15.84 [limit.main.10]",
    ]
    assert run.fills == ["2: buy 100 @16.00 fees 5.00 0.00 0.03"]
