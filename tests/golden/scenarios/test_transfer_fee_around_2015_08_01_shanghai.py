"""Shanghai: 0.06 % of face value until 2015-07-31, then 0.002 % of turnover."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_transfer_fee_around_2015_08_01_shanghai() -> None:
    # 2000 shares at 10.00: face value 2000.00 x 0.06 % = 1.20; turnover 20000.00 x 0.002 % = 0.40. Duty 0.1 %.
    market = bars("600001.SH", "2015-07-30", "10", "10", "10")
    run = play(market, {0: [buy(2000)], 1: [sell(2000)]})
    assert run.fills == ["1: buy 2000 @10.00 fees 5.00 0.00 1.20", "2: sell 2000 @10.00 fees 5.00 20.00 0.40"]
