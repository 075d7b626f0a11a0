"""Variance, skewness, kurtosis, covariance, correlation: central moments carried from day to day.

A value is put into or taken out of a window in a few steps (Welford; Pébay 2008, SAND2008-6212). What rounding leaves
is bounded: the moments are computed anew when the window has been replaced once, and at once when a value goes that
was most of them.
"""

from __future__ import annotations

import numpy as np

from quantdesk.core.bars.frame import FloatArray
from quantdesk.core.execution.jit import entry, kernel
from quantdesk.core.expressions.spans import IntArray

VARIANCE, DEVIATION, SKEWNESS, KURTOSIS = range(4)
COVARIANCE, CORRELATION = range(2)

_FALL = 1e-3
"""Part of their height since the last fresh start that the squares may fall to before they are computed anew."""
_NOTHING = 1e-14
"""A variance that pandas takes for none where it divides by it."""


@kernel
def _put(n: int, mean: float, m2: float, m3: float, m4: float, value: float) -> tuple[float, float, float, float]:
    """Give the moments of n values once `value` is the n-th of them."""
    off = value - mean
    part = off / n
    square = off * part * (n - 1)
    m4 += square * part * part * (n * n - 3.0 * n + 3.0) + 6.0 * part * part * m2 - 4.0 * part * m3
    m3 += square * part * (n - 2) - 3.0 * part * m2
    return mean + part, m2 + square, m3, m4


@kernel
def _take(n: int, mean: float, m2: float, m3: float, m4: float, value: float) -> tuple[float, float, float, float]:
    """Give the moments of what is left of n values (two or more) without `value`: `_put` undone."""
    before = mean - (value - mean) / (n - 1)
    off = value - before
    part = off / n
    square = off * part * (n - 1)
    m2 = max(m2 - square, 0.0)
    m3 -= square * part * (n - 2) - 3.0 * part * m2
    m4 -= square * part * part * (n * n - 3.0 * n + 3.0) + 6.0 * part * part * m2 - 4.0 * part * m3
    return before, m2, m3, m4


@kernel
def _fresh(values: FloatArray) -> tuple[float, float, float, float]:
    """Compute the moments of all finite values in two passes."""
    n, total = 0, 0.0
    for value in values:
        if np.isfinite(value):
            n += 1
            total += value
    mean = total / n
    m2, m3, m4 = 0.0, 0.0, 0.0
    for value in values:
        if np.isfinite(value):
            off = value - mean
            m2 += off * off
            m3 += off * off * off
            m4 += off * off * off * off
    return mean, m2, m3, m4


@entry
def moments(values: FloatArray, first: IntArray, stop: IntArray, window: int, what: int) -> FloatArray:
    """Give variance or standard deviation (n-1), skewness or excess kurtosis (unbiased) of the last `window` days.

    NaN with fewer than 2, 3 or 4 values. Where all are the same: 0, and a kurtosis of -3, as pandas gives them.
    """
    out = np.full(values.shape, np.nan)
    least = (2, 2, 3, 4)[what]
    for row in range(values.shape[0]):
        begin = first[row]
        mean, m2, m3, m4, height = 0.0, 0.0, 0.0, 0.0, 0.0
        n, same, taken = 0, 0, 0
        last = np.nan
        for day in range(begin, stop[row]):
            left = begin
            if window > 0 and day - window >= begin:
                left = day - window + 1
                old = values[row, day - window]
                taken += 1
                if np.isfinite(old):
                    if n > 1:
                        mean, m2, m3, m4 = _take(n, mean, m2, m3, m4, old)
                    else:
                        mean, m2, m3, m4 = 0.0, 0.0, 0.0, 0.0
                    n -= 1
            value = values[row, day]
            if np.isfinite(value):
                n += 1
                mean, m2, m3, m4 = _put(n, mean, m2, m3, m4, value)
                same = same + 1 if value == last else 1
                last = value
            if n == 0:
                height = 0.0
                continue
            if taken > 0 and (taken >= window or m2 < _FALL * height):
                mean, m2, m3, m4 = _fresh(values[row, left : day + 1])
                taken, height = 0, m2
            height = max(height, m2)
            if n < least:
                continue
            flat = same >= n
            if what == VARIANCE:
                out[row, day] = 0.0 if flat else m2 / (n - 1)
            elif what == DEVIATION:
                out[row, day] = 0.0 if flat else np.sqrt(m2 / (n - 1))
            elif flat:
                out[row, day] = 0.0 if what == SKEWNESS else -3.0
            elif m2 / n > _NOTHING:
                b = m2 / n
                if what == SKEWNESS:
                    out[row, day] = np.sqrt(n * (n - 1.0)) * (m3 / n) / ((n - 2) * b * np.sqrt(b))
                else:
                    fourth = (n * n - 1.0) * (m4 / n) / (b * b) - 3.0 * (n - 1.0) ** 2
                    out[row, day] = fourth / ((n - 2.0) * (n - 3.0))
    return out


