"""An order to buy 150 main-board shares is sent as 100; one of 99 is refused."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_main_board_order_of_150_is_cut_to_a_lot() -> None:
    market = bars("600001.SH", "2024-03-04", "10", "10")
    run = play(market, {0: [buy(150), buy(99)]})
    assert run.refusals == ["0: buy lot 150 -> 100 [lot.100]", "0: buy lot 99 -> 0 [lot.100]"]
    assert run.fills == ["1: buy 100 @10.00 fees 5.00 0.00 0.01"]
