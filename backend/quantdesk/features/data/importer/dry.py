"""A store that only counts what a write would change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from quantdesk.core.bars.frame import COLUMNS, Bars, Interval
from quantdesk.ports.bar_store import BarStore, WriteReceipt


class DryStore:
    """Reads the store behind it; `merge` gives the receipt of a write and writes nothing."""

    def __init__(self, store: BarStore) -> None:
        self._store = store

    def read(
        self, symbol: str, interval: Interval, start: dt.date | None = None, end: dt.date | None = None
    ) -> Bars | None:
        return self._store.read(symbol, interval, start, end)

    def merge(self, batch: Sequence[Bars], *, source: str, now: dt.datetime) -> WriteReceipt:
        inserted = updated = unchanged = 0
        changed = []
        for bars in batch:
            new, differing = self._compare(bars)
            inserted, updated = inserted + new, updated + differing
            unchanged += len(bars) - new - differing
            if new or differing:
                changed.append(bars.symbol)
        return WriteReceipt(inserted, updated, unchanged, tuple(sorted(changed)))

    def _compare(self, bars: Bars) -> tuple[int, int]:
        """Give the numbers of new and of differing rows."""
        stored = self._store.read(bars.symbol, bars.interval)
        if stored is None or not len(stored):
            return len(bars), 0
        old = stored.take(np.minimum(np.searchsorted(stored.time, bars.time), len(stored) - 1))
        known = old.time == bars.time
        differs = np.zeros(len(bars), np.bool_)
        for name in COLUMNS[1:]:
            was, is_now = getattr(old, name), getattr(bars, name)
            differs |= (was != is_now) & ~((was != was) & (is_now != is_now))
        return int((~known).sum()), int((known & differs).sum())
