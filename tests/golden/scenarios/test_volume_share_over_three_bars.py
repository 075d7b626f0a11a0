"""At most 10 % of a bar's volume, in lots; an order that is good until cancelled goes on the next day."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_volume_share_over_three_bars() -> None:
    # 3000, 3050 and 3000 shares: 300, 305 -> 300, and the last 200 of 800.
    market = bars("600001.SH", "2024-03-04", "10", "10 v3000", "10 v3050", "10 v3000")
    run = play(market, {0: [buy(800, good_till="cancelled")]})
    assert run.fills == [
        "1: buy 300 @10.00 fees 5.00 0.00 0.03",
        "2: buy 300 @10.00 fees 5.00 0.00 0.03",
        "3: buy 200 @10.00 fees 5.00 0.00 0.02",
    ]
    assert run.refusals == ["1: buy volume 800 -> 300", "2: buy volume 500 -> 300"]
    assert run.cash[-1] == "991984.92"  # 1000000 - 8000.00 - 15.00 - 0.08
