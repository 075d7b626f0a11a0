"""The market's bars of about a year and a half in memory, read again only where they have changed."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np

from quantdesk.core.market.window import FIELDS, Window
from quantdesk.ports.bar_store import BarStore, Coverage

BEFORE = dt.timedelta(days=400)
"""Calendar days before a day that hold 250 trading days, whatever the holidays."""
AFTER = dt.timedelta(days=60)
"""After a day of the past, so that walking from day to day reads nothing again."""
_KEPT = 2
"""Windows of one store: the newest, and one of the past."""


@dataclass(frozen=True, slots=True)
class _Kept:
    window: Window
    etags: tuple[str, ...]


class WindowCache:
    """Windows of one store. Thread-safe: of several who ask for the same one reads, and the others wait."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, dt.date, dt.date], _Kept] = OrderedDict()
        self._lock = Lock()

    def window(self, store: BarStore, name: str, covers: list[Coverage], day: dt.date, newest: dt.date) -> Window:
        """Give bars of these symbols over the year before the day and somewhat after.

        `name` tells one market from another; `newest` is its last day.
        """
        with self._lock:
            key = next((key for key in self._kept if _serves(key, name, day, newest)), None)
            if key is None:
                end = min(newest, day + AFTER)
                key = (name, min(day, end - AFTER) - BEFORE, end)
            kept = self._read(store, key, covers)
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return kept.window

    def _read(self, store: BarStore, key: tuple[str, dt.date, dt.date], covers: list[Coverage]) -> _Kept:
        _, start, end = key
        symbols = tuple(item.symbol for item in covers)
        etags = tuple(item.etag for item in covers)
        kept = self._kept.get(key)
        if kept is None:
            return _Kept(_panel(store, symbols, start, end), etags)
        if kept.etags == etags and kept.window.symbols == symbols:
            return kept
        known = {symbol: (row, kept.etags[row]) for row, symbol in enumerate(kept.window.symbols)}
        stale = [item.symbol for item in covers if known.get(item.symbol, (0, ""))[1] != item.etag]
        fresh = _panel(store, tuple(stale), start, end)
        if not np.isin(fresh.time, kept.window.time).all():  # days that the others do not have yet
            return _Kept(_panel(store, symbols, start, end), etags)
        return _Kept(_merged(kept.window, fresh, symbols), etags)


def _panel(store: BarStore, symbols: tuple[str, ...], start: dt.date, end: dt.date) -> Window:
    return Window.of(store.read_panel(symbols, FIELDS, start, end, suspended="keep"))


def _serves(key: tuple[str, dt.date, dt.date], name: str, day: dt.date, newest: dt.date) -> bool:
    """Say whether a window holds the year before the day, and the day after it."""
    kept, start, end = key
    return kept == name and start + BEFORE <= day and (day < end or end == newest == day)


def _merged(old: Window, fresh: Window, symbols: tuple[str, ...]) -> Window:
    """Give the symbols' rows on the old axis, from `fresh` where it has them."""
    where = np.searchsorted(old.time, fresh.time)
    place = {symbol: row for row, symbol in enumerate(old.symbols)}
    own = {symbol: row for row, symbol in enumerate(fresh.symbols)}
    fields = {}
    for name in FIELDS:
        before, new = getattr(old, name), getattr(fresh, name)
        blank = np.nan if before.dtype == np.float32 else False
        values = np.full((len(symbols), len(old.time)), blank, dtype=before.dtype)
        for row, symbol in enumerate(symbols):
            if symbol in own:
                values[row, where] = new[own[symbol]]
            else:
                values[row] = before[place[symbol]]
        fields[name] = values
    return replace(old, symbols=symbols, **fields)


_caches: WeakKeyDictionary[BarStore, WindowCache] = WeakKeyDictionary()
_making = Lock()


def window_cache(store: BarStore) -> WindowCache:
    """Give this process's windows of the store."""
    with _making:
        return _caches.setdefault(store, WindowCache())
