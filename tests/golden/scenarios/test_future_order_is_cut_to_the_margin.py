"""An order opens what cash can put up as margin, fees included; too little for one is refused."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play


def test_future_order_is_cut_to_the_margin() -> None:
    # rb at 4000: 40000.00 a contract, margin 5 % = 2000.00, fee 4.00. 10000.00 / 2004.00 = 4.99: 4. IF: 126000.00.
    steel = play(bars("rb2405.SHFE", "2024-03-04", "4000", "4000"), {0: [buy(5)]}, cash=10000, ways=NATIVE)
    index = play(bars("IF2403.CFFEX", "2024-03-04", "3500", "3500"), {0: [buy(1)]}, cash=100000, ways=NATIVE)
    assert steel.refusals == ["1: buy margin 5 -> 4 [margin.shfe.5]"]
    assert steel.fills == ["1: buy 4 @4000.00 fees 16.00 0.00 0.00"]
    assert index.refusals == ["1: buy margin 1 -> 0 [margin.IF.2022]"]
    assert index.fills == []
