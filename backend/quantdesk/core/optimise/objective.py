"""What a search makes as large as it can."""

from __future__ import annotations

import math
from typing import Annotated, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from quantdesk.core.backtest.result import Metrics
from quantdesk.core.metrics import returns as r
from quantdesk.core.metrics.drawdown import max_drawdown

ObjectiveMetric = Literal[
    "sharpe", "sortino", "calmar", "total_return", "annual_return", "information_ratio", "max_drawdown"
]


class Objective(BaseModel):
    """The figure to maximise, and what a run must have done to count."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: ObjectiveMetric = "sharpe"
    """max_drawdown is negative, so its largest value is the smallest drawdown."""
    min_round_trips: Annotated[int, Field(ge=0, le=100_000)] = 1
    """A run with fewer closed or open round trips has no objective: a strategy that never trades has no drawdown."""


def score(objective: Objective, metrics: Metrics) -> float | None:
    """Give the run's objective; None where it is undefined or the run had too few round trips."""
    if metrics.round_trips < objective.min_round_trips:
        return None
    value: float | None = getattr(metrics, objective.metric)
    return value if value is not None and math.isfinite(value) else None


def figures_of(returns: NDArray[np.float64], benchmark: NDArray[np.float64] | None = None) -> dict[str, float | None]:
    """Give all figures that can be the objective, by name, of a stretch of daily returns, as of a walk-forward's test.

    `benchmark`: the benchmark's returns on the same days, for the information ratio. None where undefined; all are
    None of no returns.
    """
    if len(returns) == 0:
        return dict.fromkeys(get_args(ObjectiveMetric))
    equity = np.concatenate([[1.0], np.cumprod(1.0 + returns)])
    total = r.total_return(equity, 1.0)
    annual = r.annual_return(total, len(returns))
    depth = max_drawdown(equity).depth
    return {
        "sharpe": r.sharpe(returns),
        "sortino": r.sortino(returns),
        "calmar": r.calmar(annual, depth),
        "total_return": total,
        "annual_return": annual,
        "information_ratio": None if benchmark is None else r.information_ratio(returns, benchmark),
        "max_drawdown": depth,
    }
