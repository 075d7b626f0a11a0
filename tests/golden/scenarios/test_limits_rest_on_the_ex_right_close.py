"""On an ex-right day the limit is reckoned from the exchange's previous close, not from the last close."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play


def test_limits_rest_on_the_ex_right_close() -> None:
    # 20.00 -> ex-right 10.00; limit 11.00. Without it 11.00 would be a fall of 45 %.
    market = bars("600001.SH", "2024-03-04", "20", "11 p10")
    action = CorporateAction(symbol="600001.SH", ex_date=dt.date(2024, 3, 5), conversion=Decimal(1))
    run = play(market, {0: [buy(100)]}, actions={"600001.SH": [action]})
    assert run.refusals == ["1: buy limit_up 100 -> 0 at 11.00 [limit.main.10]"]
