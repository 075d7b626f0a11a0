"""An ex-date within a suspension without bars: shares and price change together, and equity does not jump."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play


def test_action_on_a_day_without_a_bar() -> None:
    # The other stock makes the day. 1000 at 20.00 become 2000 at 10.00 (20.00 / 2) before the next bar shows it.
    market = [
        bars("600001.SH", "2024-03-04", "20", "20", "-", "10 p10"),
        bars("600002.SH", "2024-03-04", "5", "5", "5", "5"),
    ]
    action = CorporateAction(symbol="600001.SH", ex_date=dt.date(2024, 3, 6), conversion=Decimal(1))
    run = play(market, {0: [buy(1000, "600001.SH")]}, actions={"600001.SH": [action]})
    assert run.actions == ["2: 600001 conversion 1000 shares 0.00"]
    assert run.equity == ["1000000.00", "999994.80", "999994.80", "999994.80"]
