"""Checks of each bar's figures on their own: prices, volume and turnover, suspension, ST, price tick."""

from __future__ import annotations

from typing import Any

import numpy as np

from quantdesk.core.bars.frame import Bars, BoolArray, FloatArray
from quantdesk.core.quality.collect import Collected, runs, trading_days
from quantdesk.core.quality.market import Market, multipliers, ticks
from quantdesk.core.rules.subject import Subject

PRICES = ("open", "high", "low", "close")
_AVERAGE_ROOM = 0.005
"""By so much of the price an average may lie beyond high and low: turnover is rounded, and block and after-hours
trades may count in one of the two only."""
_LOTS = 100
_ST_DAYS = 3
"""A mark that changes for so few days was never given: an exchange gives and takes it for months."""
_ADJUSTED_SHARE = 0.02
"""Of the rows off the price tick (or below zero): so many are no slips, the series is adjusted."""
_ADJUSTED_ROWS = 5
_ADJUSTED_AVERAGES = 0.05
"""Of the rows with an average price outside of the day's range: so many, and prices and turnover are of two kinds."""
_RECENT = 250
"""An adjusted series ends on raw prices: its newest bars tell the unit of its volume."""


def check_prices(bars: Bars, found: Collected) -> BoolArray:
    """Report prices and volumes that cannot be; give the rows whose prices can be compared with others."""
    columns = {name: getattr(bars, name) for name in PRICES}
    finite = {name: np.isfinite(values) for name, values in columns.items()}
    wrong = found.first_of_each(
        "not_finite",
        bars.time,
        [(name, ~finite[name], None, None) for name in PRICES]
        + [("volume", ~np.isfinite(bars.volume), None, None)]
        + [(name, np.isinf(getattr(bars, name)), None, None) for name in ("amount", "preclose")],
    )
    with np.errstate(invalid="ignore"):
        wrong |= found.first_of_each(
            "not_positive",
            bars.time,
            [(name, finite[name] & (values <= 0), values, None) for name, values in columns.items()]
            + [("preclose", bars.preclose <= 0, bars.preclose, None)],
        )
        top = np.maximum(np.maximum(bars.open, bars.close), bars.low)
        bottom = np.minimum(bars.open, bars.close)
        wrong |= found.first_of_each(
            "ohlc_order",
            bars.time,
            [
                ("high", ~wrong & (bars.high < top), bars.high, top),
                ("low", ~wrong & (bars.low > bottom), bars.low, bottom),
            ],
        )
        found.first_of_each(
            "negative",
            bars.time,
            [("volume", bars.volume < 0, bars.volume, None), ("amount", bars.amount < 0, bars.amount, None)],
        )
    return ~wrong


def check_turnover(bars: Bars, sound: BoolArray, subject: Subject, market: Market, found: Collected) -> BoolArray:
    """Report volume and turnover that do not fit each other or the prices.

    Give the rows of a series whose prices are adjusted: turnover over volume is the raw price, far from them.
    """
    volume, amount = bars.volume, bars.amount
    none = np.zeros(len(bars), dtype=np.bool_)
    traded = ~bars.suspended
    with np.errstate(invalid="ignore", divide="ignore"):
        unpriced = traded & (amount > 0) & (volume == 0)
        found.add("amount_without_volume", bars.time[unpriced], field="volume", value=amount[unpriced])
        free = traded & (volume > 0) & (amount == 0)
        found.add("volume_without_amount", bars.time[free], field="amount", value=volume[free])
        if subject.kind == "index":
            return none  # its level is no price that volume was traded at
        unit = multipliers(market.book, subject, trading_days(bars.time))
        average = amount / volume / unit
        known = sound & traded & (volume > 0) & (amount > 0) & np.isfinite(average)
        if not known.any():
            return none
        factor = average / bars.close
        lots_throughout = bool(_near(np.median(factor[known][-_RECENT:]), _LOTS))
        if lots_throughout:
            at = np.flatnonzero(known)[:1]
            found.add(
                "unit_change",
                bars.time[at],
                field="volume",
                value=average[at],
                expected=bars.close[at],
                count=int(known.sum()),
                rows=bars.time[known],
            )
            average, factor = average / _LOTS, factor / _LOTS
        # Of a cheap or hardly traded bar the turnover is rounded to whole yuan.
        room = _AVERAGE_ROOM * bars.close + 1.0 / (volume * unit)
        outside = known & ((average > bars.high + room) | (average < bars.low - room))
        lots = outside & (_near(factor, _LOTS) | _near(factor, 1 / _LOTS))
    off = outside & ~lots
    if off.sum() >= _ADJUSTED_ROWS and off.sum() > _ADJUSTED_AVERAGES * known.sum():
        return outside
    stretches = runs(np.flatnonzero(lots))
    starts = np.array([first for first, _ in stretches], dtype=np.int64)
    lengths = [length for _, length in stretches]
    found.add(
        "unit_change",
        bars.time[starts],
        field="volume",
        value=average[starts],
        expected=bars.close[starts],
        count=lengths,
        rows=bars.time[lots],
    )
    held = np.where(average > bars.high, bars.high, bars.low)
    found.add("average_outside", bars.time[off], field="amount", value=average[off], expected=held[off])
    return none


