"""Limit prices are rounded half up to the fen, both ways."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_limit_price_is_rounded_half_up() -> None:
    # 9.95 x 1.1 = 10.945 -> 10.95; 10.94 is not locked. 9.95 x 0.9 = 8.955 -> 8.96.
    up = play(bars("600001.SH", "2024-03-04", "9.95", "10.95"), {0: [buy(100)]})
    below = play(bars("600001.SH", "2024-03-04", "9.95", "10.94"), {0: [buy(100)]})
    down = play(bars("600001.SH", "2024-03-04", "9.95", "9.95", "8.96"), {0: [buy(100)], 1: [sell(100)]})
    assert up.refusals == ["1: buy limit_up 100 -> 0 at 10.95 [limit.main.10]"]
    assert below.fills == ["1: buy 100 @10.94 fees 5.00 0.00 0.01"]
    assert down.refusals == ["2: sell limit_down 100 -> 0 at 8.96 [limit.main.10]"]
