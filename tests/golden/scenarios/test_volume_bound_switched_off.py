"""Without a volume share an order takes what it wants."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_volume_bound_switched_off() -> None:
    market = bars("600001.SH", "2024-03-04", "10", "10 v3000")
    run = play(market, {0: [buy(800)]}, rules={"volume_share": None})
    assert run.fills == ["1: buy 800 @10.00 fees 5.00 0.00 0.08"]
