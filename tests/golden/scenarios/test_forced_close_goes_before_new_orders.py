"""What a margin call closes is done whatever else is decided; later orders start from a flat position."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, cancel, play, sell


def test_forced_close_goes_before_new_orders() -> None:
    # As in the margin call: 4 rb at 4000 with 10000.00, closed at 3880: 5168.48. The strategy's sell of that close is
    # taken back, the forced one is not. A sell of 1 a day later opens a short one: 38800.00 x 0.01 % = 3.88: 5164.60.
    market = bars("rb2405.SHFE", "2024-03-04", "4000", "4000 4000 3900 3900", "3880", "3880")
    run = play(market, {0: [buy(4)], 1: [sell(1), cancel(2)], 2: [sell(1)]}, cash=10000, ways=NATIVE)
    assert run.fills[1:] == ["2: sell 4 @3880.00 fees 15.52 0.00 0.00", "3: sell 1 @3880.00 fees 3.88 0.00 0.00"]
    assert run.cash[-1] == "5164.60"
