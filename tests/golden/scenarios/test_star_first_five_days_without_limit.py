"""A STAR share has no limit on its first five trading days, then 20 %."""

from __future__ import annotations

import datetime as dt

from quantdesk.core.execution.action_rows import Listing
from tests.golden.market import NATIVE, bars, buy, play, sell


def test_star_first_five_days_without_limit() -> None:
    # Listed on Monday 2024-03-04. Day 2 doubles, day 5 halves: both traded. Day 6: 20.00 x 1.2 = 24.00, locked.
    market = bars("688001.SH", "2024-03-04", "10", "20", "40", "40", "20", "24")
    run = play(
        market,
        {0: [buy(200)], 3: [sell(200)], 4: [buy(200)]},
        listings={"688001.SH": Listing(listed=dt.date(2024, 3, 4))},
        ways=NATIVE,
    )
    # 200 x 20.00 = 4000.00, fee 0.04; the sell: duty 0.05 % = 2.00.
    assert run.fills == ["1: buy 200 @20.00 fees 5.00 0.00 0.04", "4: sell 200 @20.00 fees 5.00 2.00 0.04"]
    assert run.refusals == ["5: buy limit_up 200 -> 0 at 24.00 [limit.star.20]"]
