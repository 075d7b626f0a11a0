"""Held for more than a month and up to a year a dividend is taxed at 10 %."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play, sell


def test_dividend_sold_within_a_year() -> None:
    # Bought 2024-01-15: sold a day after the month, and a year later to the day: 100.00 of 1000.00 both times.
    action = CorporateAction(symbol="600001.SH", ex_date=dt.date(2024, 2, 1), cash=Decimal(1))
    for sold in ("2024-02-16", "2025-01-15"):
        market = bars("600001.SH", ["2024-01-12", "2024-01-15", "2024-02-01", sold], "20", "20", "19 p19", "19")
        run = play(market, {0: [buy(1000)], 2: [sell(1000)]}, actions={"600001.SH": [action]})
        assert run.fills[1] == "3: sell 1000 @19.00 fees 5.00 9.50 0.19 tax 100.00"
