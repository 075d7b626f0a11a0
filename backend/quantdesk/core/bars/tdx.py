"""The files in which 通达信 keeps bars: records of 32 bytes, little-endian.

`.day` holds days with whole prices (cents, or tenths of one for funds), `.lc1` and `.lc5` minutes with prices in yuan.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import FloatArray, TimeArray

RECORD = 32

DAY = np.dtype(
    [
        ("date", "<u4"),
        ("open", "<i4"),
        ("high", "<i4"),
        ("low", "<i4"),
        ("close", "<i4"),
        ("amount", "<f4"),
        ("volume", "<u4"),
        ("reserved", "<u4"),
    ]
)
MINUTE = np.dtype(
    [
        ("date", "<u2"),
        ("minute", "<u2"),
        ("open", "<f4"),
        ("high", "<f4"),
        ("low", "<f4"),
        ("close", "<f4"),
        ("amount", "<f4"),
        ("volume", "<u4"),
        ("reserved", "<u4"),
    ]
)
_SHANGHAI = np.timedelta64(8, "h")


class TdxError(ValueError):
    """The bytes are no such file. The message says why."""


def records(body: bytes, kind: np.dtype[np.void]) -> NDArray[np.void]:
    """Give the records of a file. Raise TdxError when it breaks off within one, or holds none."""
    if not body or len(body) % RECORD:
        raise TdxError(f"{len(body)} bytes are not records of {RECORD}; the file is cut off or no such file")
    return np.frombuffer(body, kind)


def day_times(rows: NDArray[np.void]) -> TimeArray:
    """Give the dates of `.day` records, written 20240131, as datetime64[D]. Raise TdxError for one that is none."""
    number = rows["date"].astype(np.int64)
    return _days(number // 10000, number // 100 % 100, number % 100)


def minute_times(rows: NDArray[np.void]) -> TimeArray:
    """Give the ends of minute bars as datetime64[s] in UTC. Raise TdxError for one that is none.

    A date is (year - 2004) x 2048 + month x 100 + day, a time minutes since midnight in Shanghai.
    """
    date, minute = rows["date"].astype(np.int64), rows["minute"].astype(np.int64)
    days = _days(date // 2048 + 2004, date % 2048 // 100, date % 2048 % 100)
    if (minute >= 24 * 60).any():
        raise TdxError(f"a bar is at minute {minute.max()} of its day")
    times: TimeArray = days.astype("datetime64[s]") + minute.astype("timedelta64[m]") - _SHANGHAI
    return times


def clean(prices: NDArray[np.float32]) -> FloatArray:
    """Give float32 prices as the decimal numbers that were meant: 9.78 for 9.779999732971191."""
    rounded: FloatArray = np.asarray(prices, np.float64).round(3)
    return rounded


def _days(year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]) -> TimeArray:
    fits = (year >= 1990) & (year <= 2200) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    if not fits.all():
        row = int(np.flatnonzero(~fits)[0])
        raise TdxError(f"record {row + 1} has the date {year[row]}-{month[row]}-{day[row]}")
    first = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days: TimeArray = first.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    if (days.astype("datetime64[M]") != first).any():
        row = int(np.flatnonzero(days.astype("datetime64[M]") != first)[0])
        raise TdxError(f"record {row + 1} has the date {year[row]}-{month[row]}-{day[row]}")
    return days
