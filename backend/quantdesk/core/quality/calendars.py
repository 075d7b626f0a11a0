"""A trading calendar from the bars themselves, where no better one is known."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from quantdesk.core.bars.frame import TimeArray
from quantdesk.core.calendar.trading import TradingCalendar

_ENOUGH = 5
"""So many series must be under way on a day before their absence tells anything."""


def observed_calendar(series: Iterable[TimeArray]) -> TradingCalendar | None:
    """Give the days on which at least half of the series that had begun and not ended have a bar.

    None when there are too few series to tell a day off from a missing bar.
    """
    days = [one for one in series if len(one)]
    if len(days) < _ENOUGH:
        return None
    first, last = min(one[0] for one in days), max(one[-1] for one in days)
    have = np.zeros(int((last - first).astype(np.int64)) + 2, dtype=np.int64)
    under_way = np.zeros_like(have)
    for one in days:
        at = (one - first).astype(np.int64)
        np.add.at(have, at, 1)
        under_way[at[0]] += 1
        under_way[at[-1] + 1] -= 1
    under_way = np.cumsum(under_way)
    open_days = np.flatnonzero((have > 0) & (2 * have >= under_way))
    return TradingCalendar.from_dates(first + open_days) if len(open_days) else None
