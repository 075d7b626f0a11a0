"""Until 2012 a dividend is taxed at 10 % however long the shares were held."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play, sell


def test_dividend_tax_before_2013_is_flat() -> None:
    # 1000.00 x 10 % = 100.00 after four days and after two years. Shanghai's transfer fee: 0.075 % of face value = 0.75
    # in July 2012, 0.06 % = 0.60 in 2014; duty 19000.00 x 0.1 %.
    action = CorporateAction(symbol="600001.SH", ex_date=dt.date(2012, 7, 4), cash=Decimal(1))
    for sold, fee in (("2012-07-06", "0.75"), ("2014-07-07", "0.60")):
        market = bars("600001.SH", ["2012-07-02", "2012-07-03", "2012-07-04", sold], "20", "20", "19 p19", "19")
        run = play(market, {0: [buy(1000)], 2: [sell(1000)]}, actions={"600001.SH": [action]})
        assert run.fills[1] == f"3: sell 1000 @19.00 fees 5.00 19.00 {fee} tax 100.00"
