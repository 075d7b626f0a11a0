"""Without the rule shares are sold on the day they were bought."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_t_plus_1_switched_off() -> None:
    market = bars("600001.SH", "2024-03-04", "10", "10")
    run = play(market, {0: [buy(1000), sell(1000)]}, rules={"settlement": False})
    assert run.refusals == []
    assert run.cash[-1] == "999984.80"
