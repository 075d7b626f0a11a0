"""Single days minute by minute (分时): price, average and volume on an axis without breaks. Blocking."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import numpy as np

from quantdesk.core.bars.frame import Bars, FloatArray
from quantdesk.core.bars.minutes import MINUTES
from quantdesk.core.bars.sessions import Placed, Sessions, place
from quantdesk.core.instruments.symbol import kind_of
from quantdesk.core.rules.book import rulebook
from quantdesk.features.market.errors import BarsNotStored
from quantdesk.features.market.futures.schemas import IntradayDay, IntradaySeries, SessionSpan
from quantdesk.ports.bar_store import BarStore, Coverage

_FAR = 0.2
"""An average farther from the price than this fraction has turnover in another unit than it should be."""

Base = tuple[float | None, Literal["preclose", "last_close", "settlement"] | None]


def finest_coverage(store: BarStore, symbol: str) -> Coverage:
    """Give the coverage of the finest bars within the day. Raise BarsNotStored when there are none."""
    for interval in MINUTES:
        if (coverage := store.coverage(symbol, interval)) is not None:
            return coverage
    raise BarsNotStored(f"no minute bars of {symbol} are stored; import a file that has them, or fetch them")


def intraday_series(store: BarStore, coverage: Coverage, days: int, date: dt.date | None) -> IntradaySeries:
    """Give the last `days` stored days up to `date`. Raise BarsNotStored."""
    bars = store.read(coverage.symbol, coverage.interval)
    if bars is None:
        raise BarsNotStored(f"no minute bars of {coverage.symbol} are stored", symbol=coverage.symbol)
    placed = place(bars)
    every = np.unique(placed.day)
    shown = every if date is None else every[every <= np.datetime64(date)]
    daily = store.read(coverage.symbol, "1d")
    return IntradaySeries(
        symbol=coverage.symbol,
        interval=coverage.interval,
        days=[
            _day(bars, placed, daily, int(at), placed.sessions[at])
            for at in range(max(len(shown) - days, 0), len(shown))
        ],
        source=coverage.source,
        updated_at=coverage.updated_at,
    )


def _day(bars: Bars, placed: Placed, daily: Bars | None, at: int, sessions: Sessions) -> IntradayDay:
    """Give the trading day at this place among the stored ones."""
    day = np.unique(placed.day)[at]
    lo, hi = (int(np.searchsorted(placed.day, day, side)) for side in ("left", "right"))
    part, number = bars.take(slice(lo, hi)), placed.number[lo:hi]
    if number[0] > sessions.night_minutes:
        # After a holiday there was no night before: its place is not kept.
        number = number - sessions.night_minutes
        sessions = Sessions(sessions.spans[sessions.night :])
    base, kind = _base(daily, day, None if lo == 0 else (placed.day[lo - 1], float(bars.close[lo - 1])))
    return IntradayDay(
        date=day.item(),
        base=base,
        base_kind=kind,
        sessions=[
            SessionSpan(start=_clock(start), end=_clock(end), minutes=end - start) for start, end in sessions.spans
        ],
        time=[one.replace(tzinfo=dt.UTC) for one in part.time.astype("datetime64[s]").tolist()],
        minute=number.tolist(),
        price=part.close.tolist(),
        average=_known(_average(part)),
        volume=part.volume.tolist(),
        amount=_known(part.amount),
        open_interest=None if part.open_interest is None else _known(part.open_interest),
    )


def _base(daily: Bars | None, day: np.datetime64, before: tuple[np.datetime64, float] | None) -> Base:
    """Give what the day's changes are counted from; `before` is the last bar within the day before it."""
    row = 0 if daily is None else int(np.searchsorted(daily.time, day))
    if daily is not None and row < len(daily) and daily.time[row] == day and np.isfinite(daily.preclose[row]):
        return float(daily.preclose[row]), "preclose"
    if daily is not None and row and (before is None or before[0] <= daily.time[row - 1]):
        settle = np.nan if daily.settle is None else daily.settle[row - 1]
        if np.isfinite(settle):
            return float(settle), "settlement"
        return float(daily.close[row - 1]), "last_close"
    return (before[1], "last_close") if before else (None, None)


def _average(bars: Bars) -> FloatArray:
    """Give the average price so far of each bar; NaN for an index, and where turnover is unknown or in other units."""
    nothing = np.full(len(bars), np.nan)
    if kind_of(bars.symbol) == "index":
        return nothing
    contract = rulebook().contract(rulebook().subject(bars.symbol))
    volume = np.cumsum(bars.volume) * (1 if contract is None else contract.multiplier)
    average = np.divide(np.cumsum(bars.amount), volume, out=nothing, where=volume > 0)
    away = np.abs(average / bars.close - 1)
    return np.full(len(bars), np.nan) if np.nanmax(away, initial=0) > _FAR else average


def _known(values: FloatArray) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), 6) for value in values]


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"
