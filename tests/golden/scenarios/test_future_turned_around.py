"""An order to sell more than is held closes the position and opens the other side."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play, sell


def test_future_turned_around() -> None:
    # Long 2 at 4000 (fee 8.00); 5 sold at 4010: + 200.00, fees 80200.00 and 120300.00 x 0.01 % = 8.02 + 12.03 = 20.05.
    # Short 3; at 4000 they gain 300.00.
    market = bars("rb2405.SHFE", "2024-03-04", "4000", "4000", "4010", "4000")
    run = play(market, {0: [buy(2)], 1: [sell(5)]}, ways=NATIVE)
    assert run.fills == ["1: buy 2 @4000.00 fees 8.00 0.00 0.00", "2: sell 5 @4010.00 fees 20.05 0.00 0.00"]
    assert run.cash == ["1000000.00", "999992.00", "1000171.95", "1000471.95"]
