"""A gap of more than a tenth is taken for new shares; the fraction is paid in cash, to the unit."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_ex_right_without_action_large_gap_is_shares() -> None:
    # 10.00 / 7.69 = 1.30039: 300 whole new shares of 1000; 10000.00 - 1300 x 7.69 = 3.00 in cash.
    # The odd ones of 100: 30 shares, 1000.00 - 130 x 7.69 = 0.30.
    market = bars("600001.SH", "2024-03-04", "10", "10", "7.69 p7.69")
    thousand, hundred = play(market, {0: [buy(1000)]}), play(market, {0: [buy(100)]})
    assert thousand.actions == ["2: ex_right 300 shares 3.00"]
    assert hundred.actions == ["2: ex_right 30 shares 0.30"]
    assert thousand.equity[1:] == ["999994.90", "999994.90"]
    assert hundred.equity[1:] == ["999994.99", "999994.99"]
