"""Timers: the days on which a strategy is called besides its bars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from quantdesk.core.bars.frame import BoolArray, TimeArray

Period = Literal["day", "week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Timer:
    """A function that is called on the first day with trading of each period."""

    period: Period
    function: Callable[[], object]


def timer(period: Period, function: Callable[[], object]) -> Timer:
    """Check and make a timer."""
    asked: str = period
    if asked == "month_end":
        raise ValueError(
            'every("month_end", …): which day is a month\'s last is not known on that day without looking ahead; '
            'use "month", its first trading day'
        )
    if period not in get_args(Period):
        raise ValueError(f"every({period!r}, …): there is no such period; use one of {', '.join(get_args(Period))}")
    if not callable(function):
        raise TypeError(f"every({period!r}, …) needs a method to call, e.g. self.rebalance without brackets")
    return Timer(period, function)


def due(period: Period, dates: TimeArray, trading: BoolArray) -> BoolArray:
    """Say for each step whether it is the first of its period with trading."""
    days = dates.astype("datetime64[D]")
    match period:
        case "day":
            keys = days.astype(np.int64)
        case "week":  # from Monday on; 1970-01-01 was a Thursday
            keys = (days.astype(np.int64) + 3) // 7
        case "month":
            keys = days.astype("datetime64[M]").astype(np.int64)
        case "quarter":
            keys = days.astype("datetime64[M]").astype(np.int64) // 3
        case "year":
            keys = days.astype("datetime64[Y]").astype(np.int64)
    found = np.zeros(len(dates), dtype=np.bool_)
    rows = np.flatnonzero(trading)
    found[rows] = np.diff(keys[rows], prepend=np.iinfo(np.int64).min // 2) != 0
    return found
