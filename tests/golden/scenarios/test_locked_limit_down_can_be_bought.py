"""On a board locked at the lower limit a buyer is filled at it."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_locked_limit_down_can_be_bought() -> None:
    # 1000 x 9.00 = 9000.00 + 5.00 + 0.09; cash 990994.91.
    run = play(bars("600001.SH", "2024-03-04", "10", "9"), {0: [buy(1000)]})
    assert run.fills == ["1: buy 1000 @9.00 fees 5.00 0.00 0.09"]
    assert run.cash[-1] == "990994.91"
