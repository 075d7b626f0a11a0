"""OKX: an order that rested in the book pays 0.08 %, one that takes 0.1 %."""

from __future__ import annotations

from decimal import Decimal

from tests.golden.market import NATIVE, bars, buy, play


def test_coin_maker_and_taker() -> None:
    # Limit 59000 below the open: 0.01 x 59000 = 590.00 x 0.08 % = 0.472. Limit 61000 above it: filled at the open as a
    # taker: 600.00 x 0.1 % = 0.60. At market: the same.
    market = bars("BTC-USDT.OKX", "2024-03-04", "60000", "60000 61000 58000 60000")
    coin = Decimal("0.01")
    run = play(market, {0: [buy(coin, limit=59000), buy(coin, limit=61000), buy(coin)]}, ways=NATIVE)
    assert run.fills == [
        "1: buy 1000000 @60000.00 fees 0.60 0.00 0.00",
        "1: buy 1000000 @60000.00 fees 0.60 0.00 0.00",
        "1: buy 1000000 @59000.00 fees 0.472 0.00 0.00",
    ]
