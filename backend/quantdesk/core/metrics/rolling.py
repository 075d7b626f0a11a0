"""Figures over a moving window of daily returns."""

from __future__ import annotations

import math

import numpy as np

from quantdesk.core.backtest.analysis import Rolling
from quantdesk.core.metrics.returns import DAYS_A_YEAR, FloatArray, daily_returns

WINDOWS = (63, 126, 252)
_FLAT = 1e-8
"""A daily standard deviation below this is rounding noise of the moving sums."""


def rolling_figures(equity: FloatArray, benchmark: FloatArray | None) -> list[Rolling]:
    """Give Sharpe ratio, volatility and beta over the windows that the run is long enough for.

    Columns have one value a day of `equity`; a window of w returns is first complete on day w (0-based). Formulas as
    in core.metrics.returns: Sharpe = mean / deviation x sqrt(252), beta = covariance / variance of the benchmark; a
    window that has a day without a benchmark value has no beta.
    """
    returns = daily_returns(equity)
    other = None if benchmark is None else daily_returns(benchmark)
    return [_window(returns, other, size) for size in WINDOWS if len(returns) >= size]


def rolling_mean_deviation(returns: FloatArray, window: int) -> tuple[FloatArray, FloatArray]:
    """Give mean and standard deviation (n-1) of each complete window of the returns; lengths len - window + 1."""
    mean, variance = _moments(returns, returns, window)
    return mean, np.sqrt(np.maximum(variance, 0.0))


def rolling_beta(returns: FloatArray, benchmark: FloatArray, window: int) -> FloatArray:
    """Give covariance / variance of each complete window; NaN where the benchmark does not move or is unknown."""
    _, covariance = _moments(returns, benchmark, window)
    _, variance = _moments(benchmark, benchmark, window)
    known = _sums(np.isfinite(benchmark).astype(np.float64), window) == window
    moves = known & (variance > _FLAT**2)
    beta: FloatArray = np.divide(covariance, variance, out=np.full(len(variance), np.nan), where=moves)
    return beta


def _window(returns: FloatArray, benchmark: FloatArray | None, size: int) -> Rolling:
    mean, deviation = rolling_mean_deviation(returns, size)
    moves = deviation > _FLAT
    sharpe = np.divide(mean, deviation, out=np.full(len(mean), np.nan), where=moves) * math.sqrt(DAYS_A_YEAR)
    beta = None if benchmark is None else rolling_beta(returns, benchmark, size)
    return Rolling(
        window=size,
        sharpe=_column(sharpe, size),
        volatility=_column(np.where(moves, deviation, 0.0) * math.sqrt(DAYS_A_YEAR), size),
        beta=None if beta is None else _column(beta, size),
    )


def _moments(a: FloatArray, b: FloatArray, window: int) -> tuple[FloatArray, FloatArray]:
    """Give the mean of a and the covariance (n-1) of a and b over each window, by moving sums.

    The overall means are taken off first, so that the sums of squares lose no digits. Unknown values count as the
    mean; the caller leaves out windows that have one.
    """
    centre_a, centre_b = _centre(a), _centre(b)
    x, y = np.nan_to_num(a - centre_a), np.nan_to_num(b - centre_b)
    sum_x, sum_y, sum_xy = _sums(x, window), _sums(y, window), _sums(x * y, window)
    covariance = (sum_xy - sum_x * sum_y / window) / (window - 1)
    return sum_x / window + centre_a, covariance


def _centre(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else 0.0


def _sums(values: FloatArray, window: int) -> FloatArray:
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(total[window:] - total[:-window], dtype=np.float64)


def _column(values: FloatArray, window: int) -> list[float | None]:
    """Give a value a day, None before the first complete window and where undefined; six decimals."""
    rounded = np.round(values, 6).tolist()
    column: list[float | None] = [None] * window
    return column + [value if value == value else None for value in rounded]
