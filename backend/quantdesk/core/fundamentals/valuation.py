"""Where a share's valuation stands among those of a range of days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from quantdesk.core.bars.frame import FloatArray
from quantdesk.core.sources.records import ValuationDay

Measure = Literal["pe_ttm", "pe_static", "pb", "ps_ttm", "pcf_ttm"]
PERCENTS = (10, 25, 50, 75, 90)
LEAST = 20
"""Days with a value above 0 that bands need."""


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """A measure over days, its bands, and where the last day stands."""

    days: list[dt.date]
    values: FloatArray
    """NaN where the source has none; negative with a loss."""
    bands: dict[int, float]
    """Value by percent of the days above 0; empty where these are fewer than LEAST."""
    last: float
    """The newest value; NaN where there is none."""
    last_day: dt.date | None
    rank: float | None
    """Share of the days above 0 that were not dearer; None for a loss, and without bands."""
    above: int
    """Days above 0: the bands are made of these, for a multiple of a loss says nothing of dearness."""
    below: int
    """Days at or below 0."""


def standing(rows: Sequence[ValuationDay], measure: Measure) -> Standing:
    """Set the last day of a range among all its days."""
    values = np.array([_number(getattr(row, measure)) for row in rows], dtype=np.float64)
    above = values[values > 0]
    known = np.flatnonzero(np.isfinite(values))
    last, last_day = (float(values[known[-1]]), rows[known[-1]].day) if len(known) else (float("nan"), None)
    enough = len(above) >= LEAST
    return Standing(
        [row.day for row in rows],
        values,
        {percent: float(np.percentile(above, percent)) for percent in PERCENTS} if enough else {},
        last,
        last_day,
        float(np.mean(above <= last)) if enough and last > 0 else None,
        len(above),
        int(np.sum(values <= 0)),
    )


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
