"""A price between two ticks is moved to the one that asks less of the account: down for a buy, up for a sell."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_limit_is_put_on_the_tick() -> None:
    # 9.876 -> 9.87; 10.123 -> 10.13.
    market = bars("600001.SH", "2024-03-04", "10", "10 10 9.80 10", "10 10.20 9.90 10")
    run = play(market, {0: [buy(100, limit=9.876)], 1: [sell(100, limit=10.123)]})
    assert run.fills == ["1: buy 100 @9.87 fees 5.00 0.00 0.01", "2: sell 100 @10.13 fees 5.00 0.51 0.01"]
