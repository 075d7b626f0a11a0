"""First in, first out: the older shares have been held longer and bear less tax."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play, sell


def test_oldest_shares_are_sold_first() -> None:
    # Bought 15 and 29 January, dividend 1.00 on 1 February. On 16 February the first thousand is older than a month:
    # 10 % of 1000.00; on the 19th the second is not: 20 %.
    days = ["2024-01-12", "2024-01-15", "2024-01-29", "2024-02-01", "2024-02-16", "2024-02-19"]
    market = bars("600001.SH", days, "20", "20", "20", "19 p19", "19", "19")
    action = CorporateAction(symbol="600001.SH", ex_date=dt.date(2024, 2, 1), cash=Decimal(1))
    script = {0: [buy(1000)], 1: [buy(1000)], 3: [sell(1000)], 4: [sell(1000)]}
    run = play(market, script, actions={"600001.SH": [action]})
    assert run.fills[2] == "4: sell 1000 @19.00 fees 5.00 9.50 0.19 tax 100.00"
    assert run.fills[3] == "5: sell 1000 @19.00 fees 5.00 9.50 0.19 tax 200.00"
