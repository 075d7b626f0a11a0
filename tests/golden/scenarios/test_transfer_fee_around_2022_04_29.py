"""From Friday 2022-04-29 on the transfer fee is 0.001 % instead of 0.002 %."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_transfer_fee_around_2022_04_29() -> None:
    # 20000.00: 0.40 on the 28th, 0.20 on the 29th. Duty then 0.1 %.
    market = bars("600001.SH", "2022-04-27", "10", "10", "10")
    run = play(market, {0: [buy(2000)], 1: [sell(2000)]})
    assert run.fills == ["1: buy 2000 @10.00 fees 5.00 0.00 0.40", "2: sell 2000 @10.00 fees 5.00 20.00 0.20"]
