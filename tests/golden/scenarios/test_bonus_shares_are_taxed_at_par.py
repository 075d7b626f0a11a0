"""Bonus shares out of profit are a dividend of one yuan each."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play, sell


def test_bonus_shares_are_taxed_at_par() -> None:
    # 10 for 10: 1000 new shares, taxable 1000.00; sold within a month 20 % = 200.00. All 2000 shares go at 10.00.
    market = bars("600001.SH", "2024-03-04", "20", "20", "10 p10", "10")
    action = CorporateAction(symbol="600001.SH", ex_date=dt.date(2024, 3, 6), bonus=Decimal(1))
    run = play(market, {0: [buy(1000)], 2: [sell(2000)]}, actions={"600001.SH": [action]})
    assert run.actions == ["2: bonus 1000 shares 0.00"]
    assert run.fills[1] == "3: sell 2000 @10.00 fees 5.00 10.00 0.20 tax 200.00"
