"""Whether the best point stands on a plateau, or alone on a peak."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.backtest.spec import ParamValue
from quantdesk.core.optimise.ranges import ChoiceRange, FloatRange, Params, Range, Ranges, values_of

Verdict = Literal["plateau", "slope", "peak", "unknown"]
PLATEAU, PEAK = 0.8, 0.5
"""Shares of the best objective that its neighbours' mean reaches on a plateau, and does not on a peak. A convention
of ours, in the spirit of Pardo (2008), chapter 10: a robust optimum has neighbours nearly as good."""
NEAREST = 8
"""Neighbours looked at where the points are no grid."""


@dataclass(frozen=True, slots=True)
class Stability:
    best: int
    """Index of the best point."""
    neighbours: tuple[int, ...]
    mean: float | None
    worst: float | None
    ratio: float | None
    """mean / best; None where the best is not above zero."""
    verdict: Verdict


def stability(ranges: Ranges, points: Sequence[Params], objectives: Sequence[float | None]) -> Stability | None:
    """Compare the best point with its neighbours; None where no point has an objective.

    Neighbours differ by one step at most in each parameter; where there are fewer than two such points (a random
    search), they are the nearest eight, each range counting as long as 1. Points with another choice are not
    neighbours. A neighbour without an objective counts as zero: it is no plateau.
    """
    known = [index for index, value in enumerate(objectives) if value is not None]
    if not known:
        return None
    best = max(known, key=lambda index: objectives[index] or 0.0)
    near = _adjacent(ranges, points, best)
    if len(near) < 2:
        near = _nearest(ranges, points, best)
    top = objectives[best]
    assert top is not None  # noqa: S101 - one of the known
    if not near:
        return Stability(best, (), None, None, None, "unknown")
    values = [objectives[index] or 0.0 for index in near]
    mean = math.fsum(values) / len(values)
    ratio = mean / top if top > 0 else None
    verdict: Verdict = "unknown"
    if ratio is not None:
        verdict = "plateau" if ratio >= PLATEAU else "peak" if ratio < PEAK else "slope"
    return Stability(best, tuple(near), mean, min(values), ratio, verdict)


def _adjacent(ranges: Ranges, points: Sequence[Params], best: int) -> list[int]:
    order = {name: {value: at for at, value in enumerate(values_of(range_) or [])} for name, range_ in ranges.items()}
    if not all(order.values()):
        return []

    def close(name: str, a: ParamValue, b: ParamValue) -> bool:
        return a == b if isinstance(ranges[name], ChoiceRange) else abs(order[name][a] - order[name][b]) <= 1

    mine = points[best]
    return [
        index
        for index, point in enumerate(points)
        if index != best and all(close(name, point[name], mine[name]) for name in ranges)
    ]


def _nearest(ranges: Ranges, points: Sequence[Params], best: int) -> list[int]:
    placed = {name: range_ for name, range_ in ranges.items() if not isinstance(range_, ChoiceRange)}
    chosen = [name for name in ranges if name not in placed]
    same = [
        index
        for index, point in enumerate(points)
        if index != best and all(point[name] == points[best][name] for name in chosen)
    ]
    if not placed or not same:
        return []
    here = _place(placed, points[best])
    distances = [(float(np.linalg.norm(_place(placed, points[index]) - here)), index) for index in same]
    return [index for _, index in sorted(distances)[:NEAREST]]


def _place(ranges: Mapping[str, Range], point: Params) -> NDArray[np.float64]:
    """Give the point's place in the unit cube."""
    found = []
    for name, range_ in ranges.items():
        assert not isinstance(range_, ChoiceRange)  # noqa: S101 - left out by the caller
        low, high, at = float(range_.low), float(range_.high), float(point[name])
        if isinstance(range_, FloatRange) and range_.log:
            low, high, at = math.log(low), math.log(high), math.log(at)
        found.append((at - low) / (high - low) if high > low else 0.0)
    return np.array(found)
