"""How the days are split into trainings and tests."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quantdesk.core.optimise.walk_forward import MAX_FOLDS, Fold, WalkForward, split

DAYS = [dt.date(2020, 1, 1) + dt.timedelta(days=at) for at in range(3000)]


def places(fold: Fold) -> tuple[int, int, int, int]:
    return tuple(DAYS.index(day) for day in (fold.train_start, fold.train_end, fold.test_start, fold.test_end))  # type: ignore[return-value]


def test_rolling_trainings_move_along() -> None:
    folds = split(DAYS[:200], WalkForward(train_days=100, test_days=40))
    assert [places(fold) for fold in folds] == [(0, 99, 100, 139), (40, 139, 140, 179), (80, 179, 180, 199)]
    assert [fold.number for fold in folds] == [1, 2, 3]


def test_anchored_trainings_grow() -> None:
    folds = split(DAYS[:200], WalkForward(train_days=100, test_days=50, anchored=True))
    assert [places(fold) for fold in folds] == [(0, 99, 100, 149), (0, 149, 150, 199)]


def test_an_embargo_lies_between_training_and_test() -> None:
    folds = split(DAYS[:150], WalkForward(train_days=100, test_days=20, embargo_days=10))
    assert [places(fold) for fold in folds] == [(0, 99, 110, 129), (20, 119, 130, 149)]


def test_a_last_test_of_fewer_than_five_days_is_left_out() -> None:
    plan = WalkForward(train_days=100, test_days=40)
    assert places(split(DAYS[:145], plan)[-1]) == (40, 139, 140, 144)
    assert places(split(DAYS[:144], plan)[-1]) == (0, 99, 100, 139)


def test_too_few_days_say_how_many_are_needed() -> None:
    with pytest.raises(
        ValueError, match="100 trading days are too few for 100 of training, 3 of embargo and a test; at"
    ):
        split(DAYS[:100], WalkForward(train_days=100, test_days=40, embargo_days=3))


def test_too_many_folds_ask_for_longer_tests() -> None:
    with pytest.raises(ValueError, match="take more test_days than 5"):
        split(DAYS, WalkForward(train_days=20, test_days=5))


@given(st.integers(25, 1500), st.integers(20, 400), st.integers(5, 300), st.integers(0, 60), st.booleans())
def test_tests_never_overlap_and_never_touch_their_training(
    total: int, train: int, test: int, embargo: int, anchored: bool
) -> None:
    assume(total >= train + embargo + 5)
    assume((total - train - embargo) / test <= MAX_FOLDS)
    folds = split(DAYS[:total], WalkForward(train_days=train, test_days=test, anchored=anchored, embargo_days=embargo))
    before = train + embargo - 1
    for fold in folds:
        first, last, start, end = places(fold)
        assert start == before + 1, "tests follow each other without a gap"
        assert start - last == embargo + 1
        assert end - start + 1 <= test
        assert last - first + 1 == (last + 1 if anchored else train)
        before = end
    assert total - before - 1 < 5, "no days are left that would make a test"
