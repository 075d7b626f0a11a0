"""Without the rule of dividend tax nothing is withheld."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play, sell


def test_no_tax_when_it_is_switched_off() -> None:
    market = bars("600001.SH", ["2024-01-12", "2024-01-15", "2024-02-01", "2024-02-15"], "20", "20", "19 p19", "19")
    action = CorporateAction(symbol="600001.SH", ex_date=dt.date(2024, 2, 1), cash=Decimal(1))
    given = {"600001.SH": [action]}
    run = play(market, {0: [buy(1000)], 2: [sell(1000)]}, actions=given, rules={"dividend_tax": False})
    assert run.fills[1] == "3: sell 1000 @19.00 fees 5.00 9.50 0.19"
