"""When cash falls below the margin at a close the position is closed at the next open, whatever the strategy says."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play, target


def test_future_margin_call() -> None:
    # 4 rb at 4000 with 10000.00: fee 16.00. Close 3900: - 4000.00 = 5984.00; margin 156000.00 x 5 % = 7800.00.
    # Closed at 3880: - 800.00, fee 155200.00 x 0.01 % = 15.52: 5168.48. The order to 0 of that close changes nothing.
    market = bars("rb2405.SHFE", "2024-03-04", "4000", "4000 4000 3900 3900", "3880", "3880")
    run = play(market, {0: [buy(4)], 1: [target(0)]}, cash=10000, ways=NATIVE)
    assert run.actions == ["1: margin_call 0 shares 0.00"]
    assert run.fills == ["1: buy 4 @4000.00 fees 16.00 0.00 0.00", "2: sell 4 @3880.00 fees 15.52 0.00 0.00"]
    assert run.cash == ["10000.00", "5984.00", "5168.48", "5168.48"]
