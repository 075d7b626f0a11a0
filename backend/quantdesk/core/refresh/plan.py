"""Of each instrument the days of bars to fetch, or why there is nothing to fetch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.refresh.days import over_at

FIRST_DAY = dt.date(1990, 12, 19)
"""The Shanghai exchange's first trading day: nothing can be older."""
OVERLAP = dt.timedelta(days=10)
"""Fetched again before the last stored day, so that late corrections come in."""

Reason = Literal[
    "new",
    "behind",
    "incomplete",
    "due",
    "up_to_date",
    "suspended",
    "delisted",
    "simulated",
    "unsupported",
    "no_new_day",
]
"""To be fetched: new (nothing is stored), behind, incomplete (the last day's bar was stored before the day was over),
due (a table's part that is older than it may get).

Not to be fetched: up_to_date; suspended (a stock that a source was asked for after the close and has nothing newer
of); delisted (and all its days are there); simulated; unsupported (no online source has this kind); no_new_day (the
sources have no newer day; found while running it means that the day was none).
"""
FETCHED: frozenset[Reason] = frozenset(("new", "behind", "incomplete", "due"))


@dataclass(frozen=True, slots=True)
class Stored:
    last: dt.date
    updated_at: dt.datetime
    """UTC instant of the last write that changed something."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known of an instrument before its refresh."""

    dataset: str
    """That of its daily bars."""
    symbol: str
    simulated: bool
    supported: bool
    """Whether an online source can have it."""
    delisted: dt.date | None
    """The first day off the list."""
    stored: Stored | None
    answered_at: dt.datetime | None
    """When a source last gave its newest bars, whether that changed anything or not."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a refresh does with a part of a dataset: fetch it, bars from start to end, or nothing."""

    dataset: str
    key: str
    """The symbol; of a table the part: `cn` for the whole market, a day, an index."""
    reason: Reason
    start: dt.date | None = None
    end: dt.date | None = None
    last: dt.date | None = None
    """The last stored day."""
    behind: int = 0
    """Trading days that lack at the end."""

    @property
    def fetches(self) -> bool:
        return self.reason in FETCHED


def first_to_fetch(last: dt.date | None) -> dt.date:
    """Give the first day to ask for, by the last stored one."""
    return FIRST_DAY if last is None else max(FIRST_DAY, last - OVERLAP)


def plan(subjects: Iterable[Subject], day: dt.date, calendar: TradingCalendar) -> list[Step]:
    """Plan the refresh up to `day`, the last trading day that is over; by symbol."""
    return sorted((plan_one(subject, day, calendar) for subject in subjects), key=lambda step: step.key)


def plan_one(subject: Subject, day: dt.date, calendar: TradingCalendar) -> Step:
    """Plan one instrument's refresh up to `day`."""
    last = subject.stored.last if subject.stored else None
    end = day if subject.delisted is None else min(day, subject.delisted - dt.timedelta(days=1))
    reason = _reason(subject, day, end)
    if reason not in FETCHED:
        return Step(subject.dataset, subject.symbol, reason, last=last)
    behind = calendar.count(last + dt.timedelta(days=1) if last else calendar.first, end)
    return Step(subject.dataset, subject.symbol, reason, first_to_fetch(last), end, last, behind)


def _reason(subject: Subject, day: dt.date, end: dt.date) -> Reason:
    if subject.simulated:
        return "simulated"
    if not subject.supported:
        return "unsupported"
    stored, answered = subject.stored, subject.answered_at
    # Once off the list nothing changes: one answer after that day holds for good.
    if end < day and ((stored and stored.last >= end) or (answered and answered >= over_at(end))):
        return "delisted"
    if stored is None:
        return "new"
    if stored.last > end or (stored.last == end and stored.updated_at >= over_at(end)):
        return "up_to_date"
    if answered is not None and answered >= over_at(end):
        if stored.last == end:
            return "up_to_date"
        return "suspended" if subject.dataset == "stock_daily" else "no_new_day"
    return "incomplete" if stored.last == end else "behind"
