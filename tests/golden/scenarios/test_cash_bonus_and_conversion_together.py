"""10 shares get 2 yuan, 3 bonus shares and 4 of conversion."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play, sell


def test_cash_bonus_and_conversion_together() -> None:
    # 1000 held: 200.00, 300 and 400 shares. (10.70 - 0.20) / 1.7 = 6.1765 -> 6.18. Taxable 500.00; 20 %: 100.00.
    # Sell 1700 at 6.18 = 10506.00: commission 2.6265 -> 5.00, duty 5.253 -> 5.25, fee 0.105 -> 0.11.
    market = bars("600001.SH", "2024-03-04", "10.70", "10.70", "6.18 p6.18", "6.18")
    action = CorporateAction(
        symbol="600001.SH",
        ex_date=dt.date(2024, 3, 6),
        cash=Decimal("0.2"),
        bonus=Decimal("0.3"),
        conversion=Decimal("0.4"),
    )
    run = play(market, {0: [buy(1000)], 2: [sell(1700)]}, actions={"600001.SH": [action]})
    assert run.actions == ["2: dividend 0 shares 200.00", "2: bonus 300 shares 0.00", "2: conversion 400 shares 0.00"]
    assert run.fills[1] == "3: sell 1700 @6.18 fees 5.00 5.25 0.11 tax 100.00"
