"""A close on the limit sells to nobody, though the day opened below."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_at_the_close_on_the_limit_is_refused() -> None:
    market = bars("600001.SH", "2024-03-04", "10", "10.50 11 10.40 11")
    run = play(market, {0: [buy(100, at="close")]})
    assert run.refusals == ["1: buy limit_up 100 -> 0 at 11.00 [limit.main.10]"]
    assert run.fills == []
