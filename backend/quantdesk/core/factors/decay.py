"""How long a factor tells: its rank correlation with the returns over more and more days after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quantdesk.core.bars.frame import FloatArray
from quantdesk.core.factors.study import rank_correlations


@dataclass(frozen=True, slots=True)
class Decay:
    horizon: int
    """Days that the returns are over."""
    rank_ic: float
    """Mean of the days' rank ICs; NaN without any."""
    days: int


def later_returns(closes: FloatArray, horizon: int, delay: int) -> FloatArray:
    """Give the returns over `horizon` days that begin `delay` days after each day, [N, T]; NaN where they end later."""
    out = np.full(closes.shape, np.nan)
    days = closes.shape[1] - horizon - delay
    if days > 0:
        with np.errstate(all="ignore"):
            out[:, :days] = closes[:, delay + horizon :] / closes[:, delay : delay + days] - 1.0
    return out


def decay(values: FloatArray, closes: FloatArray, horizons: Sequence[int], delay: int = 1) -> list[Decay]:
    """Set a factor beside returns over several horizons; values and closes are [N, T] over the same days."""
    found = []
    for horizon in horizons:
        figures = rank_correlations(values, later_returns(closes, horizon, delay))
        known = figures[np.isfinite(figures)]
        found.append(Decay(horizon, float(known.mean()) if len(known) else float("nan"), len(known)))
    return found
