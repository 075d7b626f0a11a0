"""Brinson-Fachler attribution, linked over time.

Sources: Brinson and Fachler, "Measuring non-US equity portfolio performance", Journal of Portfolio Management 11(3),
1985; Carino, "Combining attribution effects over time", Journal of Performance Measurement 3(4), 1999.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quantdesk.core.backtest.analysis import Brinson, BrinsonRow
from quantdesk.core.metrics.returns import FloatArray

CASH = "cash"


@dataclass(frozen=True, slots=True)
class Groups:
    """Weights and returns by group; all [days, groups]."""

    names: Sequence[str]
    portfolio_weight: FloatArray
    """At the close before, of equity; what is left to 1 is cash."""
    portfolio_return: FloatArray
    """Of what is held; ignored where the weight is 0."""
    benchmark_weight: FloatArray
    """Rows add up to 1."""
    benchmark_return: FloatArray
    """Ignored where the weight is 0."""


def brinson(groups: Groups, total_return: FloatArray) -> Brinson:
    """Split the portfolio's excess return into allocation, selection and interaction of each group.

    `total_return` is the portfolio's daily return, costs and trading within the day included; what it is above the
    return of the holdings goes to `trading`. Each day's effects are scaled by Carino's factors
    k_t = (ln(1 + P_t) - ln(1 + B_t)) / (P_t - B_t), over the same of the whole, so that they add up exactly to
    the difference of the compounded returns. Returns of -100 % or less have no logarithm: they are cut to -99.99 %.
    """
    cash = 1.0 - groups.portfolio_weight.sum(axis=1, keepdims=True)
    nothing = np.zeros_like(cash)
    wp = np.concatenate([groups.portfolio_weight, cash], axis=1)
    wb = np.concatenate([groups.benchmark_weight, nothing], axis=1)
    rb = np.concatenate([groups.benchmark_return, nothing], axis=1)
    rp = np.concatenate([groups.portfolio_return, nothing], axis=1)
    benchmark = np.where(wb > 0, wb * rb, 0.0).sum(axis=1)
    # A group that the benchmark does not hold has the benchmark's return: choosing it is no allocation. But cash
    # returns 0: not being invested is.
    held_by_benchmark = wb > 0
    held_by_benchmark[:, -1] = True
    rb = np.where(held_by_benchmark, rb, benchmark[:, None])
    rp = np.where(wp != 0, rp, rb)
    allocation = (wp - wb) * (rb - benchmark[:, None])
    selection = wb * (rp - rb)
    interaction = (wp - wb) * (rp - rb)
    trading = total_return - (wp * rp).sum(axis=1)
    portfolio_total, benchmark_total = _compound(total_return), _compound(benchmark)
    scale = _carino(total_return, benchmark) / _carino(np.array([portfolio_total]), np.array([benchmark_total]))
    rows = []
    for number, name in enumerate([*groups.names, CASH]):
        rows.append(
            BrinsonRow(
                group=name,
                portfolio_weight=float(wp[:, number].mean()),
                benchmark_weight=float(wb[:, number].mean()),
                portfolio_return=_compound(np.where(wp[:, number] != 0, rp[:, number], 0.0)),
                benchmark_return=_compound(np.where(wb[:, number] > 0, rb[:, number], 0.0)),
                allocation=float((scale * allocation[:, number]).sum()),
                selection=float((scale * selection[:, number]).sum()),
                interaction=float((scale * interaction[:, number]).sum()),
            )
        )
    return Brinson(
        benchmark="equal_weight",
        portfolio_return=portfolio_total,
        benchmark_return=benchmark_total,
        trading=float((scale * trading).sum()),
        rows=rows,
    )


def group_returns(
    weights: FloatArray, returns: FloatArray, group_of: np.ndarray, count: int
) -> tuple[FloatArray, FloatArray]:
    """Give (weight, return) of each group and day from those of its members; NaN returns and weights count as 0.

    Args:
        weights: [days, members].
        returns: [days, members].
        group_of: [members] number of each one's group.
        count: Number of groups.
    """
    weights = np.where(np.isfinite(returns), weights, 0.0)
    earned = weights * np.nan_to_num(returns)
    weight, total = (np.zeros((len(weights), count)) for _ in range(2))
    for group in range(count):  # sums, not @: BLAS adds in another order on each machine
        members = group_of == group
        weight[:, group], total[:, group] = weights[:, members].sum(axis=1), earned[:, members].sum(axis=1)
    return weight, np.divide(total, weight, out=np.zeros_like(total), where=weight != 0)


def _carino(portfolio: FloatArray, benchmark: FloatArray) -> FloatArray:
    p, b = np.maximum(portfolio, -0.9999), np.maximum(benchmark, -0.9999)
    apart = np.abs(p - b) > 1e-12
    return np.where(
        apart, np.divide(np.log1p(p) - np.log1p(b), p - b, out=np.ones_like(p), where=apart), 1.0 / (1.0 + p)
    )


def _compound(returns: FloatArray) -> float:
    return float(np.prod(1.0 + returns) - 1.0)
