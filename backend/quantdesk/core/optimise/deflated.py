"""The Deflated Sharpe Ratio: how likely a Sharpe ratio is skill, after so many tries.

Sources: Bailey and López de Prado, "The Deflated Sharpe Ratio: Correcting for Selection Bias, Backtest Overfitting and
Non-Normality", Journal of Portfolio Management 40 (5), 2014; the same, "The Sharpe Ratio Efficient Frontier", Journal
of Risk 15 (2), 2012, for the probabilistic Sharpe ratio.

Sharpe ratios here are those of one period (a day), not annualised.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

EULER = 0.5772156649015329
"""The Euler-Mascheroni constant."""
_NORMAL = NormalDist()
_FLAT = 1e-12
_COLUMNS = 256
"""Tries looked at together, to bound the memory."""


@dataclass(frozen=True, slots=True)
class Moments:
    """What the Sharpe ratio's uncertainty depends on."""

    sharpe: float
    """Mean over standard deviation (n-1) of one period's returns."""
    skewness: float
    kurtosis: float
    """3 for a normal distribution (not the excess)."""
    periods: int


@dataclass(frozen=True, slots=True)
class DeflatedSharpe:
    sharpe: float
    threshold: float
    """The best Sharpe ratio to expect of the tries without skill."""
    probability: float
    """That the true Sharpe ratio is above zero after the tries: the Deflated Sharpe Ratio."""
    trials: float
    """Independent tries."""


def moments(returns: NDArray[np.float64]) -> Moments | None:
    """Give the moments of a series of returns; None below three returns or without variation.

    Skewness and kurtosis are the population's (divided by n), as in the paper.
    """
    if len(returns) < 3:
        return None
    values = np.asarray(returns, dtype=np.float64)
    centred = values - values.mean()
    second = float(np.mean(centred**2))
    if not math.sqrt(second) > _FLAT:
        return None
    return Moments(
        sharpe=float(values.mean() / values.std(ddof=1)),
        skewness=float(np.mean(centred**3)) / second**1.5,
        kurtosis=float(np.mean(centred**4)) / second**2,
        periods=len(values),
    )


def expected_best(variance: float, trials: float) -> float:
    """Give the expected largest of `trials` independent Sharpe ratios of no skill (equation 1 with a mean of zero).

    sqrt(V) x ((1 - g) Z(1 - 1/N) + g Z(1 - 1/(N e))), with the Euler-Mascheroni constant g and the normal quantile Z.
    0 for one try, and never below.
    """
    if trials <= 1 or variance <= 0:
        return 0.0
    first = _NORMAL.inv_cdf(1 - 1 / trials)
    second = _NORMAL.inv_cdf(1 - 1 / (trials * math.e))
    return max(0.0, math.sqrt(variance) * ((1 - EULER) * first + EULER * second))


def probabilistic_sharpe(measured: Moments, threshold: float) -> float | None:
    """Give the probability that the true Sharpe ratio is above the threshold.

    Z((SR - SR*) sqrt(T - 1) / sqrt(1 - skew SR + (kurtosis - 1) / 4 SR^2)). None where the root has no value.
    """
    under = 1 - measured.skewness * measured.sharpe + (measured.kurtosis - 1) / 4 * measured.sharpe**2
    if under <= 0 or measured.periods < 2:
        return None
    return _NORMAL.cdf((measured.sharpe - threshold) * math.sqrt(measured.periods - 1) / math.sqrt(under))


def deflated_sharpe(measured: Moments, variance: float, trials: float) -> DeflatedSharpe | None:
    """Give the Deflated Sharpe Ratio of the best of `trials` independent tries whose Sharpe ratios have this variance.

    None where it has no value.
    """
    threshold = expected_best(variance, trials)
    probability = probabilistic_sharpe(measured, threshold)
    return None if probability is None else DeflatedSharpe(measured.sharpe, threshold, probability, trials)


def variance_of(sharpes: Sequence[float]) -> float:
    """Give the variance (n-1) of the tries' Sharpe ratios; 0 below two."""
    return float(np.var(np.asarray(sharpes, dtype=np.float64), ddof=1)) if len(sharpes) > 1 else 0.0


def effective_trials(returns: NDArray[np.floating]) -> float:
    """Give the number of independent tries that correlated ones amount to; `returns` is [days, trials].

    rho + (1 - rho) x M with the average correlation rho of the M tries (the 2014 paper, appendix A.3). Tries without
    variation count as uncorrelated; a negative average counts as none.
    """
    count = returns.shape[1]
    if count < 2:
        return float(count)
    # The sum of all correlations is the squared length of the sum of the unit vectors; no M x M matrix is needed.
    unit_sum, moving = np.zeros(len(returns)), 0
    for start in range(0, count, _COLUMNS):
        part = returns[:, start : start + _COLUMNS].astype(np.float64)
        part -= part.mean(axis=0)
        length = np.sqrt(np.einsum("ij,ij->j", part, part))
        varies = length > _FLAT
        unit_sum += (part[:, varies] / length[varies]).sum(axis=1)
        moving += int(varies.sum())
    total = float(unit_sum @ unit_sum) - moving
    rho = min(max(total / (count * (count - 1)), 0.0), 1.0)
    return float(rho + (1 - rho) * count)
