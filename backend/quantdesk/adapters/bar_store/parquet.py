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
import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from quantdesk.adapters.bar_store import folding, forgetting, merging, panels, rows
from quantdesk.adapters.bar_store.committing import Committer
from quantdesk.adapters.bar_store.draft import Draft
from quantdesk.adapters.bar_store.entries import Entry, Key
from quantdesk.adapters.bar_store.files import BarFiles, LocalFiles, Overtaken
from quantdesk.adapters.bar_store.manifest import Contents, ManifestReader
from quantdesk.adapters.bar_store.reading import RowReader
from quantdesk.adapters.bar_store.rows import BAR, Columns
from quantdesk.core.bars.adjust import Adjustment
from quantdesk.core.bars.frame import Bars, Interval, TimeArray
from quantdesk.core.bars.panel import Panel, SuspendedDays
from quantdesk.ports.bar_store import BarVersion, Coverage, WriteReceipt
from quantdesk.ports.errors import Forgotten, PortError, StoreCorrupt

_READ_TRIES = 20
_WRITE_TRIES = 50
_FOLDED_AT_ONCE = 100
_REMOVED = "removed"
"""Stands for a source in the record of a write that took bars away."""

T = TypeVar("T")


class ParquetBarStore:
    """A BarStore in a folder of the local file system, or where else BarFiles are. See the port for the promises."""

    def __init__(
        self,
        where: Path | BarFiles,
        *,
        grace_s: float = 3600.0,
        base_rows: int = 256,
        max_segments: int = 16,
        keep_days: float | None = None,
    ) -> None:
        """Use this folder, or these files.

        Files out of use stay for `grace_s` seconds for readers that already know their name, backups among
        them. A symbol's rows go to base files at once when a write has `base_rows` of a year (of daily bars:
        in all). More than `max_segments` segments of an interval are joined. What was superseded or deleted more
        than `keep_days` days ago goes with the next compaction; None keeps it for ever.
        """
        self._base_rows = base_rows
        self._max_segments = max_segments
        self._keep = None if keep_days is None else dt.timedelta(days=keep_days)
        self._files = LocalFiles(where) if isinstance(where, Path) else where
        self._manifest = ManifestReader(self._files)
        self._reader = RowReader(self._files)
        self._committer = Committer(self._files, self._manifest, grace_s)

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

        def write(pool: ThreadPoolExecutor) -> WriteReceipt:
            contents = self._manifest.load()
            draft = Draft(contents)
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
                self._committer.commit(draft, pool)
                self._join_segments(pool)
            inserted, updated = sum(one.inserted for one in changes), sum(one.updated for one in changes)
            total = sum(len(one.hashes) for one in given)
            symbols = tuple(sorted({one.key[1] for one in changes}))
            return WriteReceipt(inserted, updated, total - inserted - updated, symbols)

        return self._written(write)

    def remove(self, symbol: str, interval: Interval, times: TimeArray, *, now: dt.datetime) -> int:
        key: Key = (interval, symbol)
        now = _utc(now, "now")
        if self.coverage(symbol, interval) is None:
            return 0

        def write(pool: ThreadPoolExecutor) -> int:
            contents = self._manifest.load()
            stored, before = self._current(contents, key, BAR), self._coverage(contents, key)
            if stored is None or before is None:
                return 0
            found = np.intersect1d(stored["time"], times.astype(stored["time"].dtype))
            draft = Draft(contents)
            if len(found) == len(stored["time"]):
                self._delete(draft, [key], now)
            elif len(found):
                number = draft.record(_REMOVED, now, None, None)
                self._place(draft, [merging.removal_of(key, stored, found, before, number, now)], pool)
            if draft.entries:
                self._committer.commit(draft, pool)
            return len(found)

        return self._written(write)

    def delete(self, symbols: Sequence[str], interval: Interval, *, now: dt.datetime | None = None) -> int:
        now = dt.datetime.now(dt.UTC) if now is None else _utc(now, "now")
        if not any(self.coverage(symbol, interval) for symbol in symbols):
            return 0

        def write(pool: ThreadPoolExecutor) -> int:
            draft = Draft(self._manifest.load())
            removed = self._delete(draft, [(interval, symbol) for symbol in sorted(set(symbols))], now)
            if draft.entries:
                self._committer.commit(draft, pool)
            return removed

        return self._written(write)

    def compact(self, *, fully: bool = False, now: dt.datetime | None = None) -> int:
        """Fold rows from segments into base files, a number of symbols a commit, and remove what is out of use."""
        now = dt.datetime.now(dt.UTC) if now is None else _utc(now, "now")
        waiting = [key for key, entry in self._manifest.load().entries() if folding.worth_folding(entry, fully)]

        def fold(part: Sequence[Key], pool: ThreadPoolExecutor) -> int:
            contents = self._manifest.load()
            draft = Draft(contents)
            keys = [key for key in part if contents.get(key) and folding.worth_folding(draft.entry(key), fully)]
            self._fold(draft, dict.fromkeys(keys), pool)
            for key in keys:
                draft.entries[key] = folding.join_past_files(self._reader, draft, key, draft.entries[key])
            if draft.entries:
                self._committer.commit(draft, pool)
            return len(keys)

        folded = 0
        for begin in range(0, len(waiting), _FOLDED_AT_ONCE):
            folded += self._written(partial(fold, waiting[begin : begin + _FOLDED_AT_ONCE]))
        if self._keep is not None:
            self._forget(now - self._keep)
        if self._files.used():
            self._written(self._tidy)
        return folded

    def _forget(self, horizon: dt.datetime) -> None:
        """Drop what ended before the horizon, a number of symbols a commit."""
        waiting = [key for key, entry in self._manifest.load().entries() if forgetting.has_past(entry)]

        def forget(part: Sequence[Key], pool: ThreadPoolExecutor) -> None:
            contents = self._manifest.load()
            last = self._reader.last_write(contents.head, horizon)
            draft = Draft(contents)
            for key in part:
                entry = draft.entry(key)
                left = forgetting.forget(self._reader, draft, key, entry, last, self._base_rows)
                if left is not entry:
                    draft.entries[key] = left
            if draft.entries:
                draft.forget_before(horizon)
                self._committer.commit(draft, pool)

        for begin in range(0, len(waiting), _FOLDED_AT_ONCE):
            self._written(partial(forget, waiting[begin : begin + _FOLDED_AT_ONCE]))

    def _tidy(self, pool: ThreadPoolExecutor) -> None:
        self._join_segments(pool)
        self._committer.sweep(self._manifest.load(), always=True)

    def size(self) -> int:
        """Count what is stored now: its base files and its share of the segments, nothing of the past."""
        contents = self._manifest.load()
        names, shares = [], dict.fromkeys(contents.head.segments, 0)
        for (interval, _), entry in contents.entries():
            names += [f"{interval}/{file.name}" for file in entry.bases]
            for one in entry.slices:
                shares[one.segment] += one.rows
        segments = [contents.head.segments[number] for number, count in shares.items() if count]
        # What has been replaced, and swept, since the manifest was read counts as nothing.
        found = self._files.sizes([*names, *(one.path for one in segments)])
        total = sum(found.get(name, 0) for name in names)
        return total + sum(found.get(one.path, 0) * shares[one.number] // one.rows for one in segments)

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
        if contents.head.horizon and instant < contents.head.horizon:
            raise Forgotten(
                f"what was stored before {contents.head.horizon:%Y-%m-%d %H:%M} UTC is not known any more: superseded "
                "bars are kept for QD_BARS__KEEP_DAYS days"
            )
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
        """Join segments that became many; where another writer is quicker they wait for the next time."""
        contents = self._manifest.load()
        with contextlib.suppress(Overtaken):
            for interval in {one.interval for one in contents.head.segments.values()}:
                draft = Draft(self._manifest.load())
                if folding.join_segments(self._reader, draft, interval, self._max_segments):
                    self._committer.commit(draft, pool)

    def _written(self, work: Callable[[ThreadPoolExecutor], T]) -> T:
        """Do the work with other writers kept away; again from its start where one was too quick for that."""
        for turn in range(_WRITE_TRIES):
            try:
                with self._files.writing(), ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
                    return work(pool)
            except Overtaken:
                time.sleep(random.uniform(0, 0.05 * (turn + 1)))  # noqa: S311 - not for secrets
        raise PortError("other processes write bars all the time, and nothing was written; try again later")


def _utc(instant: dt.datetime, name: str) -> dt.datetime:
    _require_zone(instant, name)
    return instant.astimezone(dt.UTC)


def _require_zone(instant: dt.datetime, name: str) -> None:
    if instant.tzinfo is None:
        raise ValueError(f"{name} is {instant.isoformat()} without a time zone; give a UTC instant")
