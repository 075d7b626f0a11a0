"""Rows of bars as columns, each row with the write that brought it: what bar files and segments hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import FUTURES_COLUMNS, Bars, BoolArray, Interval, TimeArray

Columns = dict[str, NDArray[Any]]
"""Columns of equal length by name."""
Hashes = NDArray[np.uint64]

FLOATS = ("open", "high", "low", "close", "volume", "amount", "preclose")
FLAGS = ("suspended", "is_st")
BAR = ("time", *FLOATS, *FLAGS, *FUTURES_COLUMNS)
"""Of bars that are without the columns of futures, and in files that lack them, these are NaN."""
STORED = (*BAR, "write")
"""`write` is the number of the write that brought the row; of a row that says that its bar was removed, less 0."""
_DAILY = ("1d", "1w", "1M")
_SHANGHAI = np.timedelta64(8, "h")


def is_daily(interval: Interval) -> bool:
    """Say whether a bar is of a day or longer, so that its time is a date."""
    return interval in _DAILY


def time_dtype(interval: Interval) -> np.dtype[np.datetime64]:
    """Give the type of a bar's time: days for daily and longer bars, else seconds."""
    return np.dtype("datetime64[D]" if is_daily(interval) else "datetime64[s]")


def days_of(time: TimeArray) -> TimeArray:
    """Give the trading dates in Shanghai."""
    if time.dtype == time_dtype("1d"):
        return time
    days: TimeArray = (time + _SHANGHAI).astype("datetime64[D]")
    return days


def years_of(time: TimeArray, interval: Interval) -> NDArray[np.int64]:
    """Give the partition of each row: bars within the day are kept by UTC year, longer ones together as 0."""
    if is_daily(interval):
        return np.zeros(len(time), dtype=np.int64)
    return time.astype("datetime64[Y]").astype(np.int64) + 1970


def of_bars(bars: Bars) -> Columns:
    columns = {name: getattr(bars, name) for name in BAR}
    unknown = {name: unknowns(len(bars)) for name in FUTURES_COLUMNS if columns[name] is None}
    return {**columns, **unknown}


def to_bars(columns: Columns, symbol: str, interval: Interval) -> Bars:
    left_out = [name for name in FUTURES_COLUMNS if not is_known(columns[name])]
    return Bars(symbol=symbol, interval=interval, **{name: columns[name] for name in BAR if name not in left_out})


def unknowns(count: int) -> NDArray[np.float64]:
    """Give so many NaN, not to be written to, that take no memory."""
    return np.broadcast_to(np.float64(np.nan), count)


def is_known(values: NDArray[Any]) -> bool:
    """Say whether any of the values is not NaN."""
    return not np.isnan(values).all()


def empty(interval: Interval, names: Sequence[str] = STORED) -> Columns:
    kinds = {"time": time_dtype(interval), "write": np.dtype(np.int64)} | dict.fromkeys(FLAGS, np.dtype(np.bool_))
    return {name: np.empty(0, dtype=kinds.get(name, np.dtype(np.float64))) for name in names}


def take(columns: Columns, index: Any) -> Columns:
    return {name: values[index] for name, values in columns.items()}


def joined(parts: Sequence[Columns]) -> Columns:
    """Lay parts with the same columns end to end."""
    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def cut(columns: Columns, start: dt.date | None, end: dt.date | None) -> Columns:
    """Give the rows of the trading dates from start to end; the rows are oldest first."""
    if start is None and end is None:
        return columns
    time = columns["time"]
    lo = 0 if start is None else int(np.searchsorted(time, _midnight(start, time), "left"))
    hi = len(time) if end is None else int(np.searchsorted(time, _midnight(end, time, 1), "left"))
    return take(columns, slice(lo, max(lo, hi)))


def _midnight(day: dt.date, time: TimeArray, later: int = 0) -> np.datetime64:
    """Give when the day, or so many days later, begins in Shanghai, in the unit of the times."""
    at = np.datetime64(day, "D") + np.timedelta64(later, "D")  # may be past the last dt.date
    return at if time.dtype == time_dtype("1d") else at.astype("datetime64[s]") - _SHANGHAI


