"""Rows of one symbol from the files and segments that an entry names."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock

import numpy as np

from quantdesk.adapters.bar_store import codec, rows
from quantdesk.adapters.bar_store.entries import Entry, File, Head, Key, Log, Recorded, Segment, Slice, recorded_of
from quantdesk.adapters.bar_store.files import BarFiles
from quantdesk.adapters.bar_store.rows import STORED, Columns
from quantdesk.ports.errors import StoreCorrupt

_KEPT_ROWS = 1_000_000  # about 80 MB of decoded segments
_KEPT_LOGS = 8


class RowReader:
    """Reads immutable files: a file that is not there any more raises FileNotFoundError. Thread-safe."""

    def __init__(self, files: BarFiles) -> None:
        self._files = files
        self._lock = Lock()
        self._segments: OrderedDict[str, tuple[Columns, list[str]]] = OrderedDict()
        self._logs: OrderedDict[str, list[Recorded]] = OrderedDict()

    def current(
        self,
        head: Head,
        key: Key,
        entry: Entry,
        wanted: Sequence[str] = STORED,
        start: dt.date | None = None,
        end: dt.date | None = None,
    ) -> Columns:
        """Give the wanted columns of the bars that hold, oldest first; `time` is to be among the wanted."""
        bases = [file for file in entry.bases if _meets(file, start, end)]
        below = [self.file(key, file, wanted) for file in bases] or [rows.empty(key[0], wanted)]
        found = rows.joined(below)
        if entry.slices:
            over = rows.newest(rows.joined([self.slice(head, one, (*wanted, "write")) for one in entry.slices]))
            found = rows.laid_over(found, {name: over[name] for name in wanted})
            found = rows.without_removed(found, over)
        return rows.cut(found, start, end)

    def versions(self, head: Head, key: Key, entry: Entry) -> Columns:
        """Give all rows that ever held, in no order, some of them twice."""
        files = [self.file(key, file, STORED) for file in (*entry.bases, *entry.past_files)]
        slices = [self.slice(head, one, STORED) for one in entry.all_slices()]
        return rows.joined([*files, *slices] or [rows.empty(key[0])])

    def file(self, key: Key, file: File, wanted: Sequence[str]) -> Columns:
        """Give the wanted columns of a Parquet file. Raise StoreCorrupt."""
        interval, symbol = key
        data = self._files.read(f"{interval}/{file.name}")
        found = codec.decode(data, symbol, interval, file.name, wanted)
        count = len(next(iter(found.values())))
        if count != file.rows:
            raise StoreCorrupt(
                f"bar file {file.name} has {count} rows, {file.rows} were written; restore it from a backup"
            )
        if "write" in wanted and file.write is not None:
            found["write"] = np.full(count, file.write, dtype=np.int64)
        return {name: found[name] for name in wanted}

    def slice(self, head: Head, one: Slice, wanted: Sequence[str]) -> Columns:
        """Give the wanted columns of a slice; not to be written to. Raise StoreCorrupt."""
        columns, _ = self.segment(head.segments[one.segment])
        return {name: columns[name][one.start : one.start + one.rows] for name in wanted}

    def segment(self, segment: Segment) -> tuple[Columns, list[str]]:
        """Give a segment's rows and the symbols they are of. Raise StoreCorrupt."""
        with self._lock:
            if (found := self._segments.get(segment.file)) is not None:
                self._segments.move_to_end(segment.file)
                return found
        data = self._files.read(segment.path)
        if zlib.crc32(data) != segment.crc:
            raise StoreCorrupt(f"bar segment {segment.file} is not as it was written; restore it from a backup")
        found = codec.decode_segment(data, segment.interval, segment.file)
        for values in found[0].values():
            values.flags.writeable = False
        with self._lock:
            self._segments[segment.file] = found
            while len(self._segments) > 1 and sum(map(_length, self._segments.values())) > _KEPT_ROWS:
                self._segments.popitem(last=False)
        return found

    def writes(self, head: Head, numbers: Iterable[int]) -> dict[int, Recorded]:
        """Give the writes with these numbers."""
        found = {}
        recent = {one.write.id: one for one in head.writes}
        firsts = [log.first for log in head.logs]
        for number in set(numbers):
            if number in recent:
                found[number] = recent[number]
            else:
                log = self._log(head.logs[bisect_right(firsts, number) - 1])
                found[number] = next(one for one in log if one.write.id == number)
        return found

    def last_write(self, head: Head, instant: dt.datetime) -> int:
        """Give the number of the last write that held at the instant; 0 before the first."""
        if head.writes and head.writes[0].at <= instant:
            return _last(head.writes, instant)
        for log in reversed(head.logs):
            if log.since <= instant:
                return log.last if log.until <= instant else _last(self._log(log), instant)
        return 0

    def _log(self, log: Log) -> list[Recorded]:
        with self._lock:
            if (found := self._logs.get(log.file)) is not None:
                return found
        data = self._files.read(log.file)
        try:
            found = [recorded_of(row) for row in json.loads(data)]
        except (ValueError, TypeError) as error:
            raise StoreCorrupt(f"{log.file} of the bar store does not read ({error}); restore a backup") from error
        with self._lock:
            self._logs[log.file] = found
            while len(self._logs) > _KEPT_LOGS:
                self._logs.popitem(last=False)
        return found


def _last(writes: Sequence[Recorded], instant: dt.datetime) -> int:
    at = bisect_right(writes, instant, key=lambda one: one.at)
    return writes[at - 1].write.id


def _length(segment: tuple[Columns, list[str]]) -> int:
    return len(segment[0]["time"])


def _meets(file: File, start: dt.date | None, end: dt.date | None) -> bool:
    """Say whether a file may have bars of these days; a day begins in UTC's evening before."""
    if file.year == 0:
        return True
    return (start is None or file.year >= start.year - 1) and (end is None or file.year <= end.year)
