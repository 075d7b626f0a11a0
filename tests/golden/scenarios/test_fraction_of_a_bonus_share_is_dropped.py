"""A bonus of 0.125 on 100 shares is 12 shares; the half is not paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play


def test_fraction_of_a_bonus_share_is_dropped() -> None:
    # 9.00 / 1.125 = 8.00. 112 x 8.00 = 896.00, a loss of 4.00 against 900.00.
    market = bars("600001.SH", "2024-03-04", "9", "9", "8 p8")
    action = CorporateAction(symbol="600001.SH", ex_date=dt.date(2024, 3, 6), bonus=Decimal("0.125"))
    run = play(market, {0: [buy(100)]}, actions={"600001.SH": [action]})
    assert run.actions == ["2: bonus 12 shares 0.00"]
    assert run.equity[1:] == ["999994.99", "999990.99"]
