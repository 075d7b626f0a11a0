"""Which points of the ranges are tried: all of them, or some by chance. TPE is in tpe.py."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from quantdesk.core.backtest.spec import ParamValue
from quantdesk.core.optimise.ranges import ChoiceRange, FloatRange, IntRange, Params, Range, Ranges, size, values_of

MAX_TRIALS = 5000
"""Of one search."""
SearchKind = Literal["grid", "random", "tpe"]


class Search(BaseModel):
    """How the ranges are searched."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: SearchKind
    trials: Annotated[int, Field(ge=1, le=MAX_TRIALS)] | None = None
    """How many points random and tpe try; a grid tries all."""
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0

    @model_validator(mode="after")
    def _trials_fit_the_kind(self) -> Search:
        if self.kind == "grid" and self.trials is not None:
            raise ValueError("a grid tries all combinations; leave trials out")
        if self.kind != "grid" and self.trials is None:
            raise ValueError(f"say how many trials the {self.kind} search has, e.g. 100")
        return self


def count(ranges: Ranges, search: Search) -> int:
    """Give the exact number of trials that the search makes; no point is tried twice.

    Raises:
        ValueError: a grid over a continuous range or of more than MAX_TRIALS points; the message says what to do.
    """
    points = size(ranges)
    if search.kind != "grid":
        trials = search.trials or 0
        return trials if points is None else min(trials, points)
    if points is None:
        endless = next(name for name, range_ in ranges.items() if values_of(range_) is None)
        raise ValueError(f"a grid needs a step for {endless}; give one, or search by random or tpe")
    if points > MAX_TRIALS:
        sizes = " x ".join(f"{len(values_of(range_) or [])} ({name})" for name, range_ in ranges.items())
        raise ValueError(
            f"the grid has {sizes} = {points:,} combinations, more than {MAX_TRIALS:,}; "
            "take larger steps or narrower ranges, or search by random or tpe"
        )
    return points


def grid_points(ranges: Ranges) -> list[Params]:
    """Give all combinations, the last parameter changing fastest. Raise ValueError as `count` does."""
    count(ranges, Search(kind="grid"))
    values = [values_of(range_) or [] for range_ in ranges.values()]
    return [dict(zip(ranges, point, strict=True)) for point in itertools.product(*values)]


def random_points(ranges: Ranges, trials: int, seed: int) -> list[Params]:
    """Give distinct points drawn evenly (over the logarithm where asked); all of them where there are no more."""
    generator = np.random.default_rng(seed)
    points = size(ranges)
    if points is not None and points <= 4 * trials:
        chosen = generator.permutation(points)[:trials]
        return [_point_at(ranges, int(index)) for index in chosen]
    found: dict[tuple[ParamValue, ...], Params] = {}
    while len(found) < trials:  # at most a quarter of the points is wanted, so repeats are few
        point = {name: _draw(range_, generator) for name, range_ in ranges.items()}
        found.setdefault(tuple(point.values()), point)
    return list(found.values())


def _point_at(ranges: Mapping[str, Range], index: int) -> Params:
    """Give the point of this number in the grid's order."""
    point: Params = {}
    for name, range_ in reversed(list(ranges.items())):
        values = values_of(range_) or []
        index, at = divmod(index, len(values))
        point[name] = values[at]
    return {name: point[name] for name in ranges}


def _draw(range_: Range, generator: np.random.Generator) -> ParamValue:
    match range_:
        case IntRange():
            return range_.low + range_.step * int(generator.integers((range_.high - range_.low) // range_.step + 1))
        case FloatRange(step=None, log=True):
            return float(math.exp(generator.uniform(math.log(range_.low), math.log(range_.high))))
        case FloatRange(step=None):
            return float(generator.uniform(range_.low, range_.high))
        case FloatRange() | ChoiceRange():
            values = values_of(range_) or []
            return values[int(generator.integers(len(values)))]
    raise AssertionError(range_)
