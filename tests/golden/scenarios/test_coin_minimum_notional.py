"""Binance takes no order below 5 USDT, before April 2023 none below 10."""

from __future__ import annotations

from decimal import Decimal

from tests.golden.market import NATIVE, bars, buy, play


def test_coin_minimum_notional() -> None:
    # 0.00008 x 60000.00 = 4.80. In March 2023: 0.00015 x 60000.00 = 9.00.
    new = play(bars("BTC-USDT.BINANCE", "2024-03-04", "60000", "60000"), {0: [buy(Decimal("0.00008"))]}, ways=NATIVE)
    old = play(bars("BTC-USDT.BINANCE", "2023-03-06", "60000", "60000"), {0: [buy(Decimal("0.00015"))]}, ways=NATIVE)
    assert new.refusals == ["0: buy minimum 8 -> 0 [pair.BINANCE.BTC]"]
    assert old.refusals == ["0: buy minimum 15 -> 0 [pair.BINANCE.BTC.10]"]
