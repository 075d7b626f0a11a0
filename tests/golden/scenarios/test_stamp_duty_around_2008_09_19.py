"""Until 2008-09-18 both sides pay 0.1 %, from Friday 2008-09-19 on sells alone."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_stamp_duty_around_2008_09_19() -> None:
    # 10000.00 x 0.1 % = 10.00. Shanghai's transfer fee then was 0.1 % of face value: 1000 shares, 1.00.
    market = bars("600001.SH", "2008-09-16", "10", "10", "10", "10")
    run = play(market, {0: [buy(1000)], 1: [sell(1000)], 2: [buy(1000)]})
    assert run.fills == [
        "1: buy 1000 @10.00 fees 5.00 10.00 1.00",
        "2: sell 1000 @10.00 fees 5.00 10.00 1.00",
        "3: buy 1000 @10.00 fees 5.00 0.00 1.00",
    ]
    assert run.cash[-1] == "989962.00"  # 1000000 - 10016 + 9984 - 10006
