"""Return and risk figures of an equity curve.

Conventions of the whole package: returns are daily simple returns of consecutive equity values, a year has
252 trading days, the risk-free rate is 0, standard deviations use n-1. A figure that is not defined (too few
days, no variation, no loss) is None, never NaN or infinity.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

DAYS_A_YEAR = 252
_FLAT = 1e-12
"""A standard deviation below this is rounding noise of a constant series: the ratio is undefined."""


def daily_returns(equity: FloatArray) -> FloatArray:
    """Give the simple returns between consecutive equity values; length is one less than the equity's."""
    return np.asarray(equity[1:] / equity[:-1] - 1.0, dtype=np.float64)


def total_return(equity: FloatArray, starting_cash: float) -> float:
    """Give last equity / starting cash - 1."""
    return float(equity[-1] / starting_cash - 1.0)


def annual_return(total: float, days: int) -> float | None:
    """Give (1 + total)^(252 / days) - 1; None below two days, when more than everything was lost, or beyond floats."""
    if days < 2 or total < -1.0:
        return None
    try:
        annual: float = (1.0 + total) ** (DAYS_A_YEAR / days) - 1.0
    except OverflowError:  # a large gain within a few days
        return None
    return _finite(annual)


def volatility(returns: FloatArray) -> float | None:
    """Give the standard deviation (n-1) of daily returns x sqrt(252); None below two returns."""
    if len(returns) < 2:
        return None
    return _finite(float(np.std(returns, ddof=1)) * math.sqrt(DAYS_A_YEAR))


def sharpe(returns: FloatArray) -> float | None:
    """Give mean / standard deviation (n-1) x sqrt(252)."""
    return _ratio(returns)


def sortino(returns: FloatArray) -> float | None:
    """Give mean x 252 / (sqrt(mean(min(r, 0)^2)) x sqrt(252)), the downside taken over all days.

    Source: Sortino and van der Meer (1991), target 0.
    """
    if len(returns) < 2:
        return None
    downside = math.sqrt(float(np.mean(np.minimum(returns, 0.0) ** 2)))
    if downside < _FLAT:
        return None
    return _finite(float(np.mean(returns)) / downside * math.sqrt(DAYS_A_YEAR))


def calmar(annual: float | None, max_drawdown: float) -> float | None:
    """Give annual return / |max drawdown|; None without a drawdown."""
    if annual is None or max_drawdown > -_FLAT:
        return None
    return _finite(annual / -max_drawdown)


def alpha_beta(returns: FloatArray, benchmark: FloatArray) -> tuple[float | None, float | None]:
    """Regress daily returns on the benchmark's (CAPM, least squares) and give (alpha, beta).

    beta = cov / var; alpha = (1 + mean(r) - beta x mean(b))^252 - 1. Days on which either return is not
    finite are left out; fewer than two common days or a constant benchmark give (None, None).
    """
    r, b = _common(returns, benchmark)
    if len(r) < 2 or float(np.std(b, ddof=1)) < _FLAT:
        return None, None
    mean_r, mean_b = float(np.mean(r)), float(np.mean(b))
    apart = b - mean_b  # sums, not np.cov: BLAS adds in another order on each machine
    beta = float(((r - mean_r) * apart).sum() / (apart * apart).sum())
    daily = mean_r - beta * mean_b
    alpha = _finite((1.0 + daily) ** DAYS_A_YEAR - 1.0) if daily > -1.0 else None
    return alpha, _finite(beta)


def information_ratio(returns: FloatArray, benchmark: FloatArray) -> float | None:
    """Give mean / standard deviation (n-1) x sqrt(252) of the daily return above the benchmark's."""
    r, b = _common(returns, benchmark)
    return _ratio(r - b)


def exposure(equity: FloatArray, cash: FloatArray) -> float:
    """Give the mean over days of position value / equity; days without positive equity count as 0."""
    positive = equity > 0.0
    if not positive.any():
        return 0.0
    held = np.divide(equity - cash, equity, out=np.zeros_like(equity), where=positive)
    return float(np.mean(held))


def turnover(bought: float, sold: float, equity: FloatArray) -> float | None:
    """Give min(bought, sold) / average equity x 252 / days, both in yuan; None below two days."""
    average = float(np.mean(equity))
    if len(equity) < 2 or average <= 0.0:
        return None
    return min(bought, sold) / average * DAYS_A_YEAR / len(equity)


def _common(returns: FloatArray, benchmark: FloatArray) -> tuple[FloatArray, FloatArray]:
    both = np.isfinite(returns) & np.isfinite(benchmark)
    return returns[both], benchmark[both]


def _ratio(excess: FloatArray) -> float | None:
    if len(excess) < 2:
        return None
    deviation = float(np.std(excess, ddof=1))
    if deviation < _FLAT:
        return None
    return _finite(float(np.mean(excess)) / deviation * math.sqrt(DAYS_A_YEAR))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
