"""Bars in Parquet files, and rows of recent writes in segments, under one manifest.

`<root>/<interval>/<symbol>.<random>.parquet` hold a symbol's bars (`<symbol>.<year>.<random>.parquet` those within
the day), `<root>/<interval>/<number>.<random>.arrow` the rows of small writes to many symbols; all of them are
immutable, and `<root>/manifest.json` says which count, and which lie over which. A write puts new files beside the
old ones, flushes them, and then replaces the manifest by a rename: that one step commits the whole batch. Before it
nothing has happened, after it everything has; a crash leaves at most files that no manifest names, which later
writes sweep away. Readers take no lock: they open the files that the manifest names, and look again when a newer
version has just replaced one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from quantdesk.adapters.bar_store import files, folding, manifest, merging, panels, rows
from quantdesk.adapters.bar_store.draft import Draft
from quantdesk.adapters.bar_store.entries import Entry, Key
from quantdesk.adapters.bar_store.manifest import Contents
from quantdesk.adapters.bar_store.reading import RowReader
from quantdesk.adapters.bar_store.rows import BAR, Columns
from quantdesk.core.bars.adjust import Adjustment
from quantdesk.core.bars.frame import Bars, Interval, TimeArray
from quantdesk.core.bars.panel import Panel, SuspendedDays
from quantdesk.ports.bar_store import BarVersion, Coverage, WriteReceipt
from quantdesk.ports.errors import StoreCorrupt, StoreFull

_READ_TRIES = 20
_FOLDED_AT_ONCE = 100
_REMOVED = "removed"
"""Stands for a source in the record of a write that took bars away."""

T = TypeVar("T")


class ParquetBarStore:
    """A BarStore in a folder of the local file system. See the port for the promises."""

    def __init__(self, root: Path, *, grace_s: float = 3600.0, base_rows: int = 256, max_segments: int = 16) -> None:
        """Use this folder; it is made by the first write.

        Files out of use stay for `grace_s` seconds for readers that already know their name, backups among
        them. A symbol's rows go to base files at once when a write has `base_rows` of a year (of daily bars:
        in all). More than `max_segments` segments of an interval are joined.
        """
        self._root = root
        self._grace_s = grace_s
        self._base_rows = base_rows
        self._max_segments = max_segments
        self._manifest = manifest.ManifestReader(root)
        self._reader = RowReader(root)

    def read(
        self,
        symbol: str,
        interval: Interval,
        start: dt.date | None = None,
        end: dt.date | None = None,
        *,
        as_of: dt.datetime | None = None,
    ) -> Bars | None:
        key: Key = (interval, symbol)
        if as_of is None:
            found = self._look(lambda contents: self._current(contents, key, BAR, start, end))
        else:
            _require_zone(as_of, "as_of")
            found = self._look(lambda contents: self._as_of(contents, key, as_of))
            found = found and rows.cut(found, start, end)
        return None if found is None else rows.to_bars(found, symbol, interval)

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
        query = panels.PanelQuery(tuple(symbols), tuple(fields), start, end, interval, adjustment, suspended)

        def read(contents: Contents) -> Panel:
            covers = {symbol: self._coverage(contents, (interval, symbol)) for symbol in query.symbols}
            return panels.read_panel(
                query, covers, lambda symbol, *rest: self._current(contents, (interval, symbol), *rest)
            )

        return self._look(read)

    def provenance(self, symbol: str, interval: Interval, time: dt.date) -> list[BarVersion]:
        key: Key = (interval, symbol)
        if isinstance(time, dt.datetime):
            time = _utc(time, "time").replace(tzinfo=None)
        at = np.datetime64(time).astype(rows.time_dtype(interval))
        return self._look(lambda contents: self._provenance(contents, key, at))

    def coverage(self, symbol: str, interval: Interval) -> Coverage | None:
        return self._coverage(self._manifest.load(), (interval, symbol))

    def list_coverage(self, interval: Interval) -> list[Coverage]:
        return [entry.coverage for _, entry in self._manifest.load().entries(interval) if entry.coverage]

    def merge(
        self,
        batch: Sequence[Bars],
        *,
        source: str,
        now: dt.datetime,
        parser: str | None = None,
        as_of: dt.date | None = None,
    ) -> WriteReceipt:
        """Insert and replace; see the port. Raise ValueError for bars that are not oldest first."""
        now = _utc(now, "now")
        checked = merging.checked(batch)
        if not checked:
            return WriteReceipt(0, 0, 0, ())
        with self._writing() as pool:
            contents = self._manifest.load()
            draft = Draft(self._root, contents)
            given = merging.numbered(checked, draft.record(source, now, parser, as_of))

            def compare(one: merging.Given) -> merging.Change | None:
                def stored(start: dt.date | None) -> Columns:
                    return self._current(contents, one.key, BAR, start) or rows.empty(one.key[0], BAR)

                return merging.change_of(one, self._coverage(contents, one.key), stored, source, now)

            reading = [one for one in given if not merging.follows(one, self._coverage(contents, one.key))]
            compared = {one.key: change for one, change in zip(reading, pool.map(compare, reading), strict=True)}
            found = (compared[one.key] if one.key in compared else compare(one) for one in given)
            changes = [change for change in found if change]
            if changes:
                self._place(draft, changes, pool)
                self._commit(draft, pool)
                self._join_segments(pool)
        inserted, updated = sum(one.inserted for one in changes), sum(one.updated for one in changes)
        total = sum(len(one.hashes) for one in given)
        symbols = tuple(sorted({one.key[1] for one in changes}))
        return WriteReceipt(inserted, updated, total - inserted - updated, symbols)

    def remove(self, symbol: str, interval: Interval, times: TimeArray, *, now: dt.datetime) -> int:
        key: Key = (interval, symbol)
        now = _utc(now, "now")
        if self.coverage(symbol, interval) is None:
            return 0
        with self._writing() as pool:
            contents = self._manifest.load()
            stored, before = self._current(contents, key, BAR), self._coverage(contents, key)
            if stored is None or before is None:
                return 0
            times = np.intersect1d(stored["time"], times.astype(stored["time"].dtype))
            draft = Draft(self._root, contents)
            if len(times) == len(stored["time"]):
                self._delete(draft, [key], now)
            elif len(times):
                write = draft.record(_REMOVED, now, None, None)
                self._place(draft, [merging.removal_of(key, stored, times, before, write, now)], pool)
            if draft.entries:
                self._commit(draft, pool)
            return len(times)

    def delete(self, symbols: Sequence[str], interval: Interval, *, now: dt.datetime | None = None) -> int:
        now = dt.datetime.now(dt.UTC) if now is None else _utc(now, "now")
        if not any(self.coverage(symbol, interval) for symbol in symbols):
            return 0
        with self._writing() as pool:
            draft = Draft(self._root, self._manifest.load())
            removed = self._delete(draft, [(interval, symbol) for symbol in sorted(set(symbols))], now)
            if draft.entries:
                self._commit(draft, pool)
            return removed

    def compact(self, *, fully: bool = False) -> int:
        """Fold rows from segments into base files, a number of symbols a commit, and remove what is out of use."""
        folded = 0
        waiting = [key for key, entry in self._manifest.load().entries() if folding.worth_folding(entry, fully)]
        for begin in range(0, len(waiting), _FOLDED_AT_ONCE):
            with self._writing() as pool:
                contents = self._manifest.load()
                draft = Draft(self._root, contents)
                keys = [key for key in waiting[begin : begin + _FOLDED_AT_ONCE] if contents.get(key)]
                keys = [key for key in keys if folding.worth_folding(draft.entry(key), fully)]
                self._fold(draft, dict.fromkeys(keys), pool)
                for key in keys:
                    draft.entries[key] = folding.join_past_files(self._reader, draft, key, draft.entries[key])
                if draft.entries:
                    self._commit(draft, pool)
                    folded += len(keys)
        if self._root.exists():
            with self._writing() as pool:
                self._join_segments(pool)
                self._sweep(self._manifest.load(), always=True)
        return folded

    def size(self) -> int:
        """Count what is stored now: its base files and its share of the segments, nothing of the past."""
        contents = self._manifest.load()
        total, shares = 0, dict.fromkeys(contents.head.segments, 0)
        for (interval, _), entry in contents.entries():
            for file in entry.bases:
                with contextlib.suppress(FileNotFoundError):  # replaced, and swept, since the manifest was read
                    total += (self._root / interval / file.name).stat().st_size
            for one in entry.slices:
                shares[one.segment] += one.rows
        for number, count in shares.items():
            segment = contents.head.segments[number]
            with contextlib.suppress(FileNotFoundError):
                total += (self._root / segment.interval / segment.file).stat().st_size * count // segment.rows
        return total

    def _look(self, read: Callable[[Contents], T]) -> T:
        """Read by what the manifest says now; again where a file has been replaced, and swept, since."""
        missing: FileNotFoundError | None = None
        for _ in range(_READ_TRIES):
            try:
                return read(self._manifest.load())
            except FileNotFoundError as error:
                missing = error
        raise StoreCorrupt(f"bar file {missing.filename if missing else ''} is missing; restore the bars from a backup")

    @staticmethod
    def _coverage(contents: Contents, key: Key) -> Coverage | None:
        entry = contents.get(key)
        return entry.coverage if entry else None

    def _current(
        self,
        contents: Contents,
        key: Key,
        wanted: Sequence[str],
        start: dt.date | None = None,
        end: dt.date | None = None,
    ) -> Columns | None:
        entry = contents.get(key)
        if entry is None or entry.coverage is None:
            return None
        return self._reader.current(contents.head, key, entry, wanted, start, end)

    def _as_of(self, contents: Contents, key: Key, instant: dt.datetime) -> Columns | None:
        entry = contents.get(key)
        if entry is None:
            return None
        last = self._reader.last_write(contents.head, instant)
        deleted = max((number for number in entry.deletes if number <= last), default=0)
        versions = self._reader.versions(contents.head, key, entry)
        number = np.abs(versions["write"])
        found = rows.newest(rows.take(versions, (number <= last) & (number > deleted)))
        found = rows.without_removed(found, found)
        return found if len(found["time"]) else None

    def _provenance(self, contents: Contents, key: Key, at: np.datetime64) -> list[BarVersion]:
        entry = contents.get(key)
        if entry is None:
            return []
        versions = self._reader.versions(contents.head, key, entry)
        versions, _ = rows.by_time(rows.take(versions, versions["time"] == at))
        numbers: list[int] = versions["write"].tolist()
        removals = {*entry.deletes, *(-number for number in numbers if number < 0)}
        events = sorted({*removals, *map(abs, numbers)})
        recorded = self._reader.writes(contents.head, events)
        found: list[BarVersion] = []
        for row, number in enumerate(numbers):
            if number < 0:
                continue
            bar = rows.to_bars(rows.take(versions, slice(row, row + 1)), key[1], key[0])
            end = next((event for event in events if event > number), None)
            until = None if end is None else recorded[end].at
            found.append(BarVersion(bar, recorded[number].write, recorded[number].at, until, end in removals))
        return found[::-1]

    @staticmethod
    def _delete(draft: Draft, keys: Sequence[Key], now: dt.datetime) -> int:
        """Move all that is stored of these symbols to the past; give the number of rows."""
        stored = [(key, entry) for key in keys if (entry := draft.entry(key)).coverage]
        if not stored:
            return 0
        write = draft.record(_REMOVED, now, None, None)
        for key, entry in stored:
            draft.entries[key] = Entry(
                past_files=(*entry.past_files, *entry.bases),
                past_slices=(*entry.past_slices, *entry.slices),
                deletes=(*entry.deletes, write),
            )
        return sum(entry.coverage.rows for _, entry in stored if entry.coverage)

    def _place(self, draft: Draft, changes: Sequence[merging.Change], pool: ThreadPoolExecutor) -> None:
        """Put the changed rows into the draft: into base files where they are many, else into its segment."""
        many = {}
        for change in changes:
            entry = replace(draft.entry(change.key), coverage=change.coverage)
            if folding.many_years(change.key, change.rows, self._base_rows):
                many[change.key] = change.rows
            else:
                entry = replace(entry, slices=(*entry.slices, draft.add_rows(change.key, change.rows)))
            draft.entries[change.key] = entry
        self._fold(draft, many, pool)

    def _fold(self, draft: Draft, wanted: Mapping[Key, Columns | None], pool: ThreadPoolExecutor) -> None:
        """Put rows into base files: with what is new of each symbol, or what lies over its bases."""

        def fold(key: Key) -> folding.Folded:
            head, entry = draft.contents.head, draft.entry(key)
            return folding.fold(self._reader, head, key, entry, wanted[key], self._base_rows)

        for key, folded in zip(wanted, pool.map(fold, wanted), strict=True):
            draft.entries[key] = folding.apply(draft, key, draft.entry(key), folded)

    def _join_segments(self, pool: ThreadPoolExecutor) -> None:
        contents = self._manifest.load()
        for interval in {one.interval for one in contents.head.segments.values()}:
            draft = Draft(self._root, self._manifest.load())
            if folding.join_segments(self._reader, draft, interval, self._max_segments):
                self._commit(draft, pool)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[ThreadPoolExecutor]:
        """Hold the writers' lock; turn a full disk into StoreFull."""
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            with files.locked(self._root / ".lock"), ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
                yield pool
        except OSError as error:
            if files.is_full(error):
                raise StoreFull(
                    f"the disk of {self._root} is full; nothing was written. Free some space and try again"
                ) from error
            raise

    def _commit(self, draft: Draft, pool: ThreadPoolExecutor) -> None:
        """Write the draft's files, all of them durable, then the manifest that names them."""
        contents = draft.finished()
        paths = [path for path, _ in draft.files]
        folders = {path.parent for path in paths}
        for folder in folders:
            folder.mkdir(exist_ok=True)
        try:
            writes = [pool.submit(_write, path, make) for path, make in draft.files]
            wait(writes, return_when=FIRST_EXCEPTION)
            for write in writes:
                write.cancel()
            wait(writes)  # none may create a file any more when the files are removed below
            for write in writes:
                write.result()
            for folder in folders:
                files.sync_directory(folder)
            self._replace_manifest(draft, contents)
        except BaseException:
            if self._manifest.load().head.generation != contents.head.generation:
                for path in paths:  # else the failure came after the commit
                    path.unlink(missing_ok=True)
            raise

    def _replace_manifest(self, draft: Draft, contents: Contents) -> None:
        for path in self._superseded(draft, contents):
            with contextlib.suppress(FileNotFoundError):
                os.utime(path)  # its grace begins now
        new = self._root / (manifest.FILE + ".new")
        new.unlink(missing_ok=True)
        try:
            files.write_durably(new, contents.to_bytes())
        except BaseException:
            new.unlink(missing_ok=True)
            raise
        stat = new.stat()
        os.replace(new, self._root / manifest.FILE)
        self._manifest.committed(contents, stat)
        files.sync_directory(self._root)
        self._sweep(contents)

    def _superseded(self, draft: Draft, contents: Contents) -> set[Path]:
        """Give the files that the contents before named and these do not."""
        before = draft.contents
        gone = {
            self._root / key[0] / name
            for key, entry in draft.entries.items()
            if (old := before.get(key))
            for name in old.file_names() - entry.file_names()
        }
        left = before.head.segments.keys() - contents.head.segments.keys()
        return gone | {self._root / one.interval / one.file for one in map(before.head.segments.__getitem__, left)}

    def _sweep(self, contents: Contents, *, always: bool = False) -> None:
        """Remove the files that no manifest names and that no reader can still be about to open.

        Not at each write, as it looks at every file: the lock file's time says when it was done last.
        """
        oldest = time.time() - self._grace_s
        lock = self._root / ".lock"
        if not always and lock.stat().st_mtime > oldest:
            return
        used = {(one.interval, one.file) for one in contents.head.segments.values()}
        used |= {(key[0], name) for key, entry in contents.entries() for name in entry.file_names()}
        unused = [
            item
            for folder in self._root.iterdir()
            if folder.is_dir()
            for item in os.scandir(folder)
            if (folder.name, item.name) not in used and item.name.endswith((".parquet", ".arrow"))
        ]
        logs = {log.file for log in contents.head.logs}
        unused += [item for item in os.scandir(self._root) if item.name.startswith("writes.") and item.name not in logs]
        for item in unused:
            with contextlib.suppress(OSError):  # the commit stands; the next sweep tries again
                if item.stat().st_mtime <= oldest:
                    os.unlink(item.path)
        os.utime(lock)


def _write(path: Path, make: Callable[[], bytes]) -> None:
    files.write_durably(path, make())


def _utc(instant: dt.datetime, name: str) -> dt.datetime:
    _require_zone(instant, name)
    return instant.astimezone(dt.UTC)


def _require_zone(instant: dt.datetime, name: str) -> None:
    if instant.tzinfo is None:
        raise ValueError(f"{name} is {instant.isoformat()} without a time zone; give a UTC instant")
