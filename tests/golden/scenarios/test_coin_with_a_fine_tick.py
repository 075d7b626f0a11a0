"""Prices of cheap coins have more decimals than those of shares."""

from __future__ import annotations

from decimal import Decimal

from tests.golden.market import NATIVE, bars, buy, play


def test_coin_with_a_fine_tick() -> None:
    # 1000 DOGE at 0.12345 = 123.45; 0.1 % = 0.12345 -> 0.1235. Cash 999876.4265.
    run = play(bars("DOGE-USDT.BINANCE", "2024-03-04", "0.12345", "0.12345"), {0: [buy(Decimal(1000))]}, ways=NATIVE)
    assert run.fills == ["1: buy 1000 @0.12345 fees 0.1235 0.00 0.00"]
    assert run.cash[-1] == "999876.43"
