"""What rests on the order of the values: extremes, quantiles, ranks, and the cross-sections of a day."""

from __future__ import annotations

import numpy as np

from quantdesk.core.bars.frame import FloatArray
from quantdesk.core.execution.jit import entry, kernel
from quantdesk.core.expressions.spans import IntArray

EXTREME, PLACE = range(2)
QUANTILE, RANK = range(2)
CS_RANK, CS_MEAN, CS_STD, CS_DEMEAN, CS_ZSCORE, CS_WINSORIZE = range(6)


@entry
def extremes(values: FloatArray, first: IntArray, stop: IntArray, window: int, sign: float, what: int) -> FloatArray:
    """Give the largest (sign 1) or smallest (-1) of the last `window` values, or its place, 1 for the oldest day.

    The place is that of the first of equals, and of the first missing value where there is one (numpy's argmax).
    """
    out = np.full(values.shape, np.nan)
    queue = np.empty(values.shape[1], dtype=np.int64)  # days whose value no later one has passed, best first
    for row in range(values.shape[0]):
        begin = first[row]
        head, tail = 0, 0
        missing = begin  # no day before it in the window is missing
        for day in range(begin, stop[row]):
            left = day - window + 1 if window > 0 and day - window >= begin else begin
            value = values[row, day] * sign
            if np.isfinite(value):
                while tail > head and values[row, queue[tail - 1]] * sign < value:
                    tail -= 1
                queue[tail] = day
                tail += 1
            while head < tail and queue[head] < left:
                head += 1
            if head == tail:
                head, tail = 0, 0
                continue
            if what == EXTREME:
                out[row, day] = values[row, queue[head]]
                continue
            missing = max(missing, left)
            while missing <= day and np.isfinite(values[row, missing]):
                missing += 1
            out[row, day] = (missing if missing <= day else queue[head]) - left + 1
    return out


@kernel
def _below(ordered: FloatArray, n: int, value: float, equal: bool) -> int:
    """Count the first n values that are less than `value`, or (equal) not more."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if ordered[middle] < value or (equal and ordered[middle] == value):
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _quantile(ordered: FloatArray, n: int, share: float) -> float:
    """Interpolate linearly between the two nearest of n ordered values."""
    place = share * (n - 1)
    low = int(place)
    if low + 1 >= n or place == low:
        return float(ordered[low])
    return float(ordered[low] + (ordered[low + 1] - ordered[low]) * (place - low))


@kernel
def _rank(ordered: FloatArray, n: int, value: float) -> float:
    """Give the share of values up to `value`; equals share the mean of their ranks."""
    return (_below(ordered, n, value, False) + _below(ordered, n, value, True) + 1) / 2.0 / n


@entry
def ordered_windows(
    values: FloatArray, first: IntArray, stop: IntArray, window: int, share: float, what: int
) -> FloatArray:
    """Give a quantile of the last `window` values, or the rank of the last day's value among them, in (0, 1]."""
    out = np.full(values.shape, np.nan)
    ordered = np.empty(values.shape[1])
    for row in range(values.shape[0]):
        begin = first[row]
        n = 0
        for day in range(begin, stop[row]):
            if window > 0 and day - window >= begin:
                old = values[row, day - window]
                if np.isfinite(old):
                    n -= 1
                    for at in range(_below(ordered, n + 1, old, False), n):
                        ordered[at] = ordered[at + 1]
            value = values[row, day]
            known = np.isfinite(value)
            if known:
                place = _below(ordered, n, value, True)
                for at in range(n, place, -1):
                    ordered[at] = ordered[at - 1]
                ordered[place] = value
                n += 1
            if n > 0 and what == QUANTILE:
                out[row, day] = _quantile(ordered, n, share)
            elif known:
                out[row, day] = _rank(ordered, n, value)
    return out


@entry
def absolute_deviation(values: FloatArray, first: IntArray, stop: IntArray, window: int) -> FloatArray:
    """Give the mean distance of the last `window` values from their mean."""
    out = np.full(values.shape, np.nan)
    for row in range(values.shape[0]):
        begin = first[row]
        for day in range(begin, stop[row]):
            left = day - window + 1 if window > 0 and day - window >= begin else begin
            n, total = 0, 0.0
            for at in range(left, day + 1):
                if np.isfinite(values[row, at]):
                    n += 1
                    total += values[row, at]
            if n == 0:
                continue
            mean, total = total / n, 0.0
            for at in range(left, day + 1):
                if np.isfinite(values[row, at]):
                    total += abs(values[row, at] - mean)
            out[row, day] = total / n
    return out


@entry
def cross_section(values: FloatArray, share: float, what: int) -> FloatArray:
    """Set each value beside those of the other symbols on its day; a missing one stays missing and counts for none."""
    out = np.full(values.shape, np.nan)
    symbols = np.empty(values.shape[0], dtype=np.int64)
    known = np.empty(values.shape[0])
    for day in range(values.shape[1]):
        n = 0
        for row in range(values.shape[0]):
            if np.isfinite(values[row, day]):
                symbols[n] = row
                known[n] = values[row, day]
                n += 1
        if n == 0:
            continue
        if what in (CS_RANK, CS_WINSORIZE):
            ordered = np.sort(known[:n])
            low, high = _quantile(ordered, n, share), _quantile(ordered, n, 1.0 - share)
            for at in range(n):
                value = known[at]
                out[symbols[at], day] = _rank(ordered, n, value) if what == CS_RANK else min(max(value, low), high)
            continue
        mean = 0.0
        for at in range(n):
            mean += known[at]
        mean /= n
        square, flat = 0.0, True
        for at in range(n):
            square += (known[at] - mean) ** 2
            flat = flat and known[at] == known[0]
        deviation = np.nan if n < 2 else 0.0 if flat else np.sqrt(square / (n - 1))
        for at in range(n):
            off = 0.0 if flat else known[at] - mean
            if what == CS_MEAN:
                out[symbols[at], day] = known[0] if flat else mean
            elif what == CS_STD:
                out[symbols[at], day] = deviation
            elif what == CS_DEMEAN:
                out[symbols[at], day] = off
            elif deviation > 0.0:
                out[symbols[at], day] = off / deviation
    return out
