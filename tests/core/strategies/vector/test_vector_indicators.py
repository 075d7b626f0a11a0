"""Indicators of matrices against TA-Lib over each symbol's own bars."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import talib

from quantdesk.core.strategies.vector import indicators
from quantdesk.core.strategies.vector.memo import Memo, memo

Indicator = Callable[..., np.ndarray]


def columns(seed: int = 7) -> np.ndarray:
    """Make walks: one whole, one listed late, one with gaps, one without any bar."""
    random = np.random.default_rng(seed)
    found = 20 * np.exp(np.cumsum(random.normal(0, 0.02, (120, 4)), axis=0))
    found[:35, 1] = np.nan
    found[random.random(120) < 0.3, 2] = np.nan
    found[:, 3] = np.nan
    return found


@pytest.mark.parametrize(
    ("ours", "oracle"),
    [
        (indicators.sma, talib.SMA),
        (indicators.ema, talib.EMA),
        (indicators.std, talib.STDDEV),
        (indicators.highest, talib.MAX),
        (indicators.lowest, talib.MIN),
        (indicators.roc, talib.ROCP),
    ],
)
@pytest.mark.parametrize("n", [2, 10, 30])
def test_each_symbol_has_what_talib_gives_on_its_own_bars(ours: Indicator, oracle: Indicator, n: int):
    values = columns()

    found = ours(values, n)

    for at in range(values.shape[1]):
        known = ~np.isnan(values[:, at])
        assert np.isnan(found[~known, at]).all()
        if known.any():
            np.testing.assert_allclose(found[known, at], oracle(values[known, at], n), rtol=1e-10, atol=1e-10)


def test_a_moving_average_is_talibs_to_the_last_bit():
    values = columns()

    assert np.array_equal(indicators.sma(values, 10)[:, 0], talib.SMA(values[:, 0].copy(), 10), equal_nan=True)


def test_nothing_depends_on_later_rows():
    values = columns()
    for indicator in (indicators.sma, indicators.ema, indicators.std, indicators.highest, indicators.shift):
        np.testing.assert_array_equal(indicator(values, 5)[:80], indicator(values[:80], 5))


def test_a_crossing_is_seen_over_a_gap_and_not_at_the_first_bar():
    nan = np.nan
    left = np.array([[3, 1, 1], [1, nan, 2], [nan, 2, 2], [3, 1, 3]], dtype=float)
    right = np.array([[2, 1.5, 2], [2, 1.5, 2], [2, 1.5, 2], [2, 1.5, 2]])

    above, below = indicators.crossed_above(left, right), indicators.crossed_below(left, right)

    assert above.tolist() == [[0, 0, 0], [0, 0, 0], [0, 1, 0], [1, 0, 1]]
    assert below.tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 0], [0, 1, 0]]
    np.testing.assert_array_equal(
        indicators.crossed_above(left, 1.5), indicators.crossed_above(left, np.full((4, 3), 1.5))
    )


def test_a_rank_is_the_share_of_the_day_that_is_not_above():
    found = indicators.rank(np.array([[3.0, 1.0, np.nan, 3.0], [np.nan] * 4]))

    np.testing.assert_array_equal(found, [[1.0, 1 / 3, np.nan, 1.0], [np.nan] * 4])


def test_what_a_sweep_computed_is_used_again_and_cannot_be_changed():
    values = columns()
    values.flags.writeable = False
    token = memo.set(Memo())
    try:
        first = indicators.sma(values, 5)
        assert indicators.sma(values, 5) is first
        assert indicators.sma(values, 6) is not first
        assert not first.flags.writeable
        other = columns()
        assert indicators.sma(other, 5) is not indicators.sma(other, 5)
    finally:
        memo.reset(token)


@pytest.mark.parametrize("n", [0, -1, 2.5, True])
def test_a_window_that_is_none_is_refused(n: object):
    with pytest.raises(ValueError, match="give a whole number of at least 1"):
        indicators.sma(columns(), n)  # type: ignore[arg-type]


def test_a_single_column_is_refused_with_what_to_give():
    with pytest.raises(ValueError, match=r"shape \(3,\); give \[days, symbols\]"):
        indicators.sma(np.ones(3), 2)
