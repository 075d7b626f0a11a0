"""From 2013 to 2015-09-07 more than a year meant 5 %, since 2015-09-08 it means none; the dividend's day decides."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play, sell


def test_dividend_tax_era_follows_the_record_day() -> None:
    # 1.00 a share on 7 and on 8 September 2015; sold after more than a year: 1000.00 x 5 % + 1000.00 x 0 % = 50.00.
    days = ["2015-08-28", "2015-08-31", "2015-09-07", "2015-09-08", "2016-10-10"]
    market = bars("600001.SH", days, "20", "20", "19 p19", "18 p18", "18")
    given = [CorporateAction(symbol="600001.SH", ex_date=dt.date(2015, 9, day), cash=Decimal(1)) for day in (7, 8)]
    run = play(market, {0: [buy(1000)], 3: [sell(1000)]}, actions={"600001.SH": given})
    assert run.fills[1] == "4: sell 1000 @18.00 fees 5.00 18.00 0.36 tax 50.00"
