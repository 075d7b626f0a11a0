"""Checks of bars within the day against the trading sessions: bars outside of them, bars that are missing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from quantdesk.core.bars.frame import Bars, TimeArray
from quantdesk.core.quality.collect import Collected, runs, trading_days
from quantdesk.core.quality.market import Market
from quantdesk.core.rules.rows import SessionRow
from quantdesk.core.rules.subject import Subject

MINUTES = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "60m": 60}
_DAY = 24 * 60
_WHOLE = ("continuous", "close_call")
"""Phases that make up bars; the opening auction counts in the first."""


def check_sessions(bars: Bars, subject: Subject, market: Market, found: Collected) -> Bars:
    """Report bars outside of the sessions, and bars missing between the first and the last; give those within."""
    step = MINUTES.get(bars.interval)
    if step is None or len(bars) < 2:
        return bars
    if subject.pair is not None:
        return _grid(bars, step, found)
    local = bars.time.astype("datetime64[s]") + np.timedelta64(8, "h")
    days = trading_days(bars.time)
    minute: Any = (local - days.astype("datetime64[s]")).astype(np.int64) // 60
    every, within = np.unique(days), np.ones(len(bars), dtype=np.bool_)
    for first, last, row in _regimes(every, subject, market):
        here = (days >= every[first]) & (days <= every[last - 1])
        outside = here & ~_allowed(row)[minute]
        found.add("outside_session", bars.time[outside])
        within &= ~outside
        if subject.product is not None and step > 15:
            continue  # vendors cut longer bars of futures in different ways around their breaks
        _missing(bars, days[here], minute[here], every[first:last], _ends(row, step), found)
    return bars.take(within)


def _regimes(days: TimeArray, subject: Subject, market: Market) -> list[tuple[int, int, SessionRow]]:
    """Give (first, last, sessions) of each stretch of days with the same sessions."""
    stretches: list[tuple[int, int, SessionRow]] = []
    for at, day in enumerate(days.astype(object).tolist()):
        row = market.book.sessions(subject, day)
        if row is None:
            continue
        if stretches and stretches[-1][2] is row and stretches[-1][1] == at:
            stretches[-1] = (stretches[-1][0], at + 1, row)
        else:
            stretches.append((at, at + 1, row))
    return stretches


def _allowed(row: SessionRow) -> Any:
    """Give for each minute of the day whether a bar may end there."""
    allowed = np.zeros(_DAY + 1, dtype=np.bool_)
    for phase in row.phases:
        start, end = _minutes(phase.start), _minutes(phase.end)
        if end <= start:  # over midnight
            allowed[start + 1 :] = True
            allowed[: end + 1] = True
        else:
            allowed[start + 1 : end + 1] = True
    return allowed


def _ends(row: SessionRow, step: int) -> list[int]:
    """Give the minutes at which bars of the day's sessions end: each `step` minutes of trading, over the breaks."""
    spans = [(_minutes(p.start), _minutes(p.end)) for p in row.phases if p.kind in _WHOLE]
    minutes = [minute for start, end in sorted(spans) for minute in range(start + 1, end + 1)]
    return minutes[step - 1 :: step]


def _missing(bars: Bars, days: Any, minute: Any, every: TimeArray, ends: list[int], found: Collected) -> None:
    if not ends:
        return
    numbers = np.searchsorted(every, days)
    have = numbers * (_DAY + 1) + minute
    due = (np.arange(len(every))[:, None] * (_DAY + 1) + np.array(ends)[None, :]).ravel()
    absent = np.flatnonzero(~np.isin(due, have) & (due > have.min()) & (due < have.max()))
    gaps = runs(absent)
    starts = np.array([at for at, _ in gaps], dtype=np.int64)
    day, ended = every[starts // len(ends)], np.array(ends, dtype=np.int64)[starts % len(ends)]
    times: Any = day.astype("datetime64[s]") + ended * np.timedelta64(60, "s") - np.timedelta64(8, "h")
    found.add("missing_bars", times, count=[length for _, length in gaps])
    found.missing += len(absent)


def _grid(bars: Bars, step: int, found: Collected) -> Bars:
    """Check a market that never closes: a bar each `step` minutes."""
    seconds: Any = bars.time.astype("datetime64[s]").astype(np.int64)
    off = seconds % (step * 60) != 0
    found.add("outside_session", bars.time[off])
    bars = bars.take(~off)
    steps = np.diff(seconds[~off]) // (step * 60)
    gaps = np.flatnonzero(steps > 1)
    after: Any = bars.time[gaps].astype("datetime64[s]") + np.timedelta64(step * 60, "s")
    found.add("missing_bars", after, count=(steps[gaps] - 1).astype(np.int64))
    found.missing += int((steps[gaps] - 1).sum())
    return bars


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute
