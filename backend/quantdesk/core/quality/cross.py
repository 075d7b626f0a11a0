"""Checks of a series against the same bars of another source."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quantdesk.core.bars.frame import Bars, FloatArray
from quantdesk.core.quality.collect import Collected, trading_days
from quantdesk.core.quality.market import Market, ticks
from quantdesk.core.rules.subject import Subject
from quantdesk.core.sources.compare import Difference

_VOLUME_ROOM = 0.01
"""Sources count block and after-hours trades differently."""


def check_cross(bars: Bars, second: Bars, subject: Subject, market: Market, found: Collected) -> None:
    """Report bars that differ between both sources, and bars that the other lacks, where both have bars."""
    if not len(bars) or not len(second):
        return
    first, last = max(bars.time[0], second.time[0]), min(bars.time[-1], second.time[-1])
    ours = bars.take((bars.time >= first) & (bars.time <= last))
    at = np.minimum(np.searchsorted(second.time, ours.time), len(second) - 1)
    both = second.time[at] == ours.time
    found.add("cross_missing", ours.time[~both])
    ours, theirs = ours.take(both), second.take(at[both])
    if not len(ours):
        return
    tick = ticks(market.book, subject, trading_days(ours.time))
    columns = []
    with np.errstate(invalid="ignore"):
        for name in ("close", "open", "high", "low"):
            mine, other = getattr(ours, name), getattr(theirs, name)
            room = np.where(np.isfinite(tick), tick / 2, 1e-6 * np.abs(other))
            columns.append((name, np.abs(mine - other) > room, mine, other))
        columns += [_figure("volume", ours.volume, theirs.volume), _figure("amount", ours.amount, theirs.amount)]
    found.first_of_each("cross_source", ours.time, columns)


def check_differences(bars: Bars, differences: Sequence[Difference], found: Collected) -> None:
    """Report what an earlier comparison with another source saw, where the bars are still as they were then."""
    told: set[np.datetime64] = set()
    days = bars.time.astype("datetime64[D]")
    for one in differences:
        day = np.datetime64(one.time, "D")
        rows = np.flatnonzero(days == day)
        if one.field == "missing":
            if not len(rows) and np.isfinite(one.second):
                found.add("cross_absent", np.array([day]), expected=one.second)
            elif len(rows) and np.isfinite(one.first):
                found.add("cross_missing", bars.time[rows])
            continue
        same = rows[np.isclose(getattr(bars, one.field)[rows], one.first, rtol=1e-12, atol=0)]
        if len(same) and day not in told:  # a row is told once, as everywhere
            told.add(day)
            found.add("cross_source", bars.time[same], field=one.field, value=one.first, expected=one.second)


def _figure(name: str, mine: FloatArray, other: FloatArray) -> tuple[str, np.ndarray, FloatArray, FloatArray]:
    differs = np.isfinite(mine) & np.isfinite(other) & (np.abs(mine - other) > _VOLUME_ROOM * np.abs(other))
    return name, differs, mine, other
