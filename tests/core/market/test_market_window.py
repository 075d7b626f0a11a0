"""Breadth, extremes and boards, on a market small enough to be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from quantdesk.core.bars.panel import Panel
from quantdesk.core.market import breadth
from quantdesk.core.market.boards import board_days
from quantdesk.core.market.window import FIELDS, Window
from tests.fakes.made_bars import business_days

NAN = np.nan


def window_of(
    closes: list[list[float]],
    *,
    precloses: list[list[float]] | None = None,
    suspended: list[tuple[int, int]] = (),  # type: ignore[assignment]
    symbols: tuple[str, ...] | None = None,
    st: bool = False,
) -> Window:
    """Give a window; a close of NaN is a day without a bar, highs and lows are 1 % around."""
    close = np.array(closes, dtype=float)
    halted = np.zeros(close.shape)
    for row, day in suspended:
        halted[row, day] = 1
    fields = {
        "close": close,
        "preclose": np.full(close.shape, NAN) if precloses is None else np.array(precloses, dtype=float),
        "high": close * 1.01,
        "low": close * 0.99,
        "amount": np.where(halted == 1, 0, close * 1000),
        "suspended": np.where(np.isfinite(close), halted, NAN),
        "is_st": np.where(np.isfinite(close), float(st), NAN),
    }
    assert set(fields) == set(FIELDS)
    names = symbols or tuple(f"60000{row}.SH" for row in range(len(close)))
    return Window.of(Panel(names, business_days("2020-01-01", close.shape[1]), fields))


NONE_LEFT = np.zeros(9, dtype=bool)


def test_shares_are_counted_by_their_change() -> None:
    window = window_of(
        [[10, 11], [10, 9], [10, 10], [10, 10], [10, NAN], [NAN, 10]],
        suspended=[(3, 1)],
    )
    counts = breadth.counts(window, 1, NONE_LEFT[:6])
    assert (counts.advancing, counts.declining, counts.unchanged, counts.suspended, counts.missing) == (1, 1, 1, 1, 1)


def test_a_day_without_a_bar_between_two_with_one_is_a_suspension_and_one_after_the_delisting_nothing() -> None:
    window = window_of([[10, NAN, 10], [10, NAN, NAN], [10, NAN, NAN], [10, 10, 10]])
    left = np.array([False, False, True, False])
    counts = breadth.counts(window, 1, left)
    assert (counts.suspended, counts.missing) == (1, 1)


def test_the_change_goes_by_the_exchanges_previous_close_where_it_is_known() -> None:
    window = window_of([[10, 5.5], [10, 5.5]], precloses=[[NAN, 5.0], [NAN, NAN]])
    assert window.change[:, 1] == pytest.approx([0.1, -0.45], abs=1e-6)
    assert window.factor[:, 1] == pytest.approx([2, 1])


def test_the_bins_hold_every_share_once_with_the_outer_edge_in() -> None:
    changes = np.array([-0.2, -0.1, -0.0999, -0.01, -0.001, 0, 0, 0.001, 0.01, 0.0101, 0.1, 0.2, NAN], dtype=np.float32)
    bins = breadth.histogram(changes)
    filled = {(bin.low, bin.high): bin.count for bin in bins if bin.count}
    assert filled == {
        (None, -0.1): 1,
        (-0.1, -0.09): 2,
        (-0.01, 0.0): 2,
        (0.0, 0.0): 2,
        (0.0, 0.01): 2,
        (0.01, 0.02): 1,
        (0.09, 0.1): 1,
        (0.1, None): 1,
    }
    assert len(bins) == 23


def test_closes_are_held_against_averages_without_ex_right_gaps() -> None:
    flat = [10.0] * 30
    halved = [10.0] * 29 + [5.1]  # ten for ten on the last day, and 2 % up
    window = window_of([flat, halved], precloses=[[NAN] * 30, [NAN] * 29 + [5.0]])
    twenty, sixty, _ = breadth.above_averages(window, 29)
    assert (twenty.above, twenty.of) == (1, 2)
    assert (sixty.above, sixty.of) == (0, 0)


def test_new_highs_and_lows_are_of_52_weeks_and_of_shares_that_are_as_old() -> None:
    days = 300
    rising = list(np.linspace(10, 20, days))
    falling = list(np.linspace(20, 10, days))
    still = [10.0] * days
    young = [NAN] * 200 + list(np.linspace(10, 20, 100))
    found = breadth.extremes(window_of([rising, falling, still, young]), days - 1)
    assert (found.highs, found.lows, found.of) == (1, 1, 3)


def test_a_board_is_the_sum_of_its_shares_that_traded() -> None:
    change = np.array([0.1, -0.05, NAN, 0.02])
    size = np.array([100.0, 300.0, 50.0, 10.0])
    members = {("B1", "甲"): [0, 1, 2], ("B2", "乙"): [2], ("B3", "丙"): [3, 0]}
    first, second = board_days(members, change, size)
    assert (first.code, first.rows, first.size, first.advancing, first.declining) == ("B1", (1, 0), 400, 1, 1)
    assert first.change == pytest.approx((0.1 * 100 - 0.05 * 300) / 400)
    assert (second.code, second.rows) == ("B3", (0, 3))
