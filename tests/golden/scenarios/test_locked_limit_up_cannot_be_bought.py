"""A board locked at the upper limit all day (open = high = low = close = limit) sells to nobody who asks now."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_locked_limit_up_cannot_be_bought() -> None:
    # 10.00 x 1.10 = 11.00 is the limit and the only price of the day.
    run = play(bars("600001.SH", "2024-03-04", "10", "11"), {0: [buy(1000)]})
    assert run.fills == []
    assert run.refusals == ["1: buy limit_up 1000 -> 0 at 11.00 [limit.main.10]"]
    assert run.cash == ["1000000.00", "1000000.00"]
