"""The trading days a refresh counts with, and the instants at which they are over."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from quantdesk.core.calendar.trading import TradingCalendar

BEIJING = dt.timezone(dt.timedelta(hours=8))
"""China has kept no summer time since 1991."""
CLOSE = dt.time(15, 30)
"""When a day's bar is final: trading after hours at the closing price (STAR, ChiNext) ends at 15:30."""
LEAD = 60
"""Days. How far the calendar goes back where no trading day is known."""


def market_days(known: Any, until: dt.date) -> TradingCalendar:
    """Give the known trading days (dates in any order), and each weekday after the last of them up to `until`.

    What comes after the last known day is a guess: on a public holiday it costs some requests and no more.
    """
    days = np.unique(np.asarray(known, dtype="datetime64[D]"))
    end = np.datetime64(until, "D")
    days = days[days <= end]
    start = days[-1] + 1 if len(days) else end - LEAD
    ahead = np.arange(start, end + 1)
    found = np.concatenate([days, ahead[np.is_busday(ahead)]])
    return TradingCalendar.from_dates(found)


def over_at(day: dt.date, close: dt.time = CLOSE) -> dt.datetime:
    """Give the instant from which the day's bar is final."""
    return dt.datetime.combine(day, close, BEIJING).astimezone(dt.UTC)


def last_over(calendar: TradingCalendar, now: dt.datetime, close: dt.time = CLOSE) -> dt.date | None:
    """Give the last trading day whose bar is final now; None before the first one's end."""
    local = now.astimezone(BEIJING)
    day = local.date() if local.time() >= close else local.date() - dt.timedelta(days=1)
    days = calendar.between(calendar.first, day)
    return days[-1].item() if len(days) else None


def due_day(calendar: TradingCalendar, now: dt.datetime, at: dt.time, done: dt.date | None) -> dt.date | None:
    """Give the trading day whose refresh is due now, at `at` of that day; None when the last such one is done.

    After days off line that is the last day alone: its refresh fetches what the others would have.
    """
    day = last_over(calendar, now, at)
    return day if day is not None and (done is None or day > done) else None


def next_due(calendar: TradingCalendar, now: dt.datetime, at: dt.time, done: dt.date | None) -> dt.datetime:
    """Give the instant of the next refresh by the schedule; `now` when one is due. Weekdays ahead count as trading."""
    if due_day(calendar, now, at, done) is not None:
        return now
    day = now.astimezone(BEIJING).date()
    while over_at(day, at) <= now or (done is not None and day <= done) or day.weekday() > 4:
        day += dt.timedelta(days=1)
    return over_at(day, at)
