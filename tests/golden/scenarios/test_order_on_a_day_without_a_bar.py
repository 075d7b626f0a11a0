"""A stock that has traded before and has no bar today is suspended, not unlisted."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_order_on_a_day_without_a_bar() -> None:
    market = [bars("600001.SH", "2024-03-04", "10", "-", "10"), bars("600002.SH", "2024-03-04", "5", "5", "5")]
    run = play(market, {0: [buy(100, "600001.SH", good_till="cancelled")]})
    assert run.refusals == ["1: 600001 buy suspended 100 -> 0"]
    assert run.fills == ["2: 600001 buy 100 @10.00 fees 5.00 0.00 0.01"]
