"""Without a bar today a weight is sized by the last close, not by the price of the last trade."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play, sell, weights


def test_price_of_what_was_sold_long_ago() -> None:
    # Bought and sold at 10.00; then 11.00, 12.10, and a day without a bar. Equity 999984.80: bought 999994.90 - 10.10.
    # 0.1 x 999984.80 / 12.10 = 8264.3 -> 8200 shares; at 10.00 it would be 9900. They are filled at 12.00.
    market = [
        bars("600001.SH", "2024-03-04", "10", "10", "10", "10.50 11 10.50 11", "11.50 12.10 11.50 12.10", "-", "12"),
        bars("600002.SH", "2024-03-04", "5", "5", "5", "5", "5", "5", "5"),
    ]
    script = {0: [buy(1000, "600001.SH")], 1: [sell(1000, "600001.SH")], 5: [weights({"600001.SH": 0.1})]}
    run = play(market, script, ways=NATIVE)
    # 98400.00: commission 24.60, fee 0.984 -> 0.98.
    assert run.fills[2] == "6: 600001 buy 8200 @12.00 fees 24.60 0.00 0.98"
