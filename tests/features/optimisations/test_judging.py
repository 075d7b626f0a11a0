"""Figures of an optimisation, from numbers by hand."""

from __future__ import annotations

import datetime as dt

from quantdesk.features.optimisations.judging import efficiency
from quantdesk.features.optimisations.schemas import FoldResult

DAY = dt.date(2024, 1, 2)


def fold(number: int, inside: float | None, outside: float | None) -> FoldResult:
    return FoldResult(
        number=number,
        train_start=DAY,
        train_end=DAY,
        test_start=DAY,
        test_end=DAY,
        trial=number,
        chosen=number,
        params={},
        in_sample=inside,
        out_of_sample=outside,
        state="succeeded",
    )


def test_a_last_test_of_a_few_days_does_not_outweigh_the_whole_ones() -> None:
    folds = [fold(1, 1.0, -0.5), fold(2, 1.0, 0.1), fold(3, 1.0, 6.0)]
    # (-0.5 x 120 + 0.1 x 120 + 6 x 5) / (1 x 120 + 1 x 120 + 1 x 5)
    assert efficiency(folds, {1: 120, 2: 120, 3: 5}) == -18 / 245


def test_folds_without_a_figure_or_a_test_do_not_count() -> None:
    folds = [fold(1, 2.0, 1.0), fold(2, None, 1.0), fold(3, 2.0, None), fold(4, 2.0, 9.0)]
    assert efficiency(folds, {1: 10, 2: 10, 3: 10}) == 0.5


def test_there_is_none_where_training_was_not_above_zero() -> None:
    assert efficiency([fold(1, -1.0, 1.0)], {1: 10}) is None
    assert efficiency([], {}) is None
