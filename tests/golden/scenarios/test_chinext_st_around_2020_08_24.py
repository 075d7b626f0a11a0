"""ChiNext shares under risk warning are locked at 5 % until 2020-08-23, then at 20 % like all others."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play, sell


def test_chinext_st_around_2020_08_24() -> None:
    # 21 Aug: 10.00 -> 9.50 locked down. 24 Aug: 9.50 -> 9.02 (-5 %) trades on.
    # Sell 1000 at 9.02: 9020.00, duty 0.1 % = 9.02, fee 0.1804 -> 0.18.
    market = bars("300001.SZ", "2020-08-19", "10 ST", "10 ST", "9.50 ST", "9.02 ST")
    run = play(market, {0: [buy(1000)], 1: [sell(1000)], 2: [sell(1000)]}, ways=NATIVE)
    assert run.refusals == ["2: sell limit_down 1000 -> 0 at 9.50 [limit.chinext.st.5]"]
    assert run.fills[1] == "3: sell 1000 @9.02 fees 5.00 9.02 0.18"
