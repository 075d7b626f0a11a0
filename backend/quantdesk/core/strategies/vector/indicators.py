"""Indicators of [steps, symbols] columns, each over the bars that a symbol has.

A step without a bar (NaN) gives NaN and is no part of any window, so an indicator is the same as over the symbol's
own bars. The first steps, until the window is full, are NaN. Nothing looks ahead. All are one pass along the rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types

from quantdesk.core.bars.frame import BoolArray, FloatArray
from quantdesk.core.execution.jit import entry_for
from quantdesk.core.strategies.vector.memo import remembered

_COLUMNS = types.Array(types.float64, 2, "C", readonly=True)


def sma(values: FloatArray, n: int) -> FloatArray:
    """Give the simple moving average of the last `n` bars. Adds and drops in the order of TA-Lib's SMA."""
    return remembered(_sma, values, _window(n))


def ema(values: FloatArray, n: int) -> FloatArray:
    """Give the exponential moving average, weight 2 / (n + 1), started with the mean of the first `n` bars (TA-Lib)."""
    return remembered(_ema, values, _window(n))


def std(values: FloatArray, n: int) -> FloatArray:
    """Give the standard deviation of the last `n` bars, divided by n as TA-Lib's STDDEV."""
    return remembered(_std, values, _window(n))


def highest(values: FloatArray, n: int) -> FloatArray:
    """Give the highest of the last `n` bars, this one included."""
    return remembered(_highest, values, _window(n))


def lowest(values: FloatArray, n: int) -> FloatArray:
    """Give the lowest of the last `n` bars, this one included."""
    return remembered(_lowest, values, _window(n))


def shift(values: FloatArray, n: int = 1) -> FloatArray:
    """Give the value of `n` bars before."""
    return remembered(_shift, values, _window(n))


def roc(values: FloatArray, n: int) -> FloatArray:
    """Give the change over `n` bars as a fraction (0.05 is 5 %)."""
    columns = _columns(values)
    return columns / shift(columns, n) - 1.0


def rank(values: FloatArray) -> FloatArray:
    """Give each symbol's place among those that have a value that day: the share with a value not above its own."""
    columns = _columns(values)
    found = np.full(columns.shape, np.nan)
    for row, ranks in zip(columns, found, strict=True):
        known = np.flatnonzero(~np.isnan(row))
        ranks[known] = np.searchsorted(np.sort(row[known]), row[known], side="right") / max(len(known), 1)
    return found


def crossed_above(values: FloatArray, other: FloatArray | float) -> BoolArray:
    """Say where `values` went above `other`: above at this bar, and not above at the last one where both are known."""
    left, right = _pair(values, other)
    return _crossed(left, right)  # type: ignore[no-any-return]


def crossed_below(values: FloatArray, other: FloatArray | float) -> BoolArray:
    """Say where `values` went below `other`: below at this bar, and not below at the last one where both are known."""
    left, right = _pair(values, other)
    return _crossed(right, left)  # type: ignore[no-any-return]


def _window(n: int) -> int:
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(f"a window of {n!r} bars; give a whole number of at least 1")
    return int(n)


def _columns(values: Any) -> FloatArray:
    found = np.ascontiguousarray(values, dtype=np.float64)
    if found.ndim != 2:
        raise ValueError(f"an array of shape {found.shape}; give [days, symbols], as data.close")
    return found


def _pair(values: Any, other: Any) -> tuple[FloatArray, FloatArray]:
    columns = other if np.ndim(values) == 0 else values
    shape = np.shape(columns)
    return _columns(np.broadcast_to(values, shape)), _columns(np.broadcast_to(other, shape))


# Rings of the last n values a symbol, [n, symbols]: a symbol's own bars need not stand in neighbouring rows.


@entry_for(types.float64[:, ::1](_COLUMNS, types.int64))
def _sma(values: Any, n: int) -> Any:
    steps, symbols = values.shape
    found = np.empty((steps, symbols))
    ring, total = np.zeros((n, symbols)), np.zeros(symbols)
    place, count = np.zeros(symbols, np.int64), np.zeros(symbols, np.int64)
    for t in range(steps):
        for s in range(symbols):
            value = values[t, s]
            if value != value:
                found[t, s] = np.nan
                continue
            at = place[s]
            total[s] += value
            ring[at, s] = value
            place[s] = following = at + 1 if at + 1 < n else 0
            count[s] += 1
            if count[s] < n:
                found[t, s] = np.nan
                continue
            found[t, s] = total[s] / n
            total[s] -= ring[following, s]
    return found


