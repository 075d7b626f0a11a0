"""The next contents of a store while they are made: new files, and what the manifest will say."""

from __future__ import annotations

import datetime as dt
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from quantdesk.adapters.bar_store import codec, rows
from quantdesk.adapters.bar_store.entries import (
    Entry,
    File,
    Head,
    Key,
    Log,
    Recorded,
    Segment,
    Slice,
    counted,
    recorded_to_list,
    to_json,
    with_uses,
)
from quantdesk.adapters.bar_store.manifest import Contents
from quantdesk.adapters.bar_store.rows import Columns
from quantdesk.core.bars.frame import Interval
from quantdesk.ports.bar_store import Write

_KEPT_WRITES = 256

Maker = Callable[[], bytes]


@dataclass(slots=True)
class _Growing:
    """A segment that rows are added to."""

    number: int
    rows: int = 0
    parts: list[Columns] = field(default_factory=list)
    symbols: list[str] = field(default_factory=list)
    """Of each part."""


class Draft:
    """Collects one commit. Nothing is written before the store asks for the files."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.entries: dict[Key, Entry] = {}
        self.files: list[tuple[str, Maker]] = []
        self._head = contents.head
        self._segments: dict[Interval, _Growing] = {}

    def entry(self, key: Key) -> Entry:
        return self.entries.get(key) or self.contents.get(key) or Entry()

    def record(self, source: str, now: dt.datetime, parser: str | None, as_of: dt.date | None) -> int:
        """Put a write on record; give its number."""
        head = self._head
        write = Write(head.next_write, source, now, parser, as_of)
        at = max(now, last_instant(head) or now)
        self._head = replace(head, next_write=write.id + 1, writes=(*head.writes, Recorded(write, at)))
        return write.id

    def forget_before(self, horizon: dt.datetime) -> None:
        """Say that what was stored before this instant is not known any more."""
        before = self._head.horizon
        self._head = replace(self._head, horizon=horizon if before is None else max(before, horizon))

    def add_rows(self, key: Key, columns: Columns) -> Slice:
        """Give the slice of the new segment that will hold these rows."""
        interval, symbol = key
        if interval not in self._segments:
            self._segments[interval] = _Growing(self._head.next_segment)
            self._head = replace(self._head, next_segment=self._head.next_segment + 1)
        growing = self._segments[interval]
        count = len(columns["time"])
        found = Slice(growing.number, growing.rows, count)
        growing.rows += count
        growing.parts.append(columns)
        growing.symbols.append(symbol)
        return found

    def add_file(self, key: Key, year: int, columns: Columns) -> File:
        """Give the Parquet file that will hold these rows."""
        interval, symbol = key
        stem = f"{symbol}.{year}" if year else symbol
        file = File(f"{stem}.{secrets.token_hex(8)}.parquet", year, len(columns["time"]))
        self.files.append((f"{interval}/{file.name}", lambda: codec.encode(columns, symbol, interval)))
        return file

    def finished(self) -> Contents:
        """Give the next contents; after this `files` is complete."""
        head = self._head
        segments = {**head.segments, **{one.number: one for one in map(self._closed, self._segments)}}
        uses: dict[int, int] = {}
        for key, entry in self.entries.items():
            counted(self.contents.get(key), entry, uses)
        head = replace(head, generation=head.generation + 1, segments=with_uses(segments, uses))
        return self.contents.changed(self.entries, self._rolled(head))

    def _closed(self, interval: Interval) -> Segment:
        growing = self._segments[interval]
        data = codec.encode_segment(
            rows.joined(growing.parts), growing.symbols, [len(part["time"]) for part in growing.parts], interval
        )
        name = f"{growing.number}.{secrets.token_hex(8)}.arrow"
        self.files.append((f"{interval}/{name}", lambda: data))
        return Segment(growing.number, interval, name, growing.rows, zlib.crc32(data), 0)

    def _rolled(self, head: Head) -> Head:
        """Move the writes to a file of their own when they are too many for the manifest."""
        if len(head.writes) <= _KEPT_WRITES:
            return head
        data = to_json([recorded_to_list(one) for one in head.writes])
        name = f"writes.{secrets.token_hex(8)}.json"
        self.files.append((name, lambda: data))
        first, last = head.writes[0], head.writes[-1]
        log = Log(name, first.write.id, last.write.id, first.at, last.at)
        return replace(head, writes=(), logs=(*head.logs, log))


def last_instant(head: Head) -> dt.datetime | None:
    """Give when the last write came to hold; None before the first."""
    if head.writes:
        return head.writes[-1].at
    return head.logs[-1].until if head.logs else None
