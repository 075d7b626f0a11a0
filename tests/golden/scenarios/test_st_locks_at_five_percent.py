"""Shares under risk warning on the main board are locked at 5 %; an ordinary share at the same prices is not."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_st_locks_at_five_percent() -> None:
    # 10.00 x 1.05 = 10.50.
    special = play(bars("600001.SH", "2024-03-04", "10 ST", "10.50 ST"), {0: [buy(1000)]})
    ordinary = play(bars("600001.SH", "2024-03-04", "10", "10.50"), {0: [buy(1000)]})
    assert special.refusals == ["1: buy limit_up 1000 -> 0 at 10.50 [limit.main.st.5]"]
    # 10500.00: commission 2.625 -> 5.00; transfer fee 0.105, half up 0.11.
    assert ordinary.fills == ["1: buy 1000 @10.50 fees 5.00 0.00 0.11"]
