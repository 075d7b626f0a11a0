"""same_close: what is decided on a bar is filled at its close; T+1 and limits hold all the same."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play, sell


def test_fill_at_the_same_close() -> None:
    # Bought at the close of day 0 at 10.20; sold at the close of day 1 at 10.40.
    market = bars("600001.SH", "2024-03-04", "10 10.30 9.90 10.20", "10.20 10.50 10.10 10.40", "10.40")
    run = play(market, {0: [buy(1000)], 1: [sell(1000)]}, fill="same_close", ways=NATIVE)
    assert run.fills == ["0: buy 1000 @10.20 fees 5.00 0.00 0.10", "1: sell 1000 @10.40 fees 5.00 5.20 0.10"]
    assert run.equity[0] == "999994.90"
    assert run.cash[1] == "1000184.60"  # 1000000 - 10205.10 + 10389.70