@entry
def together(
    left: FloatArray, right: FloatArray, first: IntArray, stop: IntArray, window: int, what: int
) -> FloatArray:
    """Give covariance (n-1) or correlation of the last `window` days on which both have a value.

    NaN with fewer than 2 of them; a correlation is NaN too where one side does not change.
    """
    out = np.full(left.shape, np.nan)
    for row in range(left.shape[0]):
        begin = first[row]
        x, y, xx, yy, xy, x_height, y_height = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        n, taken, x_same, y_same = 0, 0, 0, 0
        x_last, y_last = np.nan, np.nan
        for day in range(begin, stop[row]):
            oldest = begin
            if window > 0 and day - window >= begin:
                oldest = day - window + 1
                taken += 1
                a, b = left[row, day - window], right[row, day - window]
                if np.isfinite(a) and np.isfinite(b):
                    if n > 1:
                        x_before, y_before = x - (a - x) / (n - 1), y - (b - y) / (n - 1)
                        xx -= (a - x_before) * (a - x)
                        yy -= (b - y_before) * (b - y)
                        xy -= (a - x_before) * (b - y)
                        x, y = x_before, y_before
                    else:
                        x, y, xx, yy, xy = 0.0, 0.0, 0.0, 0.0, 0.0
                    n -= 1
            a, b = left[row, day], right[row, day]
            if np.isfinite(a) and np.isfinite(b):
                n += 1
                x_before, y_before = x, y
                x += (a - x) / n
                y += (b - y) / n
                xx += (a - x_before) * (a - x)
                yy += (b - y_before) * (b - y)
                xy += (a - x_before) * (b - y)
                x_same = x_same + 1 if a == x_last else 1
                y_same = y_same + 1 if b == y_last else 1
                x_last, y_last = a, b
            if n == 0:
                x_height, y_height = 0.0, 0.0
                continue
            if taken > 0 and (taken >= window or xx < _FALL * x_height or yy < _FALL * y_height):
                x, y, xx, yy, xy = _fresh_pair(left[row, oldest : day + 1], right[row, oldest : day + 1])
                taken, x_height, y_height = 0, xx, yy
            x_height, y_height = max(x_height, xx), max(y_height, yy)
            if n < 2:
                continue
            flat = x_same >= n or y_same >= n
            if what == COVARIANCE:
                out[row, day] = 0.0 if flat else xy / (n - 1)
            elif not flat and xx > 0 and yy > 0:
                out[row, day] = xy / (np.sqrt(xx) * np.sqrt(yy))
    return out


@kernel
def _fresh_pair(left: FloatArray, right: FloatArray) -> tuple[float, float, float, float, float]:
    n, x, y = 0, 0.0, 0.0
    for at in range(len(left)):
        if np.isfinite(left[at]) and np.isfinite(right[at]):
            n += 1
            x += left[at]
            y += right[at]
    x /= n
    y /= n
    xx, yy, xy = 0.0, 0.0, 0.0
    for at in range(len(left)):
        if np.isfinite(left[at]) and np.isfinite(right[at]):
            xx += (left[at] - x) ** 2
            yy += (right[at] - y) ** 2
            xy += (left[at] - x) * (right[at] - y)
    return x, y, xx, yy, xy
