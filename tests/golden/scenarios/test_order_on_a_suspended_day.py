"""Nothing trades on a suspended day; a day order lapses with it."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play


def test_order_on_a_suspended_day() -> None:
    run = play(bars("600001.SH", "2024-03-04", "10", "10 S", "10"), {0: [buy(100)]}, ways=NATIVE)
    assert run.refusals == ["1: buy suspended 100 -> 0"]
    assert run.fills == []
    assert run.orders == ["expired 0"]
