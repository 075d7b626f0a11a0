"""The Deflated Sharpe Ratio against the figures of the paper and computations by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from quantdesk.core.optimise.deflated import (
    Moments,
    deflated_sharpe,
    effective_trials,
    expected_best,
    moments,
    probabilistic_sharpe,
    variance_of,
)

# Bailey and López de Prado (2014), "A numerical example": a Sharpe ratio of 2.5 a year of 250 days over five years,
# skewness -3, kurtosis 10, and a variance of the trials' annual ratios of 1/2.
PAPER = Moments(sharpe=2.5 / math.sqrt(250), skewness=-3, kurtosis=10, periods=1250)
VARIANCE = 0.5 / 250


def test_the_papers_example_of_a_hundred_trials() -> None:
    found = deflated_sharpe(PAPER, VARIANCE, 100)
    assert found is not None
    assert found.threshold == pytest.approx(0.1132, abs=5e-5)
    assert found.probability == pytest.approx(0.9004, abs=5e-5)


def test_the_papers_example_of_forty_six_trials_reaches_95_percent() -> None:
    found = deflated_sharpe(PAPER, VARIANCE, 46)
    assert found is not None
    assert found.probability == pytest.approx(0.9505, abs=5e-5)


def test_the_papers_example_of_normal_returns_reaches_95_percent_with_eighty_eight_trials() -> None:
    normal = Moments(PAPER.sharpe, 0, 3, 1250)
    found = deflated_sharpe(normal, VARIANCE, 88)
    assert found is not None
    assert found.probability == pytest.approx(0.9505, abs=5e-5)


def test_the_best_of_many_normal_draws_is_what_the_formula_expects() -> None:
    draws = np.random.default_rng(1).standard_normal((20_000, 50)) * 0.05
    assert expected_best(0.05**2, 50) == pytest.approx(draws.max(axis=1).mean(), rel=0.02)


def test_one_try_has_no_luck_to_take_off() -> None:
    assert expected_best(1.0, 1) == 0.0
    assert expected_best(0.0, 1000) == 0.0
    assert expected_best(1.0, 1.05) >= 0.0
    found = deflated_sharpe(PAPER, VARIANCE, 1)
    assert found is not None
    assert found.probability == probabilistic_sharpe(PAPER, 0.0)


def test_moments_of_a_series_computed_by_hand() -> None:
    # 1 2 3 6: mean 3, deviations -2 -1 0 3; squares 14, cubes 18, fourths 98.
    found = moments(np.array([1.0, 2.0, 3.0, 6.0]))
    assert found is not None
    assert found.sharpe == pytest.approx(3 / math.sqrt(14 / 3))
    assert found.skewness == pytest.approx((18 / 4) / (14 / 4) ** 1.5)
    assert found.kurtosis == pytest.approx((98 / 4) / (14 / 4) ** 2)
    assert found.periods == 4


def test_returns_that_do_not_vary_or_are_too_few_have_no_moments() -> None:
    assert moments(np.zeros(50)) is None
    assert moments(np.full(50, 0.001)) is None
    assert moments(np.array([0.1, 0.2])) is None


def test_a_root_without_value_gives_nothing() -> None:
    assert probabilistic_sharpe(Moments(2.0, 5.0, 3.0, 100), 0.0) is None


def test_independent_tries_count_fully_and_copies_once() -> None:
    generator = np.random.default_rng(2)
    apart = generator.standard_normal((4000, 300))
    assert effective_trials(apart) == pytest.approx(300, rel=0.01)
    copies = np.repeat(generator.standard_normal((4000, 1)), 300, axis=1)
    assert effective_trials(copies) == pytest.approx(1.0)
    assert effective_trials(apart[:, :1]) == 1.0


def test_the_average_correlation_is_that_of_the_matrix() -> None:
    generator = np.random.default_rng(3)
    returns = generator.standard_normal((500, 7)) + generator.standard_normal((500, 1))
    matrix = np.corrcoef(returns, rowvar=False)
    rho = (matrix.sum() - 7) / 42
    assert effective_trials(returns) == pytest.approx(rho + (1 - rho) * 7)


def test_tries_that_never_traded_count_as_uncorrelated() -> None:
    generator = np.random.default_rng(4)
    alike = np.repeat(generator.standard_normal((500, 1)), 2, axis=1)
    returns = np.concatenate([alike, np.zeros((500, 2))], axis=1)
    rho = 2 / 12  # of the six pairs one is correlated, fully
    assert effective_trials(returns) == pytest.approx(rho + (1 - rho) * 4)


def test_the_variance_of_tries_is_that_of_a_sample() -> None:
    assert variance_of([1.0, 2.0, 3.0, 6.0]) == pytest.approx(14 / 3)
    assert variance_of([1.0]) == 0.0
