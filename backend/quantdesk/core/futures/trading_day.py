"""The trading day that a bar within the day belongs to.

A night session opens the trading day that follows: Friday night's belongs to Monday, or to the first trading day
after a holiday. On the evening before a public holiday there is none (weekends are no holidays).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from quantdesk.core.bars.frame import BoolArray, TimeArray
from quantdesk.core.calendar.trading import TradingCalendar

_SHANGHAI = np.timedelta64(8, "h")
_EVENING = 20 * 60
_MORNING = 6 * 60
"""Minutes after midnight in Shanghai: later than the first or not after the second is night, whatever the product."""


def trading_days(time: TimeArray, calendar: TradingCalendar | None = None) -> TimeArray:
    """Give the trading day of each bar, datetime64[D]; `time` are the bars' ends as datetime64[s], UTC.

    Days on which the bars have a day session are trading days, too, whatever the calendar says. A night after
    the last known day belongs to the next weekday.
    """
    local = time + _SHANGHAI
    date: TimeArray = local.astype("datetime64[D]")
    minute: Any = (local - date).astype("timedelta64[m]").astype(np.int64)
    late, early = minute > _EVENING, minute <= _MORNING
    night = late | early
    if not night.any():
        return date
    known = np.unique(date[~night])
    if calendar is not None:
        known = np.union1d(known, calendar.dates)
    evening = np.where(early, date - np.timedelta64(1, "D"), date)[night]
    days = date.copy()
    days[night] = _next(evening, known)
    return days


def is_night(time: TimeArray) -> BoolArray:
    """Say which bars are of a night session; `time` are the bars' ends as datetime64[s], UTC."""
    local = time + _SHANGHAI
    minute: Any = (local - local.astype("datetime64[D]")).astype("timedelta64[m]").astype(np.int64)
    night: BoolArray = (minute > _EVENING) | (minute <= _MORNING)
    return night


def has_night_session(evening: dt.date, calendar: TradingCalendar) -> bool:
    """Say whether a product with night sessions trades on this evening.

    It does on trading days after which only a weekend, if anything, is off. Raise CalendarRangeError where the
    calendar does not reach.
    """
    if not calendar.is_open(evening):
        return False
    days_off = range(1, (calendar.next(evening) - evening).days)
    return all((evening + dt.timedelta(days=days)).weekday() >= 5 for days in days_off)


def _next(evenings: TimeArray, known: TimeArray) -> TimeArray:
    """Give the first known day after each evening, or the next weekday after the last known one."""
    found: TimeArray = np.busday_offset(evenings + np.timedelta64(1, "D"), 0, roll="forward")
    at = np.searchsorted(known, evenings, "right")
    within = at < len(known)
    found[within] = known[at[within]]
    return found
