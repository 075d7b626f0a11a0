"""On Wednesday 2007-05-30 the duty of both sides went from 0.1 % to 0.3 %."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_stamp_duty_around_2007_05_30() -> None:
    # 10000.00: 10.00 on the 29th, 30.00 on the 30th.
    market = bars("600001.SH", "2007-05-28", "10", "10", "10")
    run = play(market, {0: [buy(1000)], 1: [sell(1000)]})
    assert run.fills == ["1: buy 1000 @10.00 fees 5.00 10.00 1.00", "2: sell 1000 @10.00 fees 5.00 30.00 1.00"]
