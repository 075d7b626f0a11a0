"""Held for more than a year a dividend is free of tax (since 2015-09-08)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play, sell


def test_dividend_held_for_more_than_a_year() -> None:
    # Bought 2024-01-15, sold 2025-01-16, a day after the year.
    market = bars("600001.SH", ["2024-01-12", "2024-01-15", "2024-02-01", "2025-01-16"], "20", "20", "19 p19", "19")
    action = CorporateAction(symbol="600001.SH", ex_date=dt.date(2024, 2, 1), cash=Decimal(1))
    run = play(market, {0: [buy(1000)], 2: [sell(1000)]}, actions={"600001.SH": [action]})
    assert run.fills[1] == "3: sell 1000 @19.00 fees 5.00 9.50 0.19"
    assert run.cash[-1] == "999980.11"
