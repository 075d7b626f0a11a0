"""An order that is good until cancelled is filled when trading resumes; each day without trading is told."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play


def test_order_outlives_a_suspension() -> None:
    run = play(
        bars("600001.SH", "2024-03-04", "10", "10 S", "10 S", "10.50"),
        {0: [buy(100, good_till="cancelled")]},
        ways=NATIVE,
    )
    assert run.refusals == ["1: buy suspended 100 -> 0", "2: buy suspended 100 -> 0"]
    assert run.fills == ["3: buy 100 @10.50 fees 5.00 0.00 0.01"]
