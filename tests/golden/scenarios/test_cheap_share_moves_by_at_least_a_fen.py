"""Where the limit would not move by a tick it moves by one."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_cheap_share_moves_by_at_least_a_fen() -> None:
    # 0.04 x 1.1 = 0.044 -> 0.04, so 0.05.
    run = play(bars("600001.SH", "2024-03-04", "0.04", "0.05"), {0: [buy(100)]})
    assert run.refusals == ["1: buy limit_up 100 -> 0 at 0.05 [limit.main.10]"]
