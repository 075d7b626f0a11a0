"""Compare the bars of one instrument from two sources."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np

from quantdesk.core.bars.frame import Bars

TOLERANCES = {"open": 0.0011, "high": 0.0011, "low": 0.0011, "close": 0.0011}
"""Prices may differ by rounding: in yuan, a tenth of a share's tick, a whole one of a fund's."""
SHARE_OF_VOLUME = 0.01
"""Volume and turnover may differ by a hundredth: sources round to lots and count block trades differently."""


class Difference(NamedTuple):
    """One value of one bar that two sources tell differently."""

    symbol: str
    time: dt.date | dt.datetime
    field: str
    """A column of the bars, or `missing` for a bar that only one of the two has."""
    first: float
    """NaN where the first source has no such bar."""
    second: float


def differences(first: Bars, second: Bars, *, limit: int = 1000) -> list[Difference]:
    """Give where two sources disagree, oldest first, over the time that both cover.

    A bar counts as missing only between the later first and the earlier last bar of the two; a suspended day (no
    volume) that one of them leaves out is none. Values unknown to one source (NaN) are not compared. Raise
    ValueError for bars of two symbols or intervals.
    """
    if (first.symbol, first.interval) != (second.symbol, second.interval):
        raise ValueError(f"{first.symbol} {first.interval} and {second.symbol} {second.interval} cannot be compared")
    if not len(first) or not len(second):
        return []
    start, end = max(first.time[0], second.time[0]), min(first.time[-1], second.time[-1])
    a = first.take((first.time >= start) & (first.time <= end))
    b = second.take((second.time >= start) & (second.time <= end))
    found = [*_missing(a, b, True), *_missing(b, a, False)]
    _, at_a, at_b = np.intersect1d(a.time, b.time, assume_unique=True, return_indices=True)
    a, b = a.take(at_a), b.take(at_b)
    for field in (*TOLERANCES, "volume", "amount"):
        one, other = getattr(a, field), getattr(b, field)
        known = np.isfinite(one) & np.isfinite(other)
        allowed = TOLERANCES.get(field, SHARE_OF_VOLUME * np.maximum(np.abs(one), np.abs(other)))
        wrong = np.flatnonzero(known & (np.abs(one - other) > allowed))
        found += [
            Difference(a.symbol, a.time[row].item(), field, float(one[row]), float(other[row])) for row in wrong[:limit]
        ]
    found.sort(key=lambda one: (one.time, one.field))
    return found[:limit]


def _missing(those: Bars, others: Bars, first: bool) -> list[Difference]:
    alone = np.flatnonzero(~np.isin(those.time, others.time) & (those.volume > 0))
    nan = float("nan")
    return [
        Difference(those.symbol, those.time[row].item(), "missing", *((close, nan) if first else (nan, close)))
        for row in alone
        for close in (float(those.close[row]),)
    ]
