"""Funds on domestic shares are T+1; their limit is 10 % in steps of 0.001."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_equity_fund_is_bound_by_t_plus_1() -> None:
    # 3.501 x 1.1 = 3.8511 -> 3.851.
    market = bars("510300.SH", "2024-03-04", "3.501", "3.501", "3.851")
    run = play(market, {0: [buy(1000), sell(1000)], 1: [buy(100)]})
    assert run.refusals == [
        "1: sell t_plus_1 1000 -> 0 [settle.fund.t1]",
        "2: buy limit_up 100 -> 0 at 3.851 [limit.fund.10]",
    ]
