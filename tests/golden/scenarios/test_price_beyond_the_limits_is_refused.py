"""The exchange takes no order above the upper or below the lower limit."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play


def test_price_beyond_the_limits_is_refused() -> None:
    # 11.01 is above 11.00, 8.99 is below 9.00.
    run = play(
        bars("600001.SH", "2024-03-04", "10", "10"), {0: [buy(100, limit=11.01), buy(100, limit=8.99)]}, ways=NATIVE
    )
    assert run.refusals == [
        "1: buy outside_limits 100 -> 0 at 11.00 [limit.main.10]",
        "1: buy outside_limits 100 -> 0 at 9.00 [limit.main.10]",
    ]
    assert run.orders == ["rejected 0", "rejected 0"]
