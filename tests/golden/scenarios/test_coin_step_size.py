"""Coins trade in steps of their exchange; quantities of records are steps, here 0.00001 BTC."""

from __future__ import annotations

from decimal import Decimal

from tests.golden.market import NATIVE, bars, buy, play, sell


def test_coin_step_size() -> None:
    # 0.123456 -> 0.12345 BTC at 60000.00 = 7407.00; taker 0.1 % = 7.407. Cash 992585.593.
    # Sold the same bar: 7407.00 - 7.407; cash 999985.186.
    market = bars("BTC-USDT.BINANCE", "2024-03-04", "60000", "60000")
    run = play(market, {0: [buy(Decimal("0.123456")), sell(Decimal("0.12345"), at="close")]}, ways=NATIVE)
    assert run.fills == ["1: buy 12345 @60000.00 fees 7.407 0.00 0.00", "1: sell 12345 @60000.00 fees 7.407 0.00 0.00"]
    assert run.cash[-1] == "999985.19"
