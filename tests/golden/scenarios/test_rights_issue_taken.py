"""Who takes up the rights pays their price."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play


def test_rights_issue_taken() -> None:
    # 300 x 5.00 = 1500.00. 1300 x 8.85 = 11505.00; cash 989994.90 - 1500.00 = 988494.90.
    market = bars("600001.SH", "2024-03-04", "10", "10", "8.85 p8.85")
    action = CorporateAction(
        symbol="600001.SH", ex_date=dt.date(2024, 3, 6), rights=Decimal("0.3"), rights_price=Decimal(5)
    )
    run = play(market, {0: [buy(1000)]}, actions={"600001.SH": [action]}, rules={"rights_issues": "take"})
    assert run.actions == ["2: rights_issue 300 shares -1500.00"]
    assert run.cash[-1] == "988494.90"
    assert run.equity[-1] == "999999.90"
