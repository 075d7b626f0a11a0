"""A factor's figures against scipy's and against days worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.factors.study import LEAST, study

NAN = np.nan


def everyone(values: np.ndarray) -> np.ndarray:
    return np.ones(values.shape, dtype=bool)


@settings(deadline=None)
@given(st.integers(0, 50))
def test_correlations_are_those_of_pandas(seed: int):
    random = np.random.default_rng(seed)
    values, returns = random.normal(size=(30, 12)).round(1), random.normal(size=(30, 12)).round(2)
    values[random.random(values.shape) < 0.1] = NAN
    returns[random.random(values.shape) < 0.1] = NAN
    found = study(values, returns, everyone(values))
    x, y = pd.DataFrame(values), pd.DataFrame(returns)
    np.testing.assert_allclose(found.ic.values, x.corrwith(y), atol=1e-12)
    both = x.notna() & y.notna()
    np.testing.assert_allclose(found.rank_ic.values, x[both].rank().corrwith(y[both].rank()), atol=1e-12)
    assert found.ic.mean == pytest.approx(x.corrwith(y).mean())
    assert found.ic.ratio == pytest.approx(x.corrwith(y).mean() / x.corrwith(y).std())


def test_a_factor_that_is_the_return_orders_it_perfectly():
    returns = np.array([[0.01 * (symbol + 1) * (1 + day) for day in range(3)] for symbol in range(10)])
    found = study(returns**3, returns, everyone(returns), groups=5)
    assert found.rank_ic.mean == pytest.approx(1)
    assert found.rank_ic.positive == 1
    assert found.ic.days == 3
    np.testing.assert_allclose(found.groups[:, 0], [0.015, 0.035, 0.055, 0.075, 0.095])
    np.testing.assert_array_equal(found.turnover, [NAN, 0, 0])
    opposite = study(-returns, returns, everyone(returns))
    assert opposite.rank_ic.mean == pytest.approx(-1)
    np.testing.assert_allclose(opposite.groups[:, 0], found.groups[::-1, 0])


def test_turnover_is_the_share_that_is_new_in_the_highest_group():
    values = np.array(
        [[1, 9, NAN, 9], [2, 2, NAN, 2], [3, 3, NAN, 3], [4, 4, NAN, 10], [5, 1, NAN, 1], [6, 8, NAN, 0.5]]
    )
    found = study(values, np.zeros_like(values), everyone(values), groups=3)
    # Highest two: {5, 6}, then {1, 6}, nobody, then {1, 4}.
    np.testing.assert_allclose(found.turnover, [NAN, 0.5, NAN, 0.5])


def test_coverage_counts_the_symbols_that_a_day_has():
    values = np.array([[1.0, NAN], [np.inf, 2.0], [3.0, 3.0], [4.0, 4.0]])
    listed = np.array([[True, True], [True, True], [True, False], [False, False]])
    found = study(values, values, listed)
    np.testing.assert_allclose(found.coverage, [2 / 3, 1 / 2])
    assert math.isnan(study(values, values, np.zeros_like(listed)).coverage[0])


def test_days_that_say_nothing_have_no_figure():
    few = np.arange(LEAST - 1.0)[:, None]
    found = study(few, few, everyone(few))
    assert found.ic.days == 0
    assert math.isnan(found.ic.mean)
    assert np.isnan(found.groups).all()
    same = np.full((10, 1), 0.1)
    assert math.isnan(study(same, np.arange(10.0)[:, None], everyone(same)).ic.values[0])
    assert math.isnan(study(np.arange(10.0)[:, None], same, everyone(same)).rank_ic.values[0])


def test_equal_values_are_in_one_group():
    values = np.array([[1.0], [1.0], [1.0], [1.0], [1.0], [2.0]])
    returns = np.array([[0.1], [0.2], [0.3], [0.4], [0.5], [0.9]])
    found = study(values, returns, everyone(values), groups=3)
    np.testing.assert_allclose(found.groups[:, 0], [NAN, 0.3, 0.9])


def test_a_panel_of_nothing_has_no_figures():
    nothing = np.empty((0, 4))
    found = study(nothing, nothing, everyone(nothing))
    assert np.isnan(found.coverage).all()
    assert found.rank_ic.days == 0


@settings(deadline=None)
@given(st.integers(0, 50))
def test_autocorrelation_is_that_of_the_ranks_of_two_days(seed: int):
    random = np.random.default_rng(seed)
    values = random.normal(size=(20, 10)).round(1)
    values[random.random(values.shape) < 0.2] = NAN
    found = study(values, np.zeros_like(values), everyone(values)).autocorrelation
    table = pd.DataFrame(values)
    assert math.isnan(found[0])
    for day in range(1, 10):
        pair = table[[day - 1, day]].dropna()
        assert found[day] == pytest.approx(pair[day].corr(pair[day - 1], method="spearman"), abs=1e-12)
