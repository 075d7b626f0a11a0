"""History of bars, raw prices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from quantdesk.core.bars.frame import Bars, Interval, TimeArray


@dataclass(frozen=True, slots=True)
class LastBar:
    """The figures of the newest bar, so that an overview of all instruments reads no bars."""

    close: float
    previous_close: float | None
    """The exchange's (ex-right) one; where that is unknown the close before; None for a first bar."""
    suspended: bool
    is_st: bool

    @property
    def change(self) -> float | None:
        """Give close / previous close - 1, a fraction; None where the previous close is unknown."""
        return self.close / self.previous_close - 1 if self.previous_close else None


@dataclass(frozen=True, slots=True)
class Coverage:
    symbol: str
    interval: Interval
    first: dt.date
    last: dt.date
    rows: int
    source: str
    """Name of the source of the last write, e.g. akshare, import, demo."""
    updated_at: dt.datetime
    """UTC instant of the last write."""
    etag: str
    """Changes when, and only when, the stored bars change."""
    latest: LastBar


@dataclass(frozen=True, slots=True)
class WriteReceipt:
    """What one write changed. A write of what is stored already changes nothing at all."""

    inserted: int
    updated: int
    unchanged: int
    symbols_changed: tuple[str, ...]


class BarStore(Protocol):
    """Thread- and process-safe. Writes are atomic over all symbols of the call; readers never see half of one."""

    def read(
        self, symbol: str, interval: Interval, start: dt.date | None = None, end: dt.date | None = None
    ) -> Bars | None:
        """Give the stored bars, oldest first; None when nothing is stored for this symbol and interval."""
        ...

    def coverage(self, symbol: str, interval: Interval) -> Coverage | None: ...

    def list_coverage(self, interval: Interval) -> list[Coverage]:
        """Give what is stored, by symbol."""
        ...

    def merge(self, batch: Sequence[Bars], *, source: str, now: dt.datetime) -> WriteReceipt:
        """Insert new bars and replace differing ones, by (symbol, interval, time); all of the batch or nothing.

        Raise StoreFull when the disk cannot hold it.
        """
        ...

    def remove(self, symbol: str, interval: Interval, times: TimeArray, *, now: dt.datetime) -> int:
        """Remove the bars of these times atomically, and keep the others; give the number of bars removed."""
        ...

    def delete(self, symbols: Sequence[str], interval: Interval) -> int:
        """Remove the symbols' bars atomically; give the number of rows removed."""
        ...

    def size(self) -> int:
        """Give the bytes that the stored bars take."""
        ...
