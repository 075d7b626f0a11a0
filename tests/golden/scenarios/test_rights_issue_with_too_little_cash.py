"""Rights are taken as far as cash goes; the rest lapses."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play


def test_rights_issue_with_too_little_cash() -> None:
    # 10505.10 less 10005.10 leaves 500.00: 100 of the 300 shares at 5.00.
    market = bars("600001.SH", "2024-03-04", "10", "10", "8.85 p8.85")
    action = CorporateAction(
        symbol="600001.SH", ex_date=dt.date(2024, 3, 6), rights=Decimal("0.3"), rights_price=Decimal(5)
    )
    run = play(
        market, {0: [buy(1000)]}, actions={"600001.SH": [action]}, cash=10505.10, rules={"rights_issues": "take"}
    )
    assert run.actions == ["2: rights_issue 100 shares -500.00", "2: rights_lapsed 0 shares 0.00"]
    assert run.cash[-1] == "0.00"
    assert run.equity[-1] == "9735.00"  # 1100 x 8.85
