"""From a symbol's first day to its last: the days its windows see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import BoolArray, FloatArray
from quantdesk.core.bars.panel import Panel

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """For each of N symbols the row's first day, and the one after its last; both 0 for a symbol without any."""

    first: IntArray
    stop: IntArray
    days: int

    def rows(self, start: int, stop: int) -> Spans:
        return Spans(self.first[start:stop], self.stop[start:stop], self.days)

    @property
    def whole(self) -> bool:
        """All symbols have all days."""
        return bool((self.first == 0).all() and (self.stop == self.days).all())

    def outside(self, late: int = 0) -> BoolArray:
        """Mark the days that are not a symbol's, and `late` more at its start (or, negative, at its end)."""
        days = np.arange(self.days)
        begin, end = self.first + max(late, 0), self.stop + min(late, 0)
        marked: BoolArray = (days < begin[:, None]) | (days >= end[:, None])
        return marked


def spans(panel: Panel) -> Spans:
    """Find each symbol's first and last day with a figure in any field: qlib's files begin and end there."""
    count, days = len(panel.symbols), len(panel.time)
    known = np.zeros((count, days), dtype=bool)
    for values in panel.fields.values():
        known |= ~np.isnan(values)
    seen = known.any(axis=1) if days else np.zeros(count, dtype=bool)
    first = np.where(seen, known.argmax(axis=1) if days else 0, 0)
    stop = np.where(seen, days - known[:, ::-1].argmax(axis=1) if days else 0, 0)
    return Spans(first.astype(np.int64), stop.astype(np.int64), days)


def blanked(values: FloatArray, outside: BoolArray) -> FloatArray:
    """Give a copy with NaN where marked."""
    out = np.array(values, dtype=values.dtype if values.dtype.kind == "f" else np.float64)
    out[outside] = np.nan
    return out
