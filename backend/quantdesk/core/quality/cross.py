"""Checks of a series against the same bars of another source."""

from __future__ import annotations

import numpy as np

from quantdesk.core.bars.frame import Bars, FloatArray
from quantdesk.core.quality.collect import Collected, trading_days
from quantdesk.core.quality.market import Market, ticks
from quantdesk.core.rules.subject import Subject

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


def _figure(name: str, mine: FloatArray, other: FloatArray) -> tuple[str, np.ndarray, FloatArray, FloatArray]:
    differs = np.isfinite(mine) & np.isfinite(other) & (np.abs(mine - other) > _VOLUME_ROOM * np.abs(other))
    return name, differs, mine, other
