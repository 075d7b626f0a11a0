"""Orders for the opening and for the closing auction are filled at those prices."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play


def test_at_the_open_and_at_the_close() -> None:
    market = bars("600001.SH", "2024-03-04", "10", "10.20 10.60 10.10 10.50")
    run = play(market, {0: [buy(100, at="open"), buy(100, at="close")]}, ways=NATIVE)
    assert run.fills == ["1: buy 100 @10.20 fees 5.00 0.00 0.01", "1: buy 100 @10.50 fees 5.00 0.00 0.01"]
