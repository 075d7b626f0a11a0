"""Faults to plant in bars: each is one thing that goes wrong with real data, and names what must be found of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from quantdesk.core.bars.frame import COLUMNS, Bars
from quantdesk.core.quality.finding import Kind
from quantdesk.core.rules.book import price_tick

Planted = tuple[Bars, int]
"""The bars with the fault, and the row whose date it is found on."""


@dataclass(frozen=True, slots=True)
class Fault:
    kind: Kind
    plant: Callable[[Bars, int], Planted]
    fits: Callable[[Bars, int], bool] = lambda bars, row: True
    """Whether the fault can be planted in this row."""


def changed(bars: Bars, row: int, **values: float | bool) -> Bars:
    """Give the bars with other figures in one row."""
    columns: dict[str, Any] = {}
    for name, value in values.items():
        column = getattr(bars, name).copy()
        column[row] = value
        columns[name] = column
    return replace(bars, **columns)


def inserted(bars: Bars, at: int, time: Any, like: int) -> Bars:
    """Give the bars with a copy of one row under another time before row `at`."""
    columns: dict[str, Any] = {name: np.insert(getattr(bars, name), at, getattr(bars, name)[like]) for name in COLUMNS}
    columns["time"][at] = time
    return replace(bars, **columns)


def traded(bars: Bars, row: int) -> bool:
    """Whether the row and those around it are ordinary trading days, and not on a price limit."""
    near = slice(row - 2, row + 3)
    calm = np.abs(bars.close[near] / bars.close[row] - 1).max() < 0.03
    known = np.isnan(bars.preclose[near]).all() or bool(
        (np.abs(bars.preclose[row - 1 : row + 3] - bars.close[row - 2 : row + 2]) < 1e-6).all()
    )
    ordinary = not bars.suspended[near].any() and bool((bars.volume[near] > 0).all()) and bool(bars.low[row] > 2)
    return ordinary and bool(calm) and known and bool(bars.high[row] > bars.low[row])


def suspended(bars: Bars, row: int) -> bool:
    return bool(bars.suspended[row - 1 : row + 2].all())


def _duplicate(bars: Bars, row: int) -> Planted:
    return inserted(bars, row + 1, bars.time[row], row), row


def _missing(bars: Bars, row: int) -> Planted:
    return bars.take(np.arange(len(bars)) != row), row


def _saturday(bars: Bars, row: int) -> Planted:
    saturday = bars.time[row] + np.timedelta64(1, "D")
    return inserted(bars, row + 1, saturday, row), row + 1


def _friday(bars: Bars, row: int) -> bool:
    return traded(bars, row) and bars.time[row].item().weekday() == 4


def _swapped(bars: Bars, row: int) -> Planted:
    order = np.arange(len(bars))
    order[[row, row + 1]] = order[[row + 1, row]]
    return bars.take(order), row + 1


def _early(bars: Bars, row: int) -> Planted:
    return inserted(bars, 0, np.datetime64("1970-01-01"), row), 0


def _future(bars: Bars, row: int) -> Planted:
    return inserted(bars, len(bars), np.datetime64("2049-12-31"), row), len(bars)


def _cut(bars: Bars, row: int) -> Planted:
    return bars.take(slice(None, -10)), len(bars) - 11


def _moved_suspension(bars: Bars, row: int) -> Planted:
    price = round(float(bars.close[row]) * 1.02, 2)
    return changed(bars, row, open=price, high=price, low=price, close=price), row


def _repeated(bars: Bars, row: int) -> Planted:
    names = ("open", "high", "low", "close", "volume", "amount")
    return changed(bars, row, **{name: float(getattr(bars, name)[row - 1]) for name in names}), row


def _flat(bars: Bars, row: int) -> Planted:
    price = float(bars.close[row - 1])
    for at in range(row, row + 6):
        names = ("open", "high", "low", "close", *(("preclose",) if np.isfinite(bars.preclose[at]) else ()))
        bars = changed(bars, at, **dict.fromkeys(names, price), amount=price * float(bars.volume[at]))
    return bars, row


def _calm_week(bars: Bars, row: int) -> bool:
    return all(traded(bars, row + step) for step in range(0, 7, 2))


def scaled(factor: float) -> Callable[[Bars, int], Planted]:
    def plant(bars: Bars, row: int) -> Planted:
        names = ("open", "high", "low", "close")
        return changed(bars, row, **{name: float(getattr(bars, name)[row]) * factor for name in names}), row

    return plant


def _between_ticks(bars: Bars, row: int) -> Planted:
    return changed(bars, row, close=float(bars.low[row]) + 0.3 * float(price_tick(bars.symbol))), row


def _beyond(bars: Bars, row: int) -> Planted:
    price = round(float(bars.preclose[row]) * 1.46, 2)
    return changed(bars, row, high=price, close=price), row


def _set(name: str, value: Callable[[float], float]) -> Callable[[Bars, int], Planted]:
    return lambda bars, row: (changed(bars, row, **{name: value(float(getattr(bars, name)[row]))}), row)


def _flag(name: str, value: bool) -> Callable[[Bars, int], Planted]:
    return lambda bars, row: (changed(bars, row, **{name: value}), row)


TIMES = (
    Fault("duplicate_day", _duplicate, traded),
    Fault("missing_day", _missing, traded),
    Fault("not_trading_day", _saturday, _friday),
    Fault("unsorted", _swapped, traded),
    Fault("too_early", _early, traded),
    Fault("future_date", _future, traded),
)
FIGURES = (
    Fault("not_finite", _set("open", lambda _: np.nan), traded),
    Fault("not_positive", _set("close", lambda _: 0.0), traded),
    Fault("not_positive", _set("low", lambda low: -low), traded),
    Fault("ohlc_order", lambda bars, row: (changed(bars, row, high=float(bars.low[row]) - 0.01), row), traded),
    Fault("ohlc_order", lambda bars, row: (changed(bars, row, low=float(bars.high[row]) + 0.01), row), traded),
    Fault("negative", _set("volume", lambda volume: -volume), traded),
    Fault("repeated_bar", _repeated, traded),
    Fault("off_tick", _between_ticks, traded),
)
TURNOVER = (
    Fault("amount_without_volume", _set("volume", lambda _: 0.0), traded),
    Fault("volume_without_amount", _set("amount", lambda _: 0.0), traded),
    Fault("unit_change", _set("volume", lambda volume: volume / 100), traded),
    Fault("average_outside", _set("amount", lambda amount: amount * 1.3), traded),
)
SHARES = (
    *TIMES,
    *FIGURES,
    *TURNOVER,
    Fault("stale_end", _cut, lambda bars, _: traded(bars, len(bars) - 11)),
    Fault("suspended_traded", _flag("suspended", True), traded),
    Fault("suspended_moved", _moved_suspension, suspended),
    Fault("no_volume", _flag("suspended", False), suspended),
    Fault("st_flip", _flag("is_st", True), lambda bars, row: traded(bars, row) and not bars.is_st.any()),
    Fault("beyond_limit", _beyond, traded),
    Fault("preclose_gap", _set("preclose", lambda price: round(price + 0.05, 2)), traded),
    Fault("flat_line", _flat, _calm_week),
)
"""What can go wrong with a stock's daily bars."""
