"""New bars never replace a known figure by nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.bars.frame import COLUMNS
from quantdesk.core.bars.known import aligned, keep_known, same_bars
from tests.fakes.made_bars import bars_of

OLD = replace(
    bars_of("600519.SH", [10, 11, 12, 13], suspended=[1]),
    preclose=np.array([9.5, 10, 5.5, 12]),
    is_st=np.array([True, False, True, False]),
)
NOTHING = np.full(4, np.nan)


def test_what_the_new_bars_do_not_say_stays_known() -> None:
    new = replace(OLD, preclose=NOTHING, amount=NOTHING, is_st=np.zeros(4, bool), suspended=np.zeros(4, bool))
    kept = keep_known(new, OLD, same_bars(OLD, new), stated=())
    for name in COLUMNS:
        assert np.array_equal(getattr(kept, name), getattr(OLD, name)), name


def test_what_the_new_bars_do_say_counts() -> None:
    new = replace(OLD, preclose=np.full(4, 8.0), is_st=np.zeros(4, bool), suspended=np.zeros(4, bool))
    kept = keep_known(new, OLD, same_bars(OLD, new), stated=("is_st", "suspended"))
    assert kept.preclose.tolist() == [8, 8, 8, 8]
    assert not kept.is_st.any()
    assert not kept.suspended.any()


def test_nothing_is_learnt_from_a_bar_with_other_prices() -> None:
    close = OLD.close.copy()
    close[2] += 0.01
    new = replace(OLD, close=close, preclose=NOTHING)
    kept = keep_known(new, OLD, same_bars(OLD, new), stated=())
    assert np.isnan(kept.preclose).tolist() == [False, False, True, False]


def test_a_day_that_was_traded_after_all_is_not_suspended() -> None:
    new = replace(OLD, volume=np.full(4, 100.0), suspended=np.zeros(4, bool))
    assert not keep_known(new, OLD, same_bars(OLD, new), stated=()).suspended.any()


@given(st.sets(st.integers(0, 29), min_size=1), st.sets(st.integers(0, 29), min_size=1))
def test_bars_are_compared_with_those_of_their_own_day(old_days: set[int], new_days: set[int]) -> None:
    whole = bars_of("600519.SH", [10 + day for day in range(30)])
    old, new = whole.take(sorted(old_days)), whole.take(sorted(new_days))
    beside = aligned(old, new)
    assert len(beside) == len(new)
    same = same_bars(beside, new)
    assert same.tolist() == [day in old_days for day in sorted(new_days)]
    unknown = replace(new, preclose=np.full(len(new), np.nan))
    assert np.isnan(keep_known(unknown, beside, same, stated=()).preclose).tolist() == (~same).tolist()


def test_open_interest_and_settlement_stay_known() -> None:
    old = replace(OLD, open_interest=np.array([1.0, 2, 3, 4]), settle=np.array([5.0, np.nan, 7, 8]))
    kept = keep_known(OLD, old, same_bars(old, OLD), stated=())
    assert kept.open_interest is not None
    assert kept.open_interest.tolist() == [1, 2, 3, 4]
    told = keep_known(replace(OLD, settle=np.full(4, 9.0)), old, same_bars(old, OLD), stated=())
    assert told.settle is not None
    assert told.settle.tolist() == [9, 9, 9, 9]
    assert keep_known(OLD, OLD, same_bars(OLD, OLD), stated=()).settle is None
