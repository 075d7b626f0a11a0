"""How much of each month is there."""

from __future__ import annotations

from typing import Any

import numpy as np

from quantdesk.core.bars.frame import FloatArray, TimeArray


def months_between(first: Any, last: Any) -> TimeArray:
    """Give the months from one day's to another's, both included (datetime64[M])."""
    return np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)


def month_shares(days: TimeArray, due: TimeArray, months: TimeArray) -> FloatArray:
    """Give for each month the share of its due days that are there, 0 to 1; NaN for a month without due days.

    `days` are the days of the bars, `due` the trading days on which there should be one, both increasing.
    """
    there = due[np.isin(due, days)]
    edges = np.append(months, months[-1:] + 1).astype("datetime64[D]")
    expected = np.diff(np.searchsorted(due, edges)).astype(np.float64)
    held = np.diff(np.searchsorted(there, edges)).astype(np.float64)
    shares: FloatArray = np.divide(held, expected, out=np.full(len(months), np.nan), where=expected > 0)
    return shares
