"""Where bars within the day lie in the sessions of their trading day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import Bars, TimeArray
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.futures.trading_day import is_night, trading_days
from quantdesk.core.rules.book import rulebook
from quantdesk.core.rules.rows import SessionRow
from quantdesk.core.rules.subject import Subject

_DAY = 24 * 60
_TRADED = ("night", "continuous", "close_call")
"""Phases that make up bars; what the opening auction matches counts in the first bar."""
_SHANGHAI = np.timedelta64(8, "h")


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of one trading day, first to last: (start, end) in minutes after the day's midnight.

    A night session comes first, and its minutes after midnight go on from 1440: 21:00 to 02:30 is (1260, 1590).
    """

    spans: tuple[tuple[int, int], ...]
    night: int = 0
    """So many spans at the beginning are night sessions."""

    @property
    def minutes(self) -> int:
        """Traded minutes of the day."""
        return sum(end - start for start, end in self.spans)

    def minute_of(self, number: int) -> int:
        """Give the minute of the scale at which so many traded minutes have passed; 1 to `minutes`."""
        for start, end in self.spans:
            if number <= end - start:
                return start + number
            number -= end - start
        raise ValueError(f"the day has {self.minutes} minutes, {number} more are asked for")

    @property
    def night_minutes(self) -> int:
        return sum(end - start for start, end in self.spans[: self.night])


SHARES = Sessions(((570, 690), (780, 900)))
_FUTURES = Sessions(((1260, 1590), (540, 615), (630, 690), (810, 900)), night=1)
"""Where the rulebook does not know a product's sessions: every minute in which futures trade."""
_ROUND_THE_CLOCK = Sessions(((0, _DAY),))


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Where each bar lies; arrays as long as the bars."""

    day: TimeArray
    """Trading day, datetime64[D]; of coins the day in UTC."""
    number: NDArray[np.int64]
    """Traded minutes of the day up to the bar's end, from 1. A bar outside of the sessions counts to the one before."""
    minute: NDArray[np.int64]
    """The bar's end on the scale of Sessions."""
    sessions: tuple[Sessions, ...]
    """Of the days that there are, oldest first."""


def sessions_of(subject: Subject, day: dt.date) -> Sessions:
    """Give the sessions of a trading day by the rulebook, or the usual ones where it has none."""
    if subject.pair is not None:
        return _ROUND_THE_CLOCK
    row = rulebook().sessions(subject, day)
    if row is None:
        return _FUTURES if subject.product is not None else SHARES
    return _sessions(row)


def place(bars: Bars, calendar: TradingCalendar | None = None) -> Placed:
    """Say where bars within the day lie. Raise SymbolError."""
    subject = rulebook().subject(bars.symbol)
    if subject.pair is not None:
        local = bars.time
        day: TimeArray = (local - np.timedelta64(1, "s")).astype("datetime64[D]")
    else:
        local = bars.time + _SHANGHAI
        day = trading_days(bars.time, calendar) if subject.product is not None else local.astype("datetime64[D]")
    minute: Any = (local - local.astype("datetime64[D]")).astype("timedelta64[m]").astype(np.int64)
    night = is_night(bars.time) if subject.product is not None else np.zeros(len(bars), dtype=np.bool_)
    minute[(minute == 0) | (night & (minute < _DAY // 2))] += _DAY
    days, index = np.unique(day, return_inverse=True)
    nights = np.isin(days, day[night])
    found = [_with_night(sessions_of(subject, one.item()), had) for one, had in zip(days, nights, strict=True)]
    kinds = {one: at for at, one in enumerate(dict.fromkeys(found))}
    kind = np.array([kinds[one] for one in found], dtype=np.int64)[index]
    number = np.zeros(len(bars), dtype=np.int64)
    for one, at in kinds.items():
        here = kind == at
        number[here] = _numbers(one)[minute[here]]
    return Placed(day, number, minute, tuple(found))


def _with_night(sessions: Sessions, had: bool) -> Sessions:
    """Give the sessions with a night one, when there were bars in one that the rulebook does not know of."""
    if sessions.night or not had:
        return sessions
    return Sessions((_FUTURES.spans[0], *sessions.spans), 1)


def _numbers(sessions: Sessions) -> NDArray[np.int64]:
    """Give for each minute of the scale how many traded minutes have passed by it, at least 1."""
    passed = np.zeros(2 * _DAY + 1, dtype=np.int64)
    before = 0
    for start, end in sessions.spans:
        inside = np.arange(start + 1, end + 1)
        passed[inside] = before + np.arange(1, end - start + 1)
        before += end - start
    # By the clock a day session lies before the night one that it follows: each half is filled on its own.
    begin = min((start for start, _ in sessions.spans[: sessions.night]), default=2 * _DAY)
    passed[:begin] = np.maximum.accumulate(passed[:begin])
    passed[begin:] = np.maximum.accumulate(passed[begin:])
    floor = np.ones_like(passed)
    floor[: begin - 60] = sessions.night_minutes + 1
    numbers: NDArray[np.int64] = np.maximum(passed, floor)
    return numbers


def _sessions(row: SessionRow) -> Sessions:
    night: list[tuple[int, int]] = []
    day: list[tuple[int, int]] = []
    for phase in row.phases:
        if phase.kind not in _TRADED:
            continue
        start, end = _minutes(phase.start), _minutes(phase.end)
        (night if phase.kind == "night" else day).append((start, end if end > start else end + _DAY))
    spans = (*sorted(night), *_joined(sorted(day)))
    return Sessions(spans, len(night))


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join those that follow each other without a break: the closing auction belongs to the afternoon."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute
