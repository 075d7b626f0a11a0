"""On the first day after the listing holders are paid the last price, and later orders are refused."""

from __future__ import annotations

import datetime as dt

from quantdesk.core.execution.action_rows import Listing
from tests.golden.market import NATIVE, bars, buy, play


def test_delisting_pays_the_last_price() -> None:
    # 1000 x 2.00 = 2000.00 of cash. The other stock makes the days.
    market = [
        bars("600001.SH", "2024-03-04", "2.10", "2.10", "2"),
        bars("600002.SH", "2024-03-04", "5", "5", "5", "5", "5"),
    ]
    run = play(
        market,
        {0: [buy(1000, "600001.SH")], 3: [buy(100, "600001.SH")]},
        listings={"600001.SH": Listing(delisted=dt.date(2024, 3, 7))},
        ways=NATIVE,
    )
    # Bought for 2100.00 + 5.00 + 0.02.
    assert run.actions == ["3: 600001 delisted -1000 shares 2000.00"]
    assert run.cash == ["1000000.00", "997894.98", "997894.98", "999894.98", "999894.98"]
    assert run.refusals == ["3: 600001 buy delisted 100 -> 0"]
