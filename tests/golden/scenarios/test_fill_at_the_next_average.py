"""next_average: the turnover of the next bar over its volume; without turnover the mean of its four prices."""

from __future__ import annotations

from tests.golden.market import bars, buy, play, sell


def test_fill_at_the_next_average() -> None:
    # 10250000.00 / 1000000 = 10.25. Then (10.00 + 10.40 + 9.80 + 10.20) / 4 = 10.10. 10250.00: 5.00, 0.1025 -> 0.10.
    market = bars("600001.SH", "2024-03-04", "10", "10 10.50 9.90 10.40 a10250000", "10 10.40 9.80 10.20")
    run = play(market, {0: [buy(1000)], 1: [sell(1000)]}, fill="next_average")
    assert run.fills == ["1: buy 1000 @10.25 fees 5.00 0.00 0.10", "2: sell 1000 @10.10 fees 5.00 5.05 0.10"]
