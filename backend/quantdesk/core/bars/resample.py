"""Weekly and monthly bars from daily ones."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import Bars


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
    return aggregate(traded, np.flatnonzero(np.diff(period, prepend=period[:1] - 1)), interval=interval)


def aggregate(bars: Bars, starts: NDArray[np.intp], *, interval: Literal["1d", "1w", "1M"] | None = None) -> Bars:
    """Join runs of bars: each begins at an index of `starts` (increasing, first 0) and ends before the next.

    Open and previous close come from the run's first bar, close, date and flags from its last.
    """
    ends = np.append(starts[1:], len(bars)) - 1 if len(starts) else starts
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
    )
