"""How many shares rise and fall, and how far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quantdesk.core.bars.frame import BoolArray, FloatArray
from quantdesk.core.market.window import Prices, Window

EDGES = tuple(edge / 100 for edge in range(-10, 11))
"""Of the histogram's bins, fractions."""
AVERAGES = (20, 60, 250)
"""Days of the moving averages that closes are held against."""
_YEAR = np.timedelta64(365, "D")


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one day."""

    advancing: int
    declining: int
    unchanged: int
    suspended: int
    missing: int
    """Shares with bars shortly before, but none of this day and none after."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Shares whose change is between the two, away from 0 the outer edge is in; 0 to 0 is no change."""

    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Above:
    """Shares whose close is above the average of so many closes, among those that have as many."""

    days: int
    above: int
    of: int


@dataclass(frozen=True, slots=True)
class Extremes:
    """Shares that traded higher, or lower, than ever in 52 weeks, among those that have as long a history."""

    highs: int
    lows: int
    of: int


def counts(window: Window, day: int, delisted: BoolArray) -> Counts:
    """Count the shares of a day; those without a bar between two with one are suspended.

    `delisted` marks those that had left the list by then.
    """
    change = window.change[:, day]
    known = np.isfinite(change)
    before = window.stored[:, max(day - 20, 0) : day].any(axis=1)
    after = window.stored[:, day + 1 :].any(axis=1)
    absent = ~window.stored[:, day] & before & ~delisted
    return Counts(
        advancing=int((change[known] > 0).sum()),
        declining=int((change[known] < 0).sum()),
        unchanged=int((change[known] == 0).sum()),
        suspended=int((window.stored[:, day] & window.suspended[:, day]).sum() + (absent & after).sum()),
        missing=int((absent & ~after).sum()),
    )


def histogram(change: Prices) -> list[Bin]:
    """Give how many changes fall into each bin, from the lowest up."""
    known = np.round(change[np.isfinite(change)].astype(np.float64), 6)
    falls = np.histogram(-known[known < 0], _upwards())[0][::-1]
    rises = np.histogram(known[known > 0], _upwards())[0]
    lows, highs = EDGES[:-1], EDGES[1:]
    found = [Bin(None, EDGES[0], int(falls[0]))]
    found += [Bin(low, high, int(n)) for low, high, n in zip(lows[:10], highs[:10], falls[1:], strict=True)]
    found.append(Bin(0.0, 0.0, int((known == 0).sum())))
    found += [Bin(low, high, int(n)) for low, high, n in zip(lows[10:], highs[10:], rises[:-1], strict=True)]
    found.append(Bin(EDGES[-1], None, int(rises[-1])))
    return found


def _upwards() -> Sequence[float]:
    """Give edges above 0 such that a change of exactly 1 % is in the bin up to it."""
    return [0.0, *(edge + 1e-9 for edge in EDGES[11:]), np.inf]


def above_averages(window: Window, day: int) -> list[Above]:
    """Hold the closes of a day against their moving averages, on prices without ex-right gaps."""
    adjusted = window.held[:, : day + 1] * window.factor[:, : day + 1]
    traded = window.traded[:, day]
    found = []
    for days in AVERAGES:
        if day + 1 < days:
            found.append(Above(days, 0, 0))
            continue
        average = adjusted[:, day + 1 - days :].mean(axis=1)  # NaN where there are fewer closes
        asked = traded & np.isfinite(average)
        found.append(Above(days, int((adjusted[asked, day] > average[asked]).sum()), int(asked.sum())))
    return found


def extremes(window: Window, day: int) -> Extremes:
    """Count the new highs and lows of 52 weeks, on prices without ex-right gaps."""
    first = int(np.searchsorted(window.time, window.time[day] - _YEAR))
    old = np.isfinite(window.held[:, first]) & (window.time[0] <= window.time[day] - _YEAR)
    asked = np.flatnonzero(old & window.traded[:, day])
    if first == day or not len(asked):
        return Extremes(0, 0, len(asked))
    factor = window.factor[asked, first : day + 1]
    traded = window.traded[asked, first:day]
    high = window.high[asked, first : day + 1] * factor
    low = window.low[asked, first : day + 1] * factor
    highest = np.where(traded, high[:, :-1], -np.inf).max(axis=1)
    lowest = np.where(traded, low[:, :-1], np.inf).min(axis=1)
    return Extremes(int((high[:, -1] > highest).sum()), int((low[:, -1] < lowest).sum()), len(asked))


def per_day(values: BoolArray) -> list[int]:
    """Give how many shares hold on each day."""
    totals: list[int] = values.sum(axis=0).tolist()
    return totals


def turnover(window: Window, first: int, last: int) -> list[float]:
    """Give the shares' amounts of each day together, in yuan, from one place to another, both included."""
    totals: FloatArray = np.nansum(window.amount[:, first : last + 1], axis=0, dtype=np.float64)
    return [float(total) for total in totals]
