"""B shares could be sold on the day they were bought until 2001-11-30."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_b_shares_were_t_plus_0_until_november_2001() -> None:
    # Friday 2001-11-30: both ways. Monday 2001-12-03: refused. Duty then 0.2 % of 10000.00, both sides: 20.00.
    market = bars("900901.SH", "2001-11-29", "1", "1", "1")
    run = play(market, {0: [buy(10000), sell(10000)], 1: [buy(10000), sell(10000)]})
    assert run.fills == [
        "1: buy 10000 @1.00 fees 5.00 20.00 0.00",
        "1: sell 10000 @1.00 fees 5.00 20.00 0.00",
        "2: buy 10000 @1.00 fees 5.00 20.00 0.00",
    ]
    assert run.refusals == ["2: sell t_plus_1 10000 -> 0 [settle.b]"]
