"""Shares converted from the capital reserve are no income."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play, sell


def test_conversion_shares_are_not_taxed() -> None:
    market = bars("600001.SH", "2024-03-04", "20", "20", "10 p10", "10")
    action = CorporateAction(symbol="600001.SH", ex_date=dt.date(2024, 3, 6), conversion=Decimal(1))
    run = play(market, {0: [buy(1000)], 2: [sell(2000)]}, actions={"600001.SH": [action]})
    assert run.actions == ["2: conversion 1000 shares 0.00"]
    assert run.fills[1] == "3: sell 2000 @10.00 fees 5.00 10.00 0.20"
    assert run.equity[1] == run.equity[2] == "999994.80"
