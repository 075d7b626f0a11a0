"""Fewer points for a chart, never losing an extreme."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import Bars, FloatArray
from quantdesk.core.bars.resample import aggregate

Index = NDArray[np.intp]


def bucket_starts(rows: int, max_points: int) -> Index:
    """Give the first row of each of at most `max_points` runs of nearly equal length.

    Raise ValueError below 1.
    """
    if max_points < 1:
        raise ValueError(f"max_points is {max_points}; ask for at least 1")
    buckets = min(rows, max_points)
    return np.arange(buckets, dtype=np.intp) * rows // max(buckets, 1)


def bucket_ends(rows: int, max_points: int) -> Index:
    """Give the last row of each run of bucket_starts: a line over thinned bars takes its values there."""
    starts = bucket_starts(rows, max_points)
    return np.append(starts[1:], rows).astype(np.intp) - 1 if len(starts) else starts


def thin_bars(bars: Bars, max_points: int) -> Bars:
    """Join neighbouring bars until at most `max_points` are left.

    Each run gives its first open, highest high, lowest low, last close and date, and total volume. Bars
    that are few enough come back as they are.
    """
    if len(bars) <= max_points:
        return bars
    return aggregate(bars, bucket_starts(len(bars), max_points))


def thin_line(values: FloatArray, max_points: int) -> Index:
    """Give the increasing rows to keep of a line: first, last, and each run's lowest and highest value.

    At most `max_points` rows (4 or more, else ValueError); all of them when they are few enough. Runs of
    NaN keep one row, so that the gap stays visible.
    """
    if max_points < 4:
        raise ValueError(f"max_points is {max_points}; a line needs at least 4")
    rows = len(values)
    if rows <= max_points:
        return np.arange(rows, dtype=np.intp)
    starts = bucket_starts(rows, (max_points - 2) // 2)
    lengths = np.diff(np.append(starts, rows))
    bucket = np.repeat(np.arange(len(starts)), lengths)
    missing = np.isnan(values)
    # Sorted by (bucket, value), each bucket's lowest comes first; with gaps as -inf, its highest comes last.
    lowest = np.lexsort((np.where(missing, np.inf, values), bucket))[starts]
    highest = np.lexsort((np.where(missing, -np.inf, values), bucket))[starts + lengths - 1]
    return np.unique(np.concatenate(([0], lowest, highest, [rows - 1]))).astype(np.intp)
