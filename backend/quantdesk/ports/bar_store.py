"""History of bars, raw prices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from quantdesk.core.bars.adjust import Adjustment
from quantdesk.core.bars.frame import Bars, Interval, TimeArray
from quantdesk.core.bars.panel import Panel, SuspendedDays


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


@dataclass(frozen=True, slots=True)
class Write:
    """One call of `merge` that changed something: where its bars came from."""

    id: int
    """Grows from write to write."""
    source: str
    fetched_at: dt.datetime
    """UTC instant, the `now` of the call."""
    parser: str | None
    """What read the source's answer, with its version; None where that was not said."""
    as_of: dt.date | None
    """The day whose knowledge the source says it gives; None where it does not say."""


@dataclass(frozen=True, slots=True)
class BarVersion:
    """A bar as one write put it there."""

    bar: Bars
    """One row."""
    write: Write
    since: dt.datetime
    """UTC instant from which it held."""
    until: dt.datetime | None
    """UTC instant at which another version replaced it, or it was deleted; None while it holds."""
    deleted: bool
    """True when it ended by a deletion."""


class BarStore(Protocol):
    """Thread- and process-safe. Writes are atomic over all symbols of the call; readers never see half of one.

    A process sees its own writes at once, and those of others within a tenth of a second.

    Superseded and deleted bars stay to be read as of an instant, for as long as the store is told to keep them.
    """

    def read(
        self,
        symbol: str,
        interval: Interval,
        start: dt.date | None = None,
        end: dt.date | None = None,
        *,
        as_of: dt.datetime | None = None,
    ) -> Bars | None:
        """Give the stored bars, oldest first; None when nothing is stored for this symbol and interval.

        With `as_of` give what was stored at that instant. Raise Forgotten when that is kept no more.
        """
        ...

    def read_panel(
        self,
        symbols: Sequence[str],
        fields: Sequence[str],
        start: dt.date,
        end: dt.date,
        *,
        interval: Interval = "1d",
        adjustment: Adjustment = "none",
        suspended: SuspendedDays = "nan",
    ) -> Panel:
        """Give fields (core.bars.panel.PANEL_FIELDS) of many symbols on one axis: the times at which any has a bar.

        qfq prices are anchored at `end`. Prices of suspended days are NaN unless they are to be kept. A symbol
        of which nothing is stored is NaN throughout. Raise ValueError for a field or order of dates that is
        not one.
        """
        ...

    def provenance(self, symbol: str, interval: Interval, time: dt.date) -> list[BarVersion]:
        """Give all versions of a bar that are kept, newest first; none where there never was one.

        `time` is a date; of bars within the day an instant, the bar's end.
        """
        ...

    def coverage(self, symbol: str, interval: Interval) -> Coverage | None: ...

    def list_coverage(self, interval: Interval) -> list[Coverage]:
        """Give what is stored, by symbol."""
        ...

    def merge(
        self,
        batch: Sequence[Bars],
        *,
        source: str,
        now: dt.datetime,
        parser: str | None = None,
        as_of: dt.date | None = None,
    ) -> WriteReceipt:
        """Insert new bars and replace differing ones, by (symbol, interval, time); all of the batch or nothing.

        `parser` and `as_of` are remembered with the write; see Write.

        Raise StoreFull when the disk cannot hold it.
        """
        ...

    def remove(self, symbol: str, interval: Interval, times: TimeArray, *, now: dt.datetime) -> int:
        """Remove the bars of these times atomically, and keep the others; give the number of bars removed."""
        ...

    def delete(self, symbols: Sequence[str], interval: Interval, *, now: dt.datetime | None = None) -> int:
        """Remove the symbols' bars atomically, at the instant `now` (by default the clock's); give the rows removed."""
        ...

    def compact(self, *, fully: bool = False, now: dt.datetime | None = None) -> int:
        """Bring together what many small writes have scattered, `fully` or where it is worth it.

        Reads give the same before and after, but for what is older at the instant `now` (by default the clock's) than
        it is to be kept. Give the number of symbols brought together.
        """
        ...

    def size(self) -> int:
        """Give the bytes that the stored bars take."""
        ...
