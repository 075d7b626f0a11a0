"""A run without costs moves money by price times quantity alone."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_costs_switched_off() -> None:
    free = {"commission_rate": "0", "commission_min": "0", "stamp_duty_rate": "0", "transfer_fee_rate": "0"}
    market = bars("600001.SH", "2024-03-04", "10", "10", "11 11 10.50 11")
    run = play(market, {0: [buy(1000)], 1: [sell(1000)]}, costs=free)
    assert run.cash == ["1000000.00", "990000.00", "1001000.00"]
