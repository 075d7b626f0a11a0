"""A long future is marked to the close; profit and loss become cash day by day."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play, sell


def test_future_long() -> None:
    # rb: 10 t a contract, fee 0.01 %. 10 at 4000: 400000.00, fee 40.00. Close 4010: + 1000.00. Sold at 4050: + 4000.00,
    # fee 405000.00 x 0.01 % = 40.50. 1000000 - 40 + 1000 = 1000960; + 4000 - 40.50 = 1004919.50.
    market = bars("rb2405.SHFE", "2024-03-04", "4000", "4000 4020 3990 4010", "4050")
    run = play(market, {0: [buy(10)], 1: [sell(10)]}, ways=NATIVE)
    assert run.fills == ["1: buy 10 @4000.00 fees 40.00 0.00 0.00", "2: sell 10 @4050.00 fees 40.50 0.00 0.00"]
    assert run.equity == ["1000000.00", "1000960.00", "1004919.50"]
    assert run.cash == run.equity
