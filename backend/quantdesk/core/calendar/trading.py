"""The days on which a market trades."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Dates = NDArray[np.datetime64]


class CalendarRangeError(ValueError):
    """The calendar does not reach far enough to answer."""


@dataclass(frozen=True, slots=True, eq=False)
class TradingCalendar:
    """Trading days of one market. Answers hold only between the first and the last of them."""

    dates: Dates
    """datetime64[D], strictly increasing, read-only."""

    @classmethod
    def from_dates(cls, dates: Any) -> TradingCalendar:
        """Build from dates in any order, with or without duplicates. Raise ValueError when empty."""
        days = np.unique(np.asarray(dates, dtype="datetime64[D]"))
        days = days[~np.isnat(days)]
        if len(days) == 0:
            raise ValueError("a trading calendar needs at least one day; none was given")
        days.flags.writeable = False
        return cls(days)

    def __len__(self) -> int:
        return len(self.dates)

    @property
    def first(self) -> dt.date:
        return _date(self.dates[0])

    @property
    def last(self) -> dt.date:
        return _date(self.dates[-1])

    def is_open(self, day: dt.date) -> bool:
        """Say whether the market trades on this day. Raise CalendarRangeError outside of the calendar."""
        wanted = np.datetime64(day)
        if not self.dates[0] <= wanted <= self.dates[-1]:
            raise CalendarRangeError(f"{wanted} is outside of the calendar ({self.first} to {self.last})")
        at = int(self.dates.searchsorted(wanted))
        return bool(self.dates[at] == wanted)

    def next(self, day: dt.date) -> dt.date:
        """Give the first trading day after this day. Raise CalendarRangeError past the end."""
        at = int(self.dates.searchsorted(np.datetime64(day), "right"))
        if at == len(self.dates):
            raise CalendarRangeError(f"no trading day after {day} is known; the last is {self.last}")
        return _date(self.dates[at])

    def previous(self, day: dt.date) -> dt.date:
        """Give the last trading day before this day. Raise CalendarRangeError past the beginning."""
        at = int(self.dates.searchsorted(np.datetime64(day), "left"))
        if at == 0:
            raise CalendarRangeError(f"no trading day before {day} is known; the calendar begins on {self.first}")
        return _date(self.dates[at - 1])

    def between(self, start: dt.date, end: dt.date) -> Dates:
        """Give the trading days with start <= day <= end that the calendar knows."""
        lo = int(self.dates.searchsorted(np.datetime64(start), "left"))
        hi = int(self.dates.searchsorted(np.datetime64(end), "right"))
        return self.dates[lo:hi]

    def count(self, start: dt.date, end: dt.date) -> int:
        """Give the number of known trading days with start <= day <= end."""
        return len(self.between(start, end))


def _date(day: Any) -> dt.date:
    value: dt.date = day.astype(object)
    return value
