"""From stored bars to what an engine runs on: adjusted, cut to the dates, without days that cannot trade."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.adjust import adjust, cumulative_factor
from quantdesk.core.bars.frame import Bars, FloatArray, TimeArray
from quantdesk.core.instruments.actions import CorporateAction


class NoBarsError(ValueError):
    """None of the symbols has a bar between start and end."""


@dataclass(frozen=True, slots=True)
class Prepared:
    feeds: list[Bars]
    """One per symbol that has tradable bars, in the order of the spec; adjusted, suspended days dropped."""
    bars: list[Bars]
    """The same with the suspended days."""
    scales: list[FloatArray] | None
    """Adjusted / raw price of each of `bars`; None when they are raw."""
    actions: dict[str, list[CorporateAction]]
    """What happens to positions at raw prices; empty when the prices are adjusted."""
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


def prepare(
    spec: BacktestSpec, bars: Mapping[str, Bars], actions: Mapping[str, Sequence[CorporateAction]] | None = None
) -> Prepared:
    """Make the engine's input from raw bars, by symbol, of at least the spec's symbols and benchmark.

    qfq is taken as of the last day of the backtest, so a run never sees a later corporate action. A suspended
    day is dropped from the feed (an order waits for the next day with trading) and kept in the calendar.

    Raises:
        NoBarsError: no symbol has a tradable bar between start and end.
    """
    feeds: list[Bars] = []
    whole: list[Bars] = []
    scales: list[FloatArray] = []
    without: list[str] = []
    calendars: list[TimeArray] = []
    digest = hashlib.sha256()
    for symbol in spec.symbols:
        adjusted, scale = _adjusted(spec, bars.get(symbol))
        tradable = None if adjusted is None else adjusted.take(_tradable(adjusted))
        if adjusted is None or tradable is None or not len(tradable):
            without.append(symbol)
            continue
        calendars.append(adjusted.time)
        feeds.append(tradable)
        whole.append(adjusted)
        scales.append(scale)
        add_to(digest, tradable)
    if not feeds:
        raise NoBarsError(
            f"no bars between {spec.start} and {spec.end} for {', '.join(spec.symbols[:5])}"
            f"{' …' if len(spec.symbols) > 5 else ''}; import them or choose other dates"
        )
    index = _adjusted(spec, bars.get(spec.benchmark))[0] if spec.benchmark else None
    if index is not None and len(index):
        calendars.append(index.time)
        add_to(digest, index)
    calendar = np.unique(np.concatenate(calendars)).astype("datetime64[D]")
    raw = spec.adjustment == "none"
    applied = {
        bar.symbol: [action for action in (actions or {}).get(bar.symbol, ()) if raw and action.ex_date <= spec.end]
        for bar in whole
    }
    for symbol, known in applied.items():
        if known:
            digest.update(repr((symbol, known)).encode())
    return Prepared(
        feeds=feeds,
        bars=whole,
        scales=None if raw else scales,
        actions=applied,
        calendar=calendar,
        benchmark=None if index is None or not len(index) else scaled(index, calendar, float(spec.cash)),
        without_bars=without,
        sha256=digest.hexdigest(),
    )


def align(calendar: TimeArray, days: TimeArray, values: FloatArray, before: float) -> FloatArray:
    """Put values of ascending `days` on the calendar, each holding until the next; `before` fills the start."""
    position = np.searchsorted(days, calendar, side="right") - 1
    if not len(days):
        return np.full(len(calendar), before)
    return np.where(position < 0, before, values[np.maximum(position, 0)])


def _adjusted(spec: BacktestSpec, bars: Bars | None) -> tuple[Bars | None, FloatArray]:
    """Give the bars of the range as the strategy sees them, and adjusted / raw price of each."""
    if bars is None or not len(bars):
        return None, np.ones(0)
    known = bars.between(None, spec.end)
    if not len(known):
        return None, np.ones(0)
    factor = np.ones(len(known))
    if spec.adjustment != "none":
        factor = cumulative_factor(known)
        if spec.adjustment == "qfq":
            factor = factor / factor[-1]
    first = int(np.searchsorted(known.time, np.datetime64(spec.start), "left"))
    return adjust(known, spec.adjustment, spec.end).take(slice(first, None)), factor[first:]


def _tradable(bars: Bars) -> np.ndarray:
    prices = np.isfinite(bars.open) & np.isfinite(bars.high) & np.isfinite(bars.low) & np.isfinite(bars.close)
    return np.asarray(prices & (bars.close > 0.0) & ~bars.suspended)


def scaled(index: Bars, calendar: TimeArray, cash: float) -> FloatArray:
    """Give an index's closes on the calendar, scaled so that the first is `cash`; NaN before it."""
    known = index.take(np.isfinite(index.close) & (index.close > 0.0))
    aligned = align(calendar, known.time, known.close, np.nan)
    first = aligned[np.isfinite(aligned)]
    return aligned / first[0] * cash if len(first) else aligned


def add_to(digest: hashlib._Hash, bars: Bars) -> None:
    """Add the bars that a run used to the digest of its data: every column, as limits rest on the last three."""
    digest.update(bars.symbol.encode())
    digest.update(bars.time.astype("datetime64[D]").astype("<i8").tobytes())
    for column in (bars.open, bars.high, bars.low, bars.close, bars.volume, bars.amount, bars.preclose):
        digest.update(np.ascontiguousarray(column, dtype="<f8").tobytes())
    digest.update(bars.suspended.tobytes())
    digest.update(bars.is_st.tobytes())
