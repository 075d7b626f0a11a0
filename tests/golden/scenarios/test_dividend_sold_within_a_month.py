"""Held for up to a month a dividend is taxed at 20 % when the shares are sold (since 2015-09-08)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play, sell


def test_dividend_sold_within_a_month() -> None:
    # Bought 2024-01-15, sold 2024-02-15: one month to the day. 1000 x 1.00 = 1000.00, tax 200.00.
    # Buy 20000.00 + 5.00 + 0.20; sell 19000.00 - 5.00 - 9.50 - 0.19 - 200.00 = 18785.31.
    market = bars("600001.SH", ["2024-01-12", "2024-01-15", "2024-02-01", "2024-02-15"], "20", "20", "19 p19", "19")
    action = CorporateAction(symbol="600001.SH", ex_date=dt.date(2024, 2, 1), cash=Decimal(1))
    run = play(market, {0: [buy(1000)], 2: [sell(1000)]}, actions={"600001.SH": [action]})
    assert run.actions == ["2: dividend 0 shares 1000.00"]
    assert run.fills[1] == "3: sell 1000 @19.00 fees 5.00 9.50 0.19 tax 200.00"
    assert run.cash == ["1000000.00", "979994.80", "980994.80", "999780.11"]
    assert run.equity[2] == "999994.80"
