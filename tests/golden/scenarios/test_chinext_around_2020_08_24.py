"""ChiNext is locked at 10 % until Friday 2020-08-21, from Monday 2020-08-24 on at 20 %."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play


def test_chinext_around_2020_08_24() -> None:
    # 21 Aug: 10.00 -> 11.00 locked. 24 Aug: 11.00 -> 12.10 (+10 %) is bought: 12100.00, commission 3.025 -> 5.00,
    # transfer fee (then 0.002 %) 0.242 -> 0.24. 25 Aug: 12.10 x 1.2 = 14.52 locked.
    market = bars("300001.SZ", "2020-08-20", "10", "11", "12.10", "14.52")
    run = play(market, {0: [buy(1000)], 1: [buy(1000)], 2: [buy(1000)]}, ways=NATIVE)
    assert run.refusals == [
        "1: buy limit_up 1000 -> 0 at 11.00 [limit.chinext.10]",
        "3: buy limit_up 1000 -> 0 at 14.52 [limit.chinext.20]",
    ]
    assert run.fills == ["2: buy 1000 @12.10 fees 5.00 0.00 0.24"]
