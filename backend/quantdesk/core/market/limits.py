"""Which shares closed at, or touched, their price limit: by the rulebook, over many symbols at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import BoolArray, FloatArray
from quantdesk.core.market.window import Window
from quantdesk.core.rules.book import Rulebook, price_tick
from quantdesk.core.rules.subject import Subject

_BASIS = 10_000
_NEW = dt.timedelta(days=30)
"""After so long since its listing no share is in its first trading days, whatever the holidays."""


@dataclass(frozen=True, slots=True, eq=False)
class LimitDays:
    """[N, T] of the days asked for; False on days without a limit."""

    up: BoolArray
    """Closed at the upper limit."""
    down: BoolArray
    touched: BoolArray
    """Traded at the upper limit, whether it closed there or not."""


def limit_days(window: Window, book: Rulebook, listed: Mapping[str, dt.date], last: int, days: int) -> LimitDays:
    """Say where the shares stood against their limits on the `days` days up to the place `last`.

    `listed` gives the first trading day of those symbols for which it is known; the others are taken for old ones.
    """
    part = slice(max(last + 1 - days, 0), last + 1)
    time = window.time[part]
    subjects = [book.subject(symbol, "stock") for symbol in window.symbols]
    is_st, traded = window.is_st[:, part], window.traded[:, part]
    points = _points(book, subjects, time.tolist(), is_st)
    _free_first_days(points, window, book, subjects, listed, part)
    tick = np.array([float(price_tick(symbol, "stock")) for symbol in window.symbols])[:, None]
    with np.errstate(invalid="ignore"):
        ground = np.rint(window.base[:, part] / tick)
        up = np.maximum(_half_up(ground * (_BASIS + points)), ground + 1)
        down = np.maximum(np.minimum(_half_up(ground * (_BASIS - points)), ground - 1), 1)
        close, high = (np.rint(prices[:, part] / tick) for prices in (window.close, window.high))
        limited = traded & np.isfinite(points)
        return LimitDays(up=limited & (close >= up), down=limited & (close <= down), touched=limited & (high >= up))


def streaks(up: BoolArray, traded: BoolArray) -> NDArray[np.intp]:
    """Give each share's number of days in a row at its upper limit up to the last day; days without trade are skipped.

    0 where the last day is not one.
    """
    count = np.zeros(len(up), dtype=np.intp)
    running = up[:, -1].copy()
    for day in range(up.shape[1] - 1, -1, -1):
        running &= up[:, day] | ~traded[:, day]
        if not running.any():
            break
        count += running & up[:, day]
    return count


def _points(book: Rulebook, subjects: Sequence[Subject], days: Sequence[dt.date], is_st: BoolArray) -> FloatArray:
    """Give each day's limit in basis points of the previous close, NaN where there is none; [N, T]."""
    points = np.full((len(subjects), len(days)), np.nan)
    by_segment: dict[str | None, list[int]] = defaultdict(list)
    for row, subject in enumerate(subjects):
        by_segment[subject.segment].append(row)
    for rows in by_segment.values():
        plain, warned = (
            np.array([_rate(book, subjects[rows[0]], day, is_st=st) for day in days]) for st in (False, True)
        )
        points[rows] = np.where(is_st[rows], warned, plain)
    return points


def _rate(book: Rulebook, subject: Subject, day: dt.date, *, is_st: bool) -> float:
    rule = book.limits(subject, day, is_st=is_st)
    return np.nan if rule is None or rule.up is None else float(rule.up) * _BASIS


def _free_first_days(
    points: FloatArray,
    window: Window,
    book: Rulebook,
    subjects: Sequence[Subject],
    listed: Mapping[str, dt.date],
    part: slice,
) -> None:
    """Take the limits from the first trading days; what an issue price would limit is left out, too."""
    time = window.time[part]
    if not len(time):
        return
    first: dt.date = time[0].item()
    for row, symbol in enumerate(window.symbols):
        since = listed.get(symbol)
        if since is None or since < first - _NEW:
            continue
        of_its_own = window.traded[row] & (window.time >= np.datetime64(since))
        numbers = np.cumsum(of_its_own)[part]
        for place in np.flatnonzero(of_its_own[part]):
            rule = book.limits(
                subjects[row], time[place].item(), list_date=since, trading_day=max(int(numbers[place]), 1)
            )
            if rule is not None and (rule.up is None or rule.base == "issue_price"):
                points[row, place] = np.nan


def _half_up(scaled: FloatArray) -> FloatArray:
    half: FloatArray = np.floor((2 * scaled + _BASIS) / (2 * _BASIS))
    return half
