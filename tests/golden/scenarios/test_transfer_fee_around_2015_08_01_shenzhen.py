"""Shenzhen: part of the other fees until 2015-07-31, then 0.002 % of turnover."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_transfer_fee_around_2015_08_01_shenzhen() -> None:
    market = bars("000001.SZ", "2015-07-30", "10", "10", "10")
    run = play(market, {0: [buy(2000)], 1: [sell(2000)]})
    assert run.fills == ["1: buy 2000 @10.00 fees 5.00 0.00 0.00", "2: sell 2000 @10.00 fees 5.00 20.00 0.40"]
