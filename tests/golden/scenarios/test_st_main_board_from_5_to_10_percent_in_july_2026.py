"""Until 2026-07-05 the main board's ST shares are locked at 5 %, from Monday 2026-07-06 on at 10 %."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_st_main_board_from_5_to_10_percent_in_july_2026() -> None:
    # Friday 3 July: 10.00 -> 10.50, locked. Monday: 10.50 -> 11.03 (5.05 %), nothing special any more.
    # Tuesday: 11.03 x 1.10 = 12.133 -> 12.13, locked.
    market = bars("600001.SH", "2026-07-02", "10 ST", "10.50 ST", "11.03 ST", "12.13 ST")
    run = play(market, {0: [buy(100)], 1: [buy(100, good_till="day")], 2: [buy(200)]}, ways=("simulator", "event"))
    assert run.refusals == [
        "1: buy limit_up 100 -> 0 at 10.50 [limit.main.st.5]",
        "3: buy limit_up 200 -> 0 at 12.13 [limit.main.st.10]",
    ]
    assert run.fills == ["2: buy 100 @11.03 fees 5.00 0.00 0.01"]
