"""Coarser bars from finer ones: of minutes by the sessions of the day, of weeks and months by the calendar."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import FUTURES_COLUMNS, Bars, FloatArray, Interval
from quantdesk.core.bars.minutes import MINUTES
from quantdesk.core.bars.sessions import Placed

Index = NDArray[np.intp]


def resample(bars: Bars, interval: Literal["1w", "1M"]) -> Bars:
    """Give the weekly (ISO weeks) or monthly bars of daily ones, each dated by its last trading day.

    Adjust first: a bar that spans an ex-right day would mix two price bases. Suspended days do not count,
    and a week or month without a trading day has no bar. The amount is NaN where a day's is. Raise
    ValueError when the bars are not daily.
    """
    if bars.interval != "1d":
        raise ValueError(f"only daily bars are resampled; {bars.symbol} has interval {bars.interval}")
    traded = bars.take(~bars.suspended)
    days = traded.time.astype("datetime64[D]")
    # Weeks begin on Mondays; day 0, 1970-01-01, was a Thursday.
    weeks = (days.astype(np.int64) + 3) // 7
    period = weeks if interval == "1w" else days.astype("datetime64[M]").astype(np.int64)
    return aggregate(traded, _starts(period), interval=interval)


def resample_minutes(bars: Bars, placed: Placed, interval: Literal["5m", "15m", "30m", "60m"]) -> Bars:
    """Give coarser bars within the day: each of so many traded minutes, breaks left out, dated by its end.

    A night session and the day after it are cut each on its own, so that no bar spans the hours between them; the
    last bar of either may be shorter. Raise ValueError when the bars are not finer.
    """
    step = MINUTES[interval]
    if step % MINUTES.get(bars.interval, step + 1) or MINUTES[bars.interval] == step:
        raise ValueError(f"{interval} bars cannot be made of {bars.interval} bars of {bars.symbol}")
    if not len(bars):
        return aggregate(bars, np.empty(0, np.intp), interval=interval)
    at = np.unique(placed.day, return_inverse=True)[1]
    night = np.array([one.night_minutes for one in placed.sessions], dtype=np.int64)[at]
    whole = np.array([one.minutes for one in placed.sessions], dtype=np.int64)[at]
    in_day = placed.number > night
    begin = np.where(in_day, night, 0)
    end = np.where(in_day, whole, night)
    bucket = (placed.number - begin - 1) // step
    key = (at * 2 + in_day) * 2000 + bucket
    starts = _starts(key)
    last = np.append(starts[1:], len(bars)) - 1
    made = aggregate(bars, starts, interval=interval)
    ends = np.minimum(begin + (bucket + 1) * step, end)
    closing = zip(at[last].tolist(), ends[last].tolist(), placed.minute[last].tolist(), strict=True)
    moved = [placed.sessions[day].minute_of(number) - minute for day, number, minute in closing]
    # A bar outside of the sessions stays where it is: the end of its bucket lies before it.
    time = made.time + np.maximum(np.array(moved, dtype=np.int64), 0).astype("timedelta64[m]")
    return Bars(**{name: getattr(made, name) for name in made.__slots__} | {"time": time})


def days_of_minutes(bars: Bars, placed: Placed) -> Bars:
    """Give the daily bars of bars within the day, by their trading day; previous close and settlement are unknown."""
    made = aggregate(bars, _starts(placed.day.astype(np.int64)), interval="1d")
    day = np.unique(placed.day)
    return Bars(**{name: getattr(made, name) for name in made.__slots__} | {"time": day, "settle": None})


def aggregate(bars: Bars, starts: Index, *, interval: Interval | None = None) -> Bars:
    """Join runs of bars: each begins at an index of `starts` (increasing, first 0) and ends before the next.

    Open and previous close come from the run's first bar, close, date, flags, open interest and settlement from its
    last.
    """
    ends = np.append(starts[1:], len(bars)) - 1 if len(starts) else starts
    futures: dict[str, FloatArray] = {
        name: values[ends] for name in FUTURES_COLUMNS if (values := getattr(bars, name)) is not None
    }
    return Bars(
        symbol=bars.symbol,
        interval=interval or bars.interval,
        time=bars.time[ends],
        open=bars.open[starts],
        high=np.maximum.reduceat(bars.high, starts) if len(starts) else bars.high[:0],
        low=np.minimum.reduceat(bars.low, starts) if len(starts) else bars.low[:0],
        close=bars.close[ends],
        volume=np.add.reduceat(bars.volume, starts) if len(starts) else bars.volume[:0],
        amount=np.add.reduceat(bars.amount, starts) if len(starts) else bars.amount[:0],
        preclose=bars.preclose[starts],
        suspended=bars.suspended[ends],
        is_st=bars.is_st[ends],
        **futures,
    )


def _starts(period: NDArray[np.int64]) -> Index:
    """Give where each run of equal numbers begins."""
    return np.flatnonzero(np.diff(period, prepend=period[:1] - 1))
