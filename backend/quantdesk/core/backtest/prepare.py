"""From stored bars to what an engine runs on: adjusted, cut to the dates, without days that cannot trade."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.adjust import adjust
from quantdesk.core.bars.frame import Bars, FloatArray, TimeArray


class NoBarsError(ValueError):
    """None of the symbols has a bar between start and end."""


@dataclass(frozen=True, slots=True)
class Prepared:
    feeds: list[Bars]
    """One per symbol that has tradable bars, in the order of the spec; adjusted, suspended days dropped."""
    calendar: TimeArray
    """Every trading day in the range that any symbol (suspended or not) or the benchmark knows, ascending."""
    benchmark: FloatArray | None
    """Closes scaled to the starting cash, one per calendar day; NaN before the first."""
    without_bars: list[str]
    """Symbols of the spec with no tradable bar in the range."""
    sha256: str

    @property
    def days(self) -> list[dt.date]:
        return [day.item() for day in self.calendar]


def prepare(spec: BacktestSpec, bars: Mapping[str, Bars]) -> Prepared:
    """Make the engine's input from raw bars, by symbol, of at least the spec's symbols and benchmark.

    qfq is taken as of the last day of the backtest, so a run never sees a later corporate action. A suspended
    day is dropped from the feed (an order waits for the next day with trading) and kept in the calendar.

    Raises:
        NoBarsError: no symbol has a tradable bar between start and end.
    """
    feeds: list[Bars] = []
    without: list[str] = []
    calendars: list[TimeArray] = []
    digest = hashlib.sha256()
    for symbol in spec.symbols:
        adjusted = _adjusted(spec, bars.get(symbol))
        tradable = None if adjusted is None else adjusted.take(_tradable(adjusted))
        if adjusted is None or tradable is None or not len(tradable):
            without.append(symbol)
            continue
        calendars.append(adjusted.time)
        feeds.append(tradable)
        _add_to(digest, tradable)
    if not feeds:
        raise NoBarsError(
            f"no bars between {spec.start} and {spec.end} for {', '.join(spec.symbols[:5])}"
            f"{' …' if len(spec.symbols) > 5 else ''}; import them or choose other dates"
        )
    index = _adjusted(spec, bars.get(spec.benchmark)) if spec.benchmark else None
    if index is not None and len(index):
        calendars.append(index.time)
        _add_to(digest, index)
    calendar = np.unique(np.concatenate(calendars)).astype("datetime64[D]")
    return Prepared(
        feeds=feeds,
        calendar=calendar,
        benchmark=None if index is None or not len(index) else _scaled(index, calendar, float(spec.cash)),
        without_bars=without,
        sha256=digest.hexdigest(),
    )


def align(calendar: TimeArray, days: TimeArray, values: FloatArray, before: float) -> FloatArray:
    """Put values of ascending `days` on the calendar, each holding until the next; `before` fills the start."""
    position = np.searchsorted(days, calendar, side="right") - 1
    if not len(days):
        return np.full(len(calendar), before)
    return np.where(position < 0, before, values[np.maximum(position, 0)])


def _adjusted(spec: BacktestSpec, bars: Bars | None) -> Bars | None:
    if bars is None or not len(bars):
        return None
    return adjust(bars.between(None, spec.end), spec.adjustment, spec.end).between(spec.start, spec.end)


def _tradable(bars: Bars) -> np.ndarray:
    prices = np.isfinite(bars.open) & np.isfinite(bars.high) & np.isfinite(bars.low) & np.isfinite(bars.close)
    return np.asarray(prices & (bars.close > 0.0) & ~bars.suspended)


def _scaled(index: Bars, calendar: TimeArray, cash: float) -> FloatArray:
    known = index.take(np.isfinite(index.close) & (index.close > 0.0))
    aligned = align(calendar, known.time, known.close, np.nan)
    first = aligned[np.isfinite(aligned)]
    return aligned / first[0] * cash if len(first) else aligned


def _add_to(digest: hashlib._Hash, bars: Bars) -> None:
    digest.update(bars.symbol.encode())
    digest.update(bars.time.astype("datetime64[D]").astype("<i8").tobytes())
    for column in (bars.open, bars.high, bars.low, bars.close, bars.volume):
        digest.update(np.ascontiguousarray(column, dtype="<f8").tobytes())
