"""The lower limit of the first day of listing was 36 % below the issue price."""

from __future__ import annotations

import datetime as dt

from quantdesk.core.execution.action_rows import Listing
from tests.golden.market import NATIVE, bars, buy, play, sell


def test_first_day_36_percent_down_of_2014_to_2023() -> None:
    # 10.00 x 0.64 = 6.40: a buyer is filled there, and the day after the limit is 10 %: 5.76 is locked.
    market = bars("000001.SZ", "2019-05-06", "6.40 p10", "5.76")
    run = play(
        market,
        {0: [buy(100)], 1: [sell(100)]},
        fill="same_close",
        listings={"000001.SZ": Listing(listed=dt.date(2019, 5, 6))},
        ways=NATIVE,
    )
    assert run.fills == ["0: buy 100 @6.40 fees 5.00 0.00 0.01"]
    assert run.refusals == ["1: sell limit_down 100 -> 0 at 5.76 [limit.main.10]"]
