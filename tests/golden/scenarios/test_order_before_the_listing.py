"""A stock without any bar yet cannot be ordered."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_order_before_the_listing() -> None:
    market = [bars("600001.SH", "2024-03-04", "-", "10"), bars("600002.SH", "2024-03-04", "5", "5")]
    run = play(market, {0: [buy(100, "600001.SH")]})
    assert run.refusals == ["0: 600001 buy not_listed 100 -> 0"]
