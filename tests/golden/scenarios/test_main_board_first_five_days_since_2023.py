"""Since 2023-04-10 main-board shares, too, have no limit on their first five days."""

from __future__ import annotations

import datetime as dt

from quantdesk.core.execution.action_rows import Listing
from tests.golden.market import NATIVE, bars, buy, play


def test_main_board_first_five_days_since_2023() -> None:
    # Listed Monday 2024-03-04: +50 % on day 2 is bought, on day 6 (11 March) 15.00 -> 16.50 is locked.
    market = bars("600001.SH", "2024-03-04", "10", "15", "15", "15", "15", "16.50")
    run = play(
        market,
        {0: [buy(100)], 4: [buy(100)]},
        listings={"600001.SH": Listing(listed=dt.date(2024, 3, 4))},
        ways=NATIVE,
    )
    assert run.fills == ["1: buy 100 @15.00 fees 5.00 0.00 0.02"]  # 1500.00 x 0.001 % = 0.015, half up
    assert run.refusals == ["5: buy limit_up 100 -> 0 at 16.50 [limit.main.10]"]