@entry_for(types.float64[:, ::1](_COLUMNS, types.int64))
def _ema(values: Any, n: int) -> Any:
    steps, symbols = values.shape
    found = np.empty((steps, symbols))
    last, count = np.zeros(symbols), np.zeros(symbols, np.int64)
    weight = 2.0 / (n + 1)
    for t in range(steps):
        for s in range(symbols):
            value = values[t, s]
            if value != value:
                found[t, s] = np.nan
                continue
            count[s] += 1
            if count[s] <= n:
                last[s] += value
                if count[s] == n:
                    last[s] /= n
            else:
                last[s] += (value - last[s]) * weight
            found[t, s] = last[s] if count[s] >= n else np.nan
    return found


@entry_for(types.float64[:, ::1](_COLUMNS, types.int64))
def _std(values: Any, n: int) -> Any:
    steps, symbols = values.shape
    found = np.empty((steps, symbols))
    ring = np.zeros((n, symbols))
    # Differences from the first value: the square of a price would drown the variance.
    base, total, squares = np.zeros(symbols), np.zeros(symbols), np.zeros(symbols)
    count = np.zeros(symbols, np.int64)
    for t in range(steps):
        for s in range(symbols):
            value = values[t, s]
            if value != value:
                found[t, s] = np.nan
                continue
            if count[s] == 0:
                base[s] = value
            value -= base[s]
            at = count[s] % n
            dropped = ring[at, s]
            ring[at, s] = value
            count[s] += 1
            total[s] += value - dropped
            squares[s] += value * value - dropped * dropped
            if count[s] < n:
                found[t, s] = np.nan
            else:
                mean = total[s] / n
                found[t, s] = np.sqrt(max(squares[s] / n - mean * mean, 0.0))
    return found


@entry_for(types.float64[:, ::1](_COLUMNS, types.int64, types.float64))
def _extreme(values: Any, n: int, sign: float) -> Any:
    steps, symbols = values.shape
    found = np.empty((steps, symbols))
    ring = np.zeros((n, symbols))
    best, since, count = np.zeros(symbols), np.zeros(symbols, np.int64), np.zeros(symbols, np.int64)
    for t in range(steps):
        for s in range(symbols):
            value = values[t, s]
            if value != value:
                found[t, s] = np.nan
                continue
            value *= sign
            now = count[s]
            ring[now % n, s] = value
            if now == 0 or value >= best[s]:
                best[s], since[s] = value, now
            elif now - since[s] >= n:
                best[s] = -np.inf
                for bar in range(now - n + 1, now + 1):
                    if ring[bar % n, s] >= best[s]:
                        best[s], since[s] = ring[bar % n, s], bar
            count[s] = now + 1
            found[t, s] = best[s] * sign if now + 1 >= n else np.nan
    return found


def _highest(values: FloatArray, n: int) -> FloatArray:
    return _extreme(values, n, 1.0)  # type: ignore[no-any-return]


def _lowest(values: FloatArray, n: int) -> FloatArray:
    return _extreme(values, n, -1.0)  # type: ignore[no-any-return]


@entry_for(types.float64[:, ::1](_COLUMNS, types.int64))
def _shift(values: Any, n: int) -> Any:
    steps, symbols = values.shape
    found = np.empty((steps, symbols))
    ring, count = np.zeros((n, symbols)), np.zeros(symbols, np.int64)
    for t in range(steps):
        for s in range(symbols):
            value = values[t, s]
            if value != value:
                found[t, s] = np.nan
                continue
            at = count[s] % n
            found[t, s] = ring[at, s] if count[s] >= n else np.nan
            ring[at, s] = value
            count[s] += 1
    return found


@entry_for(types.boolean[:, ::1](_COLUMNS, _COLUMNS))
def _crossed(values: Any, other: Any) -> Any:
    steps, symbols = values.shape
    found = np.zeros((steps, symbols), np.bool_)
    before = np.ones(symbols, np.bool_)  # above at the last known bar; nothing is crossed at the first one
    for t in range(steps):
        for s in range(symbols):
            left, right = values[t, s], other[t, s]
            above = left > right
            if above:
                found[t, s] = not before[s]
                before[s] = True
            elif left <= right:
                before[s] = False
    return found
