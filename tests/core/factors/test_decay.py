"""IC by horizon against pandas."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.factors.decay import decay, later_returns


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 1000), st.integers(0, 3), st.integers(1, 6))
def test_the_ic_of_a_horizon_is_that_of_pandas(seed: int, delay: int, horizon: int):
    random = np.random.default_rng(seed)
    closes = np.exp(np.cumsum(random.normal(0, 0.05, size=(15, 20)), axis=1)).round(2) + 1
    closes[random.random(closes.shape) < 0.05] = np.nan
    values = random.normal(size=closes.shape)
    values[random.random(values.shape) < 0.1] = np.nan
    table = pd.DataFrame(closes.T)
    returns = (table.shift(-delay - horizon) / table.shift(-delay) - 1).T
    np.testing.assert_allclose(later_returns(closes, horizon, delay), returns.to_numpy(), rtol=1e-12)
    figures = []
    for day in range(closes.shape[1]):
        pair = pd.DataFrame({"x": values[:, day], "y": returns[day]}).dropna()
        figures.append(pair.x.corr(pair.y, method="spearman") if len(pair) >= 5 else np.nan)
    (found,) = decay(values, closes, [horizon], delay)
    assert (found.horizon, found.days) == (horizon, int(np.isfinite(figures).sum()))
    assert found.rank_ic == pytest.approx(np.nanmean(figures))


def test_a_horizon_beyond_the_days_has_no_figure():
    closes = np.ones((6, 4))
    (found,) = decay(np.ones((6, 4)), closes, [10])
    assert math.isnan(found.rank_ic)
    assert found.days == 0


def test_what_is_right_for_one_day_fades_over_more():
    random = np.random.default_rng(3)
    steps = random.normal(0, 0.02, size=(200, 300))
    closes = np.exp(np.cumsum(steps, axis=1))
    tomorrow = np.roll(steps, -1, axis=1)
    found = decay(tomorrow[:, :-30], closes[:, :-30], [1, 5, 20], delay=0)
    assert found[0].rank_ic > 0.99
    assert found[0].rank_ic > found[1].rank_ic > found[2].rank_ic > 0.1
