"""A board locked at the lower limit buys from nobody."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_locked_limit_down_cannot_be_sold() -> None:
    # 10.00 x 0.90 = 9.00 is the limit and the only price. The 1000 shares stay: 9000.00 + 989994.90.
    run = play(bars("600001.SH", "2024-03-04", "10", "10", "9"), {0: [buy(1000)], 1: [sell(1000)]})
    assert run.refusals == ["2: sell limit_down 1000 -> 0 at 9.00 [limit.main.10]"]
    assert run.equity[-1] == "998994.90"
