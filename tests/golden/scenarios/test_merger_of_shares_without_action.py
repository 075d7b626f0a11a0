"""A previous close above the last close is a merger of shares; the position's value stays."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_merger_of_shares_without_action() -> None:
    # 2.01 -> 5.00: 100 shares are 40.2 -> 40; 201.00 - 200.00 = 1.00 in cash.
    market = bars("600001.SH", "2024-03-04", "2.01", "2.01", "5 p5")
    run = play(market, {0: [buy(100)]})
    assert run.actions == ["2: ex_right -60 shares 1.00"]
    assert run.equity[1] == run.equity[2]
