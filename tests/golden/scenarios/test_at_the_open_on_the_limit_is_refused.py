"""An order for the opening auction at the limit price finds no seller, even if the board opens later."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play


def test_at_the_open_on_the_limit_is_refused() -> None:
    run = play(bars("600001.SH", "2024-03-04", "10", "11 11 10.80 10.90"), {0: [buy(100, at="open")]}, ways=NATIVE)
    assert run.refusals == ["1: buy limit_up 100 -> 0 at 11.00 [limit.main.10]"]
    assert run.orders == ["expired 0"]
