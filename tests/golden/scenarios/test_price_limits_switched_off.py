"""Without the rule a locked board is bought like any other."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_price_limits_switched_off() -> None:
    run = play(bars("600001.SH", "2024-03-04", "10", "11"), {0: [buy(100)]}, rules={"price_limits": False})
    assert run.fills == ["1: buy 100 @11.00 fees 5.00 0.00 0.01"]
