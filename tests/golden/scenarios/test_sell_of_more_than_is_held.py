"""An order to sell is cut to what is held; shares cannot be sold short."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_sell_of_more_than_is_held() -> None:
    market = bars("600001.SH", "2024-03-04", "10", "10", "10")
    run = play(market, {0: [buy(100), sell(100, limit=10)], 1: [sell(500)]})
    assert run.refusals == [
        "1: sell t_plus_1 100 -> 0 [settle.a]",
        "2: sell position 500 -> 100",
    ]
    assert run.fills[1] == "2: sell 100 @10.00 fees 5.00 0.50 0.01"
