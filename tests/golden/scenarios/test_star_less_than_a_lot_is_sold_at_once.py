"""What is less than 200 STAR shares is sold in one order or not at all."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_star_less_than_a_lot_is_sold_at_once() -> None:
    # 201 held: 51 is below 200, nothing goes; 200 goes and leaves 1; the 1 goes alone.
    market = bars("688001.SH", "2024-03-04", "10", "10", "10", "10", "10")
    run = play(market, {0: [buy(201)], 1: [sell(51)], 2: [sell(200)], 3: [sell(1)]})
    assert run.refusals == ["2: sell lot 51 -> 0 [lot.star]"]
    assert run.fills[1:] == ["3: sell 200 @10.00 fees 5.00 1.00 0.02", "4: sell 1 @10.00 fees 5.00 0.01 0.00"]
