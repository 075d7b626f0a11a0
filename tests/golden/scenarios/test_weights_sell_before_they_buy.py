"""Target weights: what shrinks is sold first, so that its cash buys the rest."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play, weights


def test_weights_sell_before_they_buy() -> None:
    # All cash is in 600002. It sells 1000 (9989.90) though it comes second; then 600001 is bought for 0.45 of an
    # equity of 10000.00: 4500.00 / 10.00 = 450 -> 400 shares, 4000.00 + 5.00 + 0.04 = 4005.04.
    market = [bars("600001.SH", "2024-03-04", "10", "10", "10"), bars("600002.SH", "2024-03-04", "10", "10", "10")]
    run = play(
        market,
        {0: [buy(1000, "600002.SH")], 1: [weights({"600001.SH": 0.45, "600002.SH": 0})]},
        cash=10005.10,
        ways=NATIVE,
    )
    assert run.fills[1:] == [
        "2: 600002 sell 1000 @10.00 fees 5.00 5.00 0.10",
        "2: 600001 buy 400 @10.00 fees 5.00 0.00 0.04",
    ]
    assert run.cash[-1] == "5984.86"  # 0 + 9989.90 - 4005.04
