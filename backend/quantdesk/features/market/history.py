"""All stored bars of an instrument in the interval asked for: as stored, or made of finer ones. Blocking."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from quantdesk.core.backtest.spec import Adjustment
from quantdesk.core.bars.adjust import adjust, adjusting_factor
from quantdesk.core.bars.frame import Bars, Interval, TimeArray
from quantdesk.core.bars.minutes import MINUTES
from quantdesk.core.bars.resample import days_of_minutes, resample, resample_minutes
from quantdesk.core.bars.sessions import Placed, place
from quantdesk.features.market.errors import BarsNotStored
from quantdesk.ports.bar_store import BarStore, Coverage

_PRICES = ("open", "high", "low", "close", "preclose")


@dataclass(frozen=True, slots=True, eq=False)
class History:
    bars: Bars
    """In the interval asked for, adjusted."""
    days: TimeArray
    """The trading day of each bar: of daily and longer ones their own date."""
    adjust: Adjustment
    """`none` where the daily bars are missing that adjusted bars within the day would need."""


def is_intraday(interval: Interval) -> bool:
    return interval in MINUTES


def coverage_of(store: BarStore, symbol: str, interval: Interval = "1d") -> Coverage:
    """Give the coverage of what the interval is read from: itself, or the coarsest finer one that is stored.

    Raise BarsNotStored when there is none.
    """
    for one in _readable_from(interval):
        if (coverage := store.coverage(symbol, one)) is not None:
            return coverage
    raise BarsNotStored(
        f"no {interval} bars of {symbol} are stored, nor finer ones; import a file that has them, or fetch them",
        symbol=symbol,
        interval=interval,
    )


def history(
    store: BarStore,
    coverage: Coverage,
    interval: Interval,
    *,
    adjustment: Adjustment = "none",
    as_of: dt.date | None = None,
    known_at: dt.datetime | None = None,
) -> History:
    """Give the bars of `coverage` in `interval`. Raise BarsNotStored when none were stored at `known_at`.

    Bars within the day are adjusted by the factor of their day, which the daily bars give.
    """
    symbol = coverage.symbol
    stored = store.read(symbol, coverage.interval, as_of=known_at)
    if stored is None or not len(stored):
        when = f" at {known_at.isoformat()}" if known_at else ""
        raise BarsNotStored(f"no bars of {symbol} are stored{when}", symbol=symbol)
    if coverage.interval == "1d":
        bars = adjust(stored, adjustment, as_of)
        bars = resample(bars, interval) if interval in ("1w", "1M") else bars
        return History(bars, bars.time, adjustment)
    placed = place(stored)
    daily = None if adjustment == "none" else store.read(symbol, "1d", as_of=known_at)
    if daily is not None and len(daily):
        factor = adjusting_factor(daily, adjustment, as_of)
        row = np.maximum(np.searchsorted(daily.time, placed.day, "right") - 1, 0)
        stored = replace(stored, **{name: getattr(stored, name) * factor[row] for name in _PRICES})
    applied = adjustment if daily is not None and len(daily) else "none"
    if interval == coverage.interval:
        return History(stored, placed.day, applied)
    bars = _coarser(stored, placed, interval)
    return History(bars, place(bars).day if is_intraday(interval) else bars.time, applied)


def _coarser(stored: Bars, placed: Placed, interval: Interval) -> Bars:
    if interval in ("5m", "15m", "30m", "60m"):
        return resample_minutes(stored, placed, interval)
    days = days_of_minutes(stored, placed)
    return resample(days, interval) if interval in ("1w", "1M") else days


def _readable_from(interval: Interval) -> list[Interval]:
    finest_first = list(MINUTES)
    if not is_intraday(interval):
        return ["1d", *reversed(finest_first)]
    step = MINUTES[interval]
    return cast("list[Interval]", [one for one in reversed(finest_first) if step % MINUTES[one] == 0])
