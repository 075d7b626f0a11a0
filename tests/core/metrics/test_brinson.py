"""Brinson-Fachler attribution: one day by hand, many random days by its own identity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.metrics.brinson import Groups, brinson, group_returns


def test_one_day_by_hand() -> None:
    # Held: 60 % main at +5 %, 30 % star at -2 %, 10 % cash. Universe: half main at +3 %, half star at +1 %: +2 %.
    found = brinson(
        Groups(
            ["main", "star"], np.array([[0.6, 0.3]]), np.array([[0.05, -0.02]]), np.array([[0.5, 0.5]]),
            np.array([[0.03, 0.01]]),
        ),
        np.array([0.6 * 0.05 + 0.3 * -0.02 - 0.001]),
    )  # fmt: skip
    main, star, cash = found.rows
    assert [row.group for row in found.rows] == ["main", "star", "cash"]
    assert main.allocation == pytest.approx((0.6 - 0.5) * (0.03 - 0.02))
    assert main.selection == pytest.approx(0.5 * (0.05 - 0.03))
    assert main.interaction == pytest.approx(0.1 * (0.05 - 0.03))
    assert star.allocation == pytest.approx((0.3 - 0.5) * (0.01 - 0.02))
    assert star.selection == pytest.approx(0.5 * (-0.02 - 0.01))
    assert star.interaction == pytest.approx(-0.2 * (-0.02 - 0.01))
    assert cash.allocation == pytest.approx(0.1 * (0 - 0.02))
    assert (cash.selection, cash.interaction) == (0, 0)
    assert found.trading == pytest.approx(-0.001)
    assert found.benchmark_return == pytest.approx(0.02)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(1, 4), st.integers(0, 10_000))
def test_effects_add_up_to_the_difference_of_the_compounded_returns(days: int, groups: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    portfolio = rng.dirichlet(np.ones(groups + 1), days)[:, :-1] * (rng.random((days, groups)) > 0.3)
    benchmark = rng.dirichlet(np.ones(groups), days)
    returns = rng.normal(0, 0.05, (2, days, groups))
    total = (portfolio * returns[0]).sum(axis=1) + rng.normal(0, 0.002, days)
    found = brinson(Groups([str(n) for n in range(groups)], portfolio, returns[0], benchmark, returns[1]), total)
    effects = sum(row.allocation + row.selection + row.interaction for row in found.rows) + found.trading
    assert found.portfolio_return == pytest.approx(np.prod(1 + total) - 1, abs=1e-12)
    assert effects == pytest.approx(found.portfolio_return - found.benchmark_return, abs=1e-12)


def test_the_return_of_a_group_is_the_weighted_mean_of_its_members_that_trade() -> None:
    weights = np.array([[0.2, 0.3, 0.5]])
    returns = np.array([[0.10, 0.20, np.nan]])
    weight, earned = group_returns(weights, returns, np.array([0, 0, 1]), 2)
    assert weight.tolist() == [[0.5, 0.0]]
    assert earned[0] == pytest.approx([(0.02 + 0.06) / 0.5, 0.0])
