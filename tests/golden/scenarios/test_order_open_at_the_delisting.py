"""An order that is good until cancelled ends with the listing, told once."""

from __future__ import annotations

import datetime as dt

from quantdesk.core.execution.action_rows import Listing
from tests.golden.market import NATIVE, bars, buy, play


def test_order_open_at_the_delisting() -> None:
    market = [
        bars("600001.SH", "2024-03-04", "2", "2"),
        bars("600002.SH", "2024-03-04", "5", "5", "5", "5"),
    ]
    run = play(
        market,
        {0: [buy(100, "600001.SH", limit=1.90, good_till="cancelled")]},
        listings={"600001.SH": Listing(delisted=dt.date(2024, 3, 6))},
        ways=NATIVE,
    )
    assert run.refusals == ["2: 600001 buy delisted 100 -> 0"]
    assert run.orders == ["rejected 0"]
