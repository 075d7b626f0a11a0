"""A panel from bar files: only the columns it needs, on as many threads as there are processors.

The axis is that of the symbol with most bars, as nearly all share one market's days; where another symbol has
days that it lacks, the axis is widened and those symbols are read again. So besides the result there is never
more in memory than a few symbols' columns, and where the axis is widened one field.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from quantdesk.adapters.bar_store import rows
from quantdesk.adapters.bar_store.rows import FLAGS, Columns, time_dtype
from quantdesk.core.bars.adjust import Adjustment, cumulative_factor
from quantdesk.core.bars.frame import Bars, FloatArray, Interval, TimeArray
from quantdesk.core.bars.panel import PANEL_FIELDS, PRICE_FIELDS, Panel, SuspendedDays
from quantdesk.ports.bar_store import Coverage

Read = Callable[[str, Sequence[str], dt.date | None, dt.date | None], Columns | None]
_SHARES = 8
"""Shares of the symbols a thread, so that one that gets the longer ones is not waited for."""


@dataclass(frozen=True, slots=True)
class PanelQuery:
    symbols: tuple[str, ...]
    fields: tuple[str, ...]
    start: dt.date
    end: dt.date
    interval: Interval
    adjustment: Adjustment
    suspended: SuspendedDays

    def __post_init__(self) -> None:
        if unknown := set(self.fields) - set(PANEL_FIELDS):
            raise ValueError(f"panel field {min(unknown)!r} is unknown; use {', '.join(PANEL_FIELDS)}")
        if self.end < self.start:
            raise ValueError(f"end {self.end} is before start {self.start}")
        if len(set(self.symbols)) != len(self.symbols):
            raise ValueError("a symbol comes twice; give each once")

    @property
    def needs_factor(self) -> bool:
        return "factor" in self.fields or (self.adjustment != "none" and bool(set(self.fields) & set(PRICE_FIELDS)))

    @property
    def columns(self) -> tuple[str, ...]:
        """The stored columns that have to be read."""
        needed = {"time", *self.fields} - {"factor"}
        if self.needs_factor:
            needed |= {"close", "preclose", "suspended"}
        if self.suspended == "nan" and set(self.fields) & set(PRICE_FIELDS):
            needed.add("suspended")
        return tuple(name for name in rows.BAR if name in needed)


def read_panel(query: PanelQuery, covers: Mapping[str, Coverage | None], read: Read) -> Panel:
    """Give the panel; `covers` is what is stored of its symbols."""
    stored = [at for at, symbol in enumerate(query.symbols) if (cover := covers[symbol]) and _meets(cover, query)]
    stored.sort(key=lambda at: -_rows(covers[query.symbols[at]]))
    building = _Building(query, read, _times(query, read, stored[:1]))
    others: list[TimeArray] = []
    waiting: list[int] = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        shares = [stored[at::_SHARES] for at in range(_SHARES)]
        for unfit in pool.map(building.fill, shares):
            waiting += [at for at, _ in unfit]
            others += [time for _, time in unfit]
        if waiting:
            building.widen(np.unique(np.concatenate((building.time, *others))))
            for _ in pool.map(building.fill, [waiting[at::_SHARES] for at in range(_SHARES)]):
                pass
    return Panel(query.symbols, building.time, building.fields)


class _Building:
    """A panel while it is filled; threads fill different symbols."""

    def __init__(self, query: PanelQuery, read: Read, time: TimeArray) -> None:
        self._query = query
        self._read = read
        self.time = time
        shape = (len(query.symbols), len(time))
        self.fields = {name: np.full(shape, np.nan) for name in query.fields}

    def fill(self, symbols: Sequence[int]) -> list[tuple[int, TimeArray]]:
        """Fill these symbols' rows; give those that have times the axis lacks, with their times."""
        unfit = []
        for at in symbols:
            found = _columns(self._query, self._read, self._query.symbols[at])
            time = found.pop("time")
            if not len(time):
                continue
            lo = int(np.searchsorted(self.time, time[0]))
            if np.array_equal(self.time[lo : lo + len(time)], time):
                where: slice | np.ndarray[tuple[int], np.dtype[np.intp]] = slice(lo, lo + len(time))
            else:
                where = np.searchsorted(self.time, time)
                if where[-1] >= len(self.time) or not np.array_equal(self.time[where], time):
                    unfit.append((at, time))
                    continue
            for name, target in self.fields.items():
                target[at, where] = found[name]
        return unfit

    def widen(self, time: TimeArray) -> None:
        where = np.searchsorted(time, self.time)
        for name, values in self.fields.items():
            wide = np.full((len(values), len(time)), np.nan)
            wide[:, where] = values
            self.fields[name] = wide
        self.time = time


def _columns(query: PanelQuery, read: Read, symbol: str) -> Columns:
    """Give the panel's fields of one symbol at its own times, and `time`."""
    # A factor is the product of all steps before, from the first stored bar on.
    start = None if query.needs_factor else query.start
    found = read(symbol, query.columns, start, query.end)
    if found is None:
        return rows.empty(query.interval, ("time", *query.fields))
    fields: Columns = {name: found[name] for name in ("time", *query.fields) if name != "factor"}
    if query.needs_factor:
        factor = cumulative_factor(_as_bars(symbol, query.interval, found))
        if "factor" in query.fields:
            fields["factor"] = factor
        if query.adjustment != "none" and len(factor):
            scale: FloatArray = factor / factor[-1] if query.adjustment == "qfq" else factor
            fields |= {name: fields[name] * scale for name in PRICE_FIELDS if name in fields}
    if query.suspended == "nan" and "suspended" in found and found["suspended"].any():
        fields |= {name: np.where(found["suspended"], np.nan, fields[name]) for name in PRICE_FIELDS if name in fields}
    return rows.cut(fields, query.start, query.end)


def _as_bars(symbol: str, interval: Interval, found: Columns) -> Bars:
    """Give bars of which only what makes factors is right."""
    columns = {name: found.get(name, found["suspended" if name in FLAGS else "close"]) for name in rows.BAR}
    return rows.to_bars(columns, symbol, interval)


def _times(query: PanelQuery, read: Read, symbols: Sequence[int]) -> TimeArray:
    for at in symbols:
        found = read(query.symbols[at], ("time",), query.start, query.end)
        if found is not None:
            return found["time"]
    return np.empty(0, dtype=time_dtype(query.interval))


def _meets(cover: Coverage, query: PanelQuery) -> bool:
    return cover.first <= query.end and cover.last >= query.start


def _rows(cover: Coverage | None) -> int:
    return cover.rows if cover else 0