def check_suspensions(bars: Bars, sound: BoolArray, found: Collected) -> BoolArray:
    """Report suspended days with trades or moves, days without trades, and ST marks that flip; give the flips."""
    with np.errstate(invalid="ignore"):
        traded = bars.suspended & ((bars.volume > 0) | (bars.amount > 0))
        before = np.concatenate(([np.nan], bars.close[:-1]))[: len(bars)]
        base = np.where(np.isfinite(bars.preclose), bars.preclose, before)
        still = bars.suspended & ~traded & sound & np.isfinite(base)
        room = 1e-6 * np.abs(base)
        moved = [
            (name, still & (np.abs(getattr(bars, name) - base) > room), getattr(bars, name), base)
            for name in ("close", "high", "low", "open")
        ]
        idle = ~bars.suspended & (bars.volume == 0) & ~(bars.amount > 0)
    found.add("suspended_traded", bars.time[traded], field="volume", value=bars.volume[traded])
    found.first_of_each("suspended_moved", bars.time, moved)
    found.add("no_volume", bars.time[idle], field="volume", value=bars.volume[idle])

    flips = np.zeros(len(bars), dtype=np.bool_)
    if bars.is_st.any() and not bars.is_st.all():
        changes = np.flatnonzero(np.diff(bars.is_st.astype(np.int8))) + 1
        edges = np.concatenate(([0], changes, [len(bars)]))
        lengths = np.diff(edges)
        # The first and the last run go on outside of the history.
        short = [n for n in range(1, len(lengths) - 1) if lengths[n] <= _ST_DAYS and lengths[n] < lengths[n - 1]]
        for n in short:
            flips[edges[n] : edges[n + 1]] = True
        starts = edges[:-1][short]
        found.add("st_flip", bars.time[starts], field="is_st", count=lengths[short])
    return flips


def check_ticks(
    bars: Bars, sound: BoolArray, averages: BoolArray, subject: Subject, market: Market, found: Collected
) -> bool:
    """Report prices off the price tick, or the whole series as adjusted; say whether it is.

    `averages` are rows whose turnover over volume says so.
    """
    tick = ticks(market.book, subject, trading_days(bars.time))
    off = {name: sound & off_tick(getattr(bars, name), tick) for name in PRICES}
    rows = off["open"] | off["high"] | off["low"] | off["close"]
    with np.errstate(invalid="ignore"):
        below = np.isfinite(bars.close) & (bars.close <= 0)
    # One slip below zero is no sign of adjustment, a stretch of days below zero is.
    stretch = max((length for _, length in runs(np.flatnonzero(below))), default=0)
    many = rows.sum() >= _ADJUSTED_ROWS and rows.sum() > _ADJUSTED_SHARE * len(bars)
    if many or stretch >= _ADJUSTED_ROWS or averages.any():
        odd = np.flatnonzero(rows | below | averages)
        found.add("looks_adjusted", bars.time[odd[:1]], field="close", count=len(odd), rows=bars.time[odd])
        return True
    found.first_of_each("off_tick", bars.time, [(name, off[name], getattr(bars, name), tick) for name in PRICES])
    return False


def off_tick(prices: FloatArray, tick: FloatArray) -> BoolArray:
    """Say which prices are no multiple of their tick, to a hundredth of it; False where no tick is known."""
    with np.errstate(invalid="ignore"):
        steps = prices / tick
        off: BoolArray = np.abs(steps - np.rint(steps)) > 0.01
    return off


def _near(factor: Any, wanted: float) -> Any:
    return np.abs(np.log(factor / wanted)) < 0.2
