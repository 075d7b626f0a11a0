"""Of 230 shares 130 may be sold in one order: the odd 30 go with a lot; 120 may not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.instruments.actions import CorporateAction
from tests.golden.market import bars, buy, play, sell


def test_odd_lot_goes_with_whole_lots() -> None:
    # Conversion of 1.3 for one makes 230 of 100, untaxed. 120 is cut to 100.
    market = bars("600001.SH", "2024-03-04", "23", "23", "10 p10", "10", "10")
    action = CorporateAction(symbol="600001.SH", ex_date=dt.date(2024, 3, 6), conversion=Decimal("1.3"))
    given = {"600001.SH": [action]}
    whole = play(market, {0: [buy(100)], 2: [sell(130)]}, actions=given)
    cut = play(market, {0: [buy(100)], 2: [sell(120)]}, actions=given)
    assert whole.fills[1] == "3: sell 130 @10.00 fees 5.00 0.65 0.01"
    assert cut.refusals == ["3: sell lot 120 -> 100 [lot.100]"]
    assert cut.fills[1] == "3: sell 100 @10.00 fees 5.00 0.50 0.01"
