"""A right that is not exercised lapses without payment (the default)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play


def test_rights_issue_skipped() -> None:
    # 3 for 10 at 5.00: (10.00 + 0.3 x 5.00) / 1.3 = 8.846 -> 8.85. 1000 x 8.85 = 8850.00: 1150.00 are lost.
    market = bars("600001.SH", "2024-03-04", "10", "10", "8.85 p8.85")
    action = CorporateAction(
        symbol="600001.SH", ex_date=dt.date(2024, 3, 6), rights=Decimal("0.3"), rights_price=Decimal(5)
    )
    run = play(market, {0: [buy(1000)]}, actions={"600001.SH": [action]})
    assert run.actions == ["2: rights_lapsed 0 shares 0.00"]
    assert run.equity[1:] == ["999994.90", "998844.90"]
