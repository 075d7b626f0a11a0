"""Gold: ten yuan a contract to open, none to close what was opened the same day."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play, sell


def test_future_with_a_fee_per_contract() -> None:
    # 2 at 480.00, closed at 481.00: 2 x 1000 g x 1.00 = 2000.00, less 20.00.
    market = bars("au2406.SHFE", "2024-03-04", "480", "480 481 479 481")
    run = play(market, {0: [buy(2), sell(2, at="close")]}, ways=NATIVE)
    assert run.fills == ["1: buy 2 @480.00 fees 20.00 0.00 0.00", "1: sell 2 @481.00 fees 0.00 0.00 0.00"]
    assert run.cash[-1] == "1001980.00"
