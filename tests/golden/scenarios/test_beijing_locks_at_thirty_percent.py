"""The limit of the Beijing exchange is 30 %."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_beijing_locks_at_thirty_percent() -> None:
    # 10.00 x 1.3 = 13.00; +20 % the day before is an ordinary day.
    market = bars("832000.BJ", "2024-03-04", "10", "12", "15.60")
    run = play(market, {0: [buy(100)], 1: [buy(100)]})
    assert run.fills == ["1: buy 100 @12.00 fees 5.00 0.00 0.01"]
    assert run.refusals == ["2: buy limit_up 100 -> 0 at 15.60 [limit.bse.30]"]
