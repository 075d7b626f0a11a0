"""Held over a suspension, resumed locked at the lower limit twice: sold only when the board opens."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play, sell


def test_suspension_over_a_limit_move() -> None:
    # 10.00, two days suspended, then 9.00 (locked), 8.10 (locked), then 7.29 to 8.00: opens at 7.50.
    # 1000 x 7.50 = 7500.00: 5.00, duty 3.75, fee 0.075 -> 0.08.
    market = bars("600001.SH", "2024-03-04", "10", "10", "10 S", "10 S", "9", "8.10", "7.50 8 7.29 7.80")
    run = play(market, {0: [buy(1000)], 1: [sell(1000, good_till="cancelled")]}, ways=NATIVE)
    assert run.refusals == [
        "2: sell suspended 1000 -> 0",
        "3: sell suspended 1000 -> 0",
        "4: sell limit_down 1000 -> 0 at 9.00 [limit.main.10]",
        "5: sell limit_down 1000 -> 0 at 8.10 [limit.main.10]",
    ]
    assert run.fills[1] == "6: sell 1000 @7.50 fees 5.00 3.75 0.08"
    assert run.equity[2:6] == ["999994.90", "999994.90", "998994.90", "998094.90"]