def by_time(versions: Columns) -> tuple[Columns, BoolArray]:
    """Sort versions by time and write, each once; say which is the newest of its time."""
    order = np.lexsort((np.abs(versions["write"]), versions["time"]))
    time, write = versions["time"][order], versions["write"][order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (time[1:] != time[:-1]) | (write[1:] != write[:-1])
    kept = take(versions, order[first])
    time = kept["time"]
    newest = np.ones(len(time), dtype=np.bool_)
    newest[:-1] = time[1:] != time[:-1]
    return kept, newest


def newest(versions: Columns) -> Columns:
    """Give the newest version of each time, also a removal, oldest time first. The arrays are new ones."""
    kept, last = by_time(versions)
    return take(kept, last)


def laid_over(base: Columns, top: Columns) -> Columns:
    """Replace by time, and insert; both are oldest first with each time once."""
    below, above = base["time"], top["time"]
    if not len(above):
        return base
    if not len(below):
        return top
    if above[0] > below[-1]:
        return joined((base, top))
    at = np.minimum(np.searchsorted(above, below), len(above) - 1)
    kept = take(base, above[at] != below)
    both = joined((kept, top))
    return take(both, np.argsort(both["time"], kind="stable"))


def without_removed(columns: Columns, over: Columns) -> Columns:
    """Leave out the rows of times that `over` says are removed."""
    removed = over["write"] < 0
    return take(columns, ~np.isin(columns["time"], over["time"][removed])) if removed.any() else columns


def same_as(stored: Columns, given: Columns) -> BoolArray:
    """Say which rows are the same bar; NaN is the same as NaN."""
    same = np.ones(len(given["time"]), dtype=np.bool_)
    for name in (*FLOATS, *FUTURES_COLUMNS):
        before, after = stored[name], given[name]
        same &= (before == after) | (np.isnan(before) & np.isnan(after))
    for name in FLAGS:
        same &= stored[name] == given[name]
    return same


# A bar's hash is two chains of splitmix64's mixing step (Steele, Lea and Flood 2014) over its columns. The columns of
# futures count only in the rows where they are known: without them a bar's hash is as it was before there were any.
_SEEDS = (0x243F6A8885A308D3, 0x13198A2E03707344)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def hashes(columns: Columns) -> Hashes:
    """Give each bar's hash, [rows, 2]; every NaN counts as the same, -0 as 0."""
    lanes = np.empty((len(columns["time"]), len(_SEEDS)), dtype=np.uint64)
    for lane, seed in enumerate(_SEEDS):
        state = np.full(len(lanes), seed, dtype=np.uint64)
        for name in ("time", *FLOATS, *FLAGS):
            state = _mixed(state, _bits(columns[name]))
        for at, name in enumerate(FUTURES_COLUMNS):
            if is_known(columns[name]):
                told = _mixed(state + np.uint64(at), _bits(columns[name]))
                state = np.where(np.isnan(columns[name]), state, told)
        lanes[:, lane] = state
    return lanes


def _mixed(state: Hashes, bits: Hashes) -> Hashes:
    state = (state ^ bits) + _STEP
    state = (state ^ (state >> np.uint64(30))) * _MIX_1
    state = (state ^ (state >> np.uint64(27))) * _MIX_2
    return state ^ (state >> np.uint64(31))


def _bits(values: NDArray[Any]) -> Hashes:
    if values.dtype == np.bool_:
        return values.astype(np.uint64)
    if values.dtype == np.float64:
        values = values + 0.0
        return np.where(np.isnan(values), np.nan, values).view(np.uint64)
    return np.ascontiguousarray(values).view(np.int64).view(np.uint64)


def content_tag(plus: Iterable[Hashes], minus: Iterable[Hashes] = (), before: str | None = None) -> str:
    """Give 32 hex digits of a set of bars: the sum of their hashes, so that a change needs no other bar.

    `before` is the tag of the bars that `plus` comes to and `minus` leaves.
    """
    sums = [0, 0] if before is None else [int(before[:16], 16), int(before[16:], 16)]
    for sign, group in ((1, plus), (-1, minus)):
        for lanes in group:
            for lane, total in enumerate(lanes.sum(axis=0, dtype=np.uint64).tolist()):
                sums[lane] += sign * total
    return "".join(f"{total % (1 << 64):016x}" for total in sums)
