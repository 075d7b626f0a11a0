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
    start = days[-1] + 1 if len(days) else end - LEAD
    ahead = np.arange(start, end + 1)
    found = np.concatenate([days, ahead[np.is_busday(ahead)]])
    return TradingCalendar.from_dates(found)


def known_days(published: TradingCalendar | None, seen: Any) -> Any:
    """Give the days of a published calendar, which decides as far as it reaches, and after it those that were seen."""
    days = np.unique(np.asarray(seen, dtype="datetime64[D]"))
    if published is None:
        return days
    return np.concatenate([published.dates, days[days > published.dates[-1]]])


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
    """Give the instant of the next refresh by the schedule; `now` when one is due.

    Where the calendar does not reach, weekdays count as trading days.
    """
    if due_day(calendar, now, at, done) is not None:
        return now
    day = now.astimezone(BEIJING).date()
    while over_at(day, at) <= now or (done is not None and day <= done) or not _trades(calendar, day):
        day += dt.timedelta(days=1)
    return over_at(day, at)


def due_night(now: dt.datetime, at: dt.time, done: dt.date | None) -> dt.date | None:
    """Give the date whose nightly refresh is due now, at `at` of that date; None when the last such one is done."""
    local = now.astimezone(BEIJING)
    day = local.date() if local.time() >= at else local.date() - dt.timedelta(days=1)
    return day if done is None or day > done else None


def next_night(now: dt.datetime, at: dt.time, done: dt.date | None) -> dt.datetime:
    """Give the instant of the next nightly refresh; `now` when one is due."""
    if due_night(now, at, done) is not None:
        return now
    day = now.astimezone(BEIJING).date()
    while over_at(day, at) <= now or (done is not None and day <= done):
        day += dt.timedelta(days=1)
    return over_at(day, at)


def _trades(calendar: TradingCalendar, day: dt.date) -> bool:
    return calendar.is_open(day) if calendar.first <= day <= calendar.last else day.weekday() < 5
