"""OKX takes no order for less than 0.00001 BTC, in steps of 0.00000001."""

from __future__ import annotations

from decimal import Decimal

from tests.golden.market import NATIVE, bars, buy, play


def test_coin_minimum_quantity() -> None:
    market = bars("BTC-USDT.OKX", "2024-03-04", "60000", "60000")
    run = play(market, {0: [buy(Decimal("0.000009")), buy(Decimal("0.00001001"))]}, ways=NATIVE)
    assert run.refusals == ["0: buy lot 900 -> 0 [pair.OKX.BTC]"]
    # 0.00001001 x 60000 = 0.6006, fee 0.0006.
    assert run.fills == ["1: buy 1001 @60000.00 fees 0.0006 0.00 0.00"]
