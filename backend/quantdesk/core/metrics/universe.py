"""Returns of a run's symbols, and the index that holds them at equal weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quantdesk.core.bars.adjust import cumulative_factor
from quantdesk.core.bars.frame import Bars, TimeArray
from quantdesk.core.metrics.returns import FloatArray

HISTORY = 260
"""Trading days before the run that the index reaches back to, where bars are stored."""


@dataclass(frozen=True, slots=True)
class Universe:
    calendar: TimeArray
    """Up to 260 trading days before the run, and its days."""
    first: int
    """Row of the run's first day."""
    symbols: list[str]
    """Those with a bar."""
    returns: FloatArray
    """[days, symbols] total daily returns (dividends and new shares counted in); NaN where a symbol has no bar on
    or before the day before, or none any more."""

    @property
    def in_run(self) -> FloatArray:
        return self.returns[self.first :]


def universe_of(run_days: TimeArray, symbols: Sequence[str], raw_bars: Mapping[str, Bars]) -> Universe:
    """Make the returns of the symbols from raw bars by their ex-right previous closes; suspended days give 0."""
    stored = [bars for symbol in symbols if (bars := raw_bars.get(symbol)) is not None and len(bars)]
    before: TimeArray = np.array([], dtype="datetime64[D]")
    for bars in stored:
        days = bars.time.astype("datetime64[D]", copy=False)
        earlier = days[: np.searchsorted(days, run_days[0])]
        if len(earlier) > len(before):
            before = earlier
    before = before[-HISTORY:]
    calendar = np.concatenate([before, run_days])
    closes = np.full((len(calendar), len(stored)), np.nan)
    for column, bars in enumerate(stored):
        closes[:, column] = _total_return_closes(calendar, bars)
    returns = np.full(closes.shape, np.nan)
    returns[1:] = closes[1:] / closes[:-1] - 1.0
    return Universe(calendar, len(before), [bars.symbol for bars in stored], returns)


def equal_weight_returns(returns: FloatArray) -> FloatArray:
    """Give the mean return of those that have one, each day; 0 where nobody has."""
    known = np.isfinite(returns)
    count = known.sum(axis=1)
    total = np.where(known, returns, 0.0).sum(axis=1)
    mean: FloatArray = np.divide(total, count, out=np.zeros(len(returns)), where=count > 0)
    return mean


def _total_return_closes(calendar: TimeArray, bars: Bars) -> FloatArray:
    """Give closes x cumulative factor on the calendar: the last known one, NaN before the first and after the last."""
    days = bars.time.astype("datetime64[D]", copy=False)
    rows = slice(int(np.searchsorted(days, calendar[0])), int(np.searchsorted(days, calendar[-1], "right")))
    # One bar more in front: it tells the first day's return.
    rows = slice(max(rows.start - 1, 0), rows.stop)
    days = days[rows]
    if not len(days):
        return np.full(len(calendar), np.nan)
    part = bars.take(rows)
    close = part.close * cumulative_factor(part)
    if len(days) == len(calendar) and np.array_equal(days, calendar):
        return close
    last = np.searchsorted(days, calendar, side="right") - 1
    known = (last >= 0) & (calendar <= days[-1])
    return np.where(known, close[np.maximum(last, 0)], np.nan)
