"""Gold, bond and money funds are T+0; funds pay neither stamp duty nor transfer fee."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_gold_fund_is_sold_the_same_day() -> None:
    # 1000 x 4.500 = 4500.00, 5.00 each way; sold at the close of the same day at 4.523: 4523.00.
    market = bars("518880.SH", "2024-03-04", "4.5", "4.500 4.530 4.490 4.523")
    run = play(market, {0: [buy(1000), sell(1000, at="close")]})
    assert run.fills == ["1: buy 1000 @4.50 fees 5.00 0.00 0.00", "1: sell 1000 @4.523 fees 5.00 0.00 0.00"]
    assert run.cash[-1] == "1000013.00"
