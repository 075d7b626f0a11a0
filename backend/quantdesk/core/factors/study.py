"""What a factor is worth: does the order it puts the symbols of a day in tell their later returns?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import BoolArray, FloatArray
from quantdesk.core.expressions.kernels import ordering

LEAST = 5
"""Symbols with a value and a return that a day must have to count."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A figure a day, and what it comes to; NaN on days without one."""

    values: FloatArray
    mean: float
    deviation: float
    ratio: float
    """Mean over deviation: the IC's information ratio."""
    positive: float
    """Share of the days above 0."""
    days: int
    """That have a figure."""


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """T days; a factor's day is the one it is known at the close of."""

    coverage: FloatArray
    """[T] share of the day's symbols that the factor has a value for; NaN on a day without symbols."""
    ic: Series
    """Pearson's correlation of values and later returns over the day's symbols."""
    rank_ic: Series
    """Spearman's."""
    groups: FloatArray
    """[groups, T] mean later return of the day's symbols, the first group having the lowest values."""
    turnover: FloatArray
    """[T] share of the highest group that was not in it on the factor's day before."""
    autocorrelation: FloatArray
    """[T] Spearman's correlation with the values of the day before, over the symbols that have both."""


def study(values: FloatArray, returns: FloatArray, listed: BoolArray, groups: int = 5) -> Study:
    """Set a factor beside the returns that come after it; all [N, T].

    `returns` of a day are those from when one could act on it. `listed` marks the symbols that a day has. Values that
    are missing or infinite, or without a return, count for nothing but coverage; so do days with fewer than LEAST
    symbols, and (for correlations) days on which all values are the same.
    """
    known = np.isfinite(values)
    both = known & np.isfinite(returns)
    both[:, both.sum(axis=0) < LEAST] = False
    x, y = np.where(both, values, np.nan), np.where(both, returns, np.nan)
    x_rank = _ranks(x)
    member = _members(x_rank, groups)
    here = listed.sum(axis=0)
    return Study(
        coverage=_over((known & listed).sum(axis=0), here),
        ic=_series(_correlations(x, y)),
        rank_ic=_series(rank_correlations(x, y)),
        groups=np.stack([_means(y, member == group) for group in range(groups)]),
        turnover=_turnover(_members(_ranks(values), groups) == groups - 1),
        autocorrelation=rank_correlations(values[:, 1:], values[:, :-1], first=True),
    )


def rank_correlations(x: FloatArray, y: FloatArray, *, first: bool = False) -> FloatArray:
    """Give Spearman's correlation of each day's columns, both [N, T]; NaN with fewer than LEAST symbols.

    With `first`, a day without figure comes before all others.
    """
    both = np.isfinite(x) & np.isfinite(y)
    both[:, both.sum(axis=0) < LEAST] = False
    ranks = (_ranks(np.where(both, values, np.nan)) for values in (x, y))
    found = _correlations(*ranks)
    return np.concatenate(([np.nan], found)) if first else found


def _ranks(values: FloatArray) -> FloatArray:
    """Rank each day's values in (0, 1]."""
    return ordering.cross_section(np.ascontiguousarray(values, dtype=np.float64), 0.0, ordering.CS_RANK)


def _members(rank: FloatArray, groups: int) -> NDArray[np.int64]:
    """Give each value's group from 0 on by its rank, -1 where it has none; equals are in the same group."""
    with np.errstate(invalid="ignore"):
        group = np.ceil(rank * groups - 1e-9) - 1
    return np.where(np.isfinite(rank), group, -1).astype(np.int64)


def _correlations(x: FloatArray, y: FloatArray) -> FloatArray:
    """Correlate each day's columns, NaN in both or neither."""
    known = np.isfinite(x)
    count = np.maximum(known.sum(axis=0), 1)
    x_off = np.where(known, x - np.nansum(x, axis=0) / count, 0.0)
    y_off = np.where(known, y - np.nansum(y, axis=0) / count, 0.0)
    # What rounding leaves of values that are all the same is no spread.
    flat = _flat(x) | _flat(y)
    scale = np.sqrt((x_off**2).sum(axis=0) * (y_off**2).sum(axis=0))
    return np.where(flat, np.nan, _over((x_off * y_off).sum(axis=0), scale))


def _flat(values: FloatArray) -> BoolArray:
    known = np.isfinite(values)
    low = np.where(known, values, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, values, -np.inf).max(axis=0, initial=-np.inf)
    same: BoolArray = low >= high
    return same


def _means(values: FloatArray, chosen: BoolArray) -> FloatArray:
    counted = chosen & np.isfinite(values)
    return _over(np.where(counted, values, 0.0).sum(axis=0), counted.sum(axis=0))


def _turnover(top: BoolArray) -> FloatArray:
    """Compare the members of each day with those of the last day that had any."""
    out = np.full(top.shape[1], np.nan)
    before: BoolArray | None = None
    for day in range(top.shape[1]):
        members = top[:, day]
        if not members.any():
            continue
        if before is not None:
            out[day] = 1.0 - (members & before).sum() / members.sum()
        before = members
    return out


def _over(part: NDArray[Any], whole: NDArray[Any]) -> FloatArray:
    out = np.full(len(whole), np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return out


def _series(values: FloatArray) -> Series:
    known = values[np.isfinite(values)]
    if not len(known):
        return Series(values, math.nan, math.nan, math.nan, math.nan, 0)
    mean = float(known.mean())
    deviation = float(known.std(ddof=1)) if len(known) > 1 else math.nan
    ratio = mean / deviation if deviation > 0 else math.nan
    return Series(values, mean, deviation, ratio, float((known > 0).mean()), len(known))
