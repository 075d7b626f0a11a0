"""Drawdown: how far equity is below its highest value so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quantdesk.core.metrics.returns import FloatArray


@dataclass(frozen=True, slots=True)
class Drawdown:
    """The deepest drawdown. Positions are indices into the equity series; None where it did not happen."""

    depth: float
    """Zero or negative fraction."""
    peak: int | None
    """Last day at the peak before the fall."""
    trough: int | None
    recovered: int | None
    """First day after the trough at or above the peak again."""


def drawdown_series(equity: FloatArray) -> FloatArray:
    """Give equity / running maximum - 1 for every day: zero or negative."""
    return np.asarray(equity / np.maximum.accumulate(equity) - 1.0, dtype=np.float64)


def max_drawdown(equity: FloatArray) -> Drawdown:
    """Find the deepest drawdown; of equally deep ones the first."""
    series = drawdown_series(equity)
    trough = int(np.argmin(series))
    depth = float(series[trough])
    if depth >= 0.0:
        return Drawdown(depth=0.0, peak=None, trough=None, recovered=None)
    top = float(np.max(equity[: trough + 1]))
    peak = int(np.flatnonzero(equity[: trough + 1] == top)[-1])
    above = np.flatnonzero(equity[trough:] >= top)
    recovered = trough + int(above[0]) if len(above) else None
    return Drawdown(depth=depth, peak=peak, trough=trough, recovered=recovered)
