"""Three bonus shares for ten leave 130 of 100: an order for 50 is cut to the odd 30, the lot follows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play, sell


def test_odd_lot_of_a_bonus_issue_is_sold_at_once() -> None:
    # Ex-right close 13.00 -> 10.00. The odd 30: 300.00 - 5.00 - 0.15 - 0.003 -> 0.00. The lot of 100: 1000.00.
    # Bonus shares are taxed at par: 30 yuan; sold within a month: 20 %:
    # 30 of 130 shares bear 30 x 30 / 130 = 6.9230 x 20 % = 1.3846 -> 1.38; the rest 23.0770 x 20 % = 4.6154 -> 4.62.
    market = bars("600001.SH", "2024-03-04", "13", "13", "10 p10", "10", "10")
    action = CorporateAction(symbol="600001.SH", ex_date=dt.date(2024, 3, 6), bonus=Decimal("0.3"))
    run = play(market, {0: [buy(100)], 2: [sell(50)], 3: [sell(100)]}, actions={"600001.SH": [action]})
    assert run.actions == ["2: bonus 30 shares 0.00"]
    assert run.refusals == ["3: sell lot 50 -> 30 [lot.100]"]
    assert run.fills[1:] == [
        "3: sell 30 @10.00 fees 5.00 0.15 0.00 tax 1.38",
        "4: sell 100 @10.00 fees 5.00 0.50 0.01 tax 4.62",
    ]
