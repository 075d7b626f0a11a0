"""Only the previous close tells of an ex-right day: a gap of up to a tenth is paid out in cash; no value is lost."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_ex_right_without_action_small_gap_is_cash() -> None:
    # 10.00 -> 9.50: 0.50 x 1000 = 500.00.
    run = play(bars("600001.SH", "2024-03-04", "10", "10", "9.50 p9.50"), {0: [buy(1000)]})
    assert run.actions == ["2: ex_right 0 shares 500.00"]
    assert run.equity[1:] == ["999994.90", "999994.90"]
