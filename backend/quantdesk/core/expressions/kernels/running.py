"""Sums, means, linear trends and exponential means."""

from __future__ import annotations

import numpy as np

from quantdesk.core.bars.frame import FloatArray
from quantdesk.core.execution.jit import entry, kernel
from quantdesk.core.expressions.spans import IntArray

SUM, MEAN, COUNT = range(3)
SLOPE, RSQUARE, RESIDUAL, WEIGHTED = range(4)


@kernel
def _add(total: float, rest: float, value: float) -> tuple[float, float]:
    """Add to a sum kept in two parts, so that what is taken out later leaves nothing behind (Knuth's TwoSum)."""
    new = total + value
    part = new - total
    return new, rest + ((total - (new - part)) + (value - part))


@entry
def sums(values: FloatArray, first: IntArray, stop: IntArray, window: int, what: int) -> FloatArray:
    """Give the sum or mean of the last `window` values that are not missing, or their count (infinite ones too)."""
    out = np.full(values.shape, np.nan)
    for row in range(values.shape[0]):
        begin = first[row]
        total, rest = 0.0, 0.0
        count, same = 0, 0
        last = np.nan
        for day in range(begin, stop[row]):
            if window > 0 and day - window >= begin:
                old = values[row, day - window]
                if np.isfinite(old) or (what == COUNT and not np.isnan(old)):
                    count -= 1
                    total, rest = _add(total, rest, -old)
            value = values[row, day]
            if what == COUNT:
                if not np.isnan(value):
                    count += 1
                out[row, day] = count
                continue
            if np.isfinite(value):
                count += 1
                total, rest = _add(total, rest, value)
                same = same + 1 if value == last else 1
                last = value
            if count == 0:
                total, rest = 0.0, 0.0
            elif same >= count:  # exact where nothing changes
                out[row, day] = last if what == MEAN else last * count
            else:
                out[row, day] = (total + rest) / count if what == MEAN else total + rest
    return out


@entry
def trends(values: FloatArray, first: IntArray, stop: IntArray, window: int, what: int) -> FloatArray:
    """Fit a line over the last `window` days: its slope, r², or the last day's residual; or weight the days 1, 2, 3 ….

    Days are numbered, the last one `window` (or how many there are so far); one without a value is left out, a line
    through an infinite one is none. Formulas: qlib 0.9.7, data/_libs/rolling.pyx; the weighted mean is data/ops.py's
    WMA, whose weights of all days sum to 1 and whose sum is divided once more, by the number of values.
    """
    out = np.full(values.shape, np.nan)
    for row in range(values.shape[0]):
        begin = first[row]
        y, y_rest, xy, xy_rest, yy, yy_rest = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        n, x, xx = 0, 0, 0
        infinite, same = 0, 0
        last = np.nan
        for day in range(begin, stop[row]):
            number = window if window > 0 else day - begin + 1
            if window > 0:
                xy, xy_rest = _add(xy, xy_rest, -y)  # every day gets one number less
                xy_rest -= y_rest
                xx += n - 2 * x
                x -= n
                if day - window >= begin:
                    old = values[row, day - window]
                    if np.isfinite(old):  # its number is 0 by now
                        n -= 1
                        y, y_rest = _add(y, y_rest, -old)
                        yy, yy_rest = _add(yy, yy_rest, -old * old)
                    elif np.isinf(old):
                        infinite -= 1
            value = values[row, day]
            if np.isfinite(value):
                n += 1
                x += number
                xx += number * number
                y, y_rest = _add(y, y_rest, value)
                xy, xy_rest = _add(xy, xy_rest, number * value)
                yy, yy_rest = _add(yy, yy_rest, value * value)
                same = same + 1 if value == last else 1
                last = value
            elif np.isinf(value):
                infinite += 1
            if n == 0:
                y, y_rest, xy, xy_rest, yy, yy_rest = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
                continue
            if what == WEIGHTED:
                days = min(number, day - begin + 1)
                weighted = (xy - (number - days) * y) + (xy_rest - (number - days) * y_rest)
                out[row, day] = weighted / (days * (days + 1) / 2) / n
                continue
            if n < 2 or infinite > 0:
                continue
            flat = same >= n
            spread = float(n * xx - x * x)
            along = 0.0 if flat else (n * xy - x * y) + (n * xy_rest - x * y_rest)
            if what == SLOPE:
                out[row, day] = along / spread
            elif what == RSQUARE:
                across = (n * yy - y * y) + (n * yy_rest - 2 * y * y_rest)
                if not flat and across > 0:
                    out[row, day] = along * along / (spread * across)
            elif np.isfinite(value):
                out[row, day] = (value - (y + y_rest) / n) - along / spread * (number - x / n)
    return out


@entry
def exponential(values: FloatArray, first: IntArray, stop: IntArray, alpha: float) -> FloatArray:
    """Give the mean whose weights fall by 1-alpha a day, missing days included (pandas: ewm, adjusted).

    With an alpha of 0 the weights fall by 1 - 2 / (days + 1), anew each day, as qlib's EMA(x, 0) has it: the days' sum
    without the missing ones, over the weights of all.
    """
    out = np.full(values.shape, np.nan)
    for row in range(values.shape[0]):
        begin = first[row]
        seen = False
        mean, weight = 0.0, 0.0
        for day in range(begin, stop[row]):
            value = values[row, day]
            known = np.isfinite(value)
            seen = seen or known
            if alpha == 0.0:
                if seen:
                    days = day - begin + 1
                    keep = 1.0 - 2.0 / (1.0 + days)
                    mean, weight = 0.0, 0.0
                    for at in range(begin, day + 1):
                        past = values[row, at]
                        mean = mean * keep + (past if np.isfinite(past) else 0.0)
                        weight = weight * keep + 1.0
                    out[row, day] = mean / weight
                continue
            weight *= 1.0 - alpha
            if known:
                mean = value if weight == 0.0 else mean + (value - mean) / (weight + 1.0)
                weight += 1.0
            if seen:
                out[row, day] = mean
    return out
