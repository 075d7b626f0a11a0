"""Bars in Parquet files under one manifest.

`<root>/<interval>/<symbol>.<random>.parquet` hold the bars, one immutable file a symbol, interval and
version; `<root>/manifest.json` says which of them count. A write puts new files beside the old ones,
flushes them, and then replaces the manifest by a rename: that one step commits the whole batch. Before it
nothing has happened, after it everything has; a crash leaves at most files that no manifest names, which
later writes sweep away. Readers take no lock: they open the file that the manifest names, and look again
when a newer version has just replaced it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np

from quantdesk.adapters.bar_store import codec, files, manifest
from quantdesk.core.bars.frame import Bars, Interval, TimeArray
from quantdesk.ports.bar_store import Coverage, LastBar, WriteReceipt
from quantdesk.ports.errors import StoreCorrupt, StoreFull

_SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SHANGHAI = np.timedelta64(8, "h")
_READ_TRIES = 20


@dataclass(frozen=True, slots=True)
class _Change:
    """One symbol's new contents."""

    bars: Bars
    inserted: int
    updated: int


class ParquetBarStore:
    """A BarStore in a folder of the local file system. See the port for the promises."""

    def __init__(self, root: Path, *, grace_s: float = 3600.0) -> None:
        """Use this folder; it is made by the first write.

        Files out of use stay for `grace_s` seconds for readers that already know their name, backups among
        them.
        """
        self._root = root
        self._grace_s = grace_s
        self._manifest = manifest.ManifestReader(root)

    def read(
        self, symbol: str, interval: Interval, start: dt.date | None = None, end: dt.date | None = None
    ) -> Bars | None:
        bars = self._read((interval, symbol))
        if bars is None or (start is None and end is None):
            return bars
        if bars.time.dtype == codec.time_dtype("1d"):
            return bars.between(start, end)
        days = _days(bars.time)
        lo = 0 if start is None else int(np.searchsorted(days, np.datetime64(start), "left"))
        hi = len(days) if end is None else int(np.searchsorted(days, np.datetime64(end), "right"))
        return bars.take(slice(lo, hi))

    def coverage(self, symbol: str, interval: Interval) -> Coverage | None:
        entry = self._manifest.entries().get((interval, symbol))
        return entry.coverage if entry else None

    def list_coverage(self, interval: Interval) -> list[Coverage]:
        entries = self._manifest.entries()
        return [entry.coverage for key, entry in sorted(entries.items()) if key[0] == interval]

    def merge(self, batch: Sequence[Bars], *, source: str, now: dt.datetime) -> WriteReceipt:
        """Insert and replace; see the port. Raise ValueError for bars that are not oldest first."""
        if now.tzinfo is None:
            raise ValueError(f"now is {now.isoformat()} without a time zone; give a UTC instant")
        new = _joined(batch)
        given = sum(len(bars) for bars in new.values())
        if not given:
            return WriteReceipt(0, 0, 0, ())
        with self._writing(), ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
            entries = self._manifest.entries()
            changes = [c for c in pool.map(self._change, new.values()) if c.inserted or c.updated]
            if changes:
                self._commit(entries, changes, source, now.astimezone(dt.UTC), pool)
        inserted, updated = sum(c.inserted for c in changes), sum(c.updated for c in changes)
        symbols = tuple(sorted({change.bars.symbol for change in changes}))
        return WriteReceipt(inserted, updated, given - inserted - updated, symbols)

    def remove(self, symbol: str, interval: Interval, times: TimeArray, *, now: dt.datetime) -> int:
        if not self._manifest.entries():
            return 0
        key: manifest.Key = (interval, symbol)
        with self._writing(), ThreadPoolExecutor(max_workers=1) as pool:
            entries = self._manifest.entries()
            old = self._read(key)
            if old is None:
                return 0
            kept = old.take(~np.isin(old.time, times.astype(old.time.dtype)))
            removed = len(old) - len(kept)
            if removed and len(kept):
                change = _Change(kept, 0, removed)
                self._commit(entries, [change], entries[key].coverage.source, now.astimezone(dt.UTC), pool)
            elif removed:
                self._replace_manifest(entries, {k: e for k, e in entries.items() if k != key})
            return removed

    def delete(self, symbols: Sequence[str], interval: Interval) -> int:
        if not self._manifest.entries():
            return 0
        with self._writing():
            entries = self._manifest.entries()
            gone = {(interval, symbol) for symbol in symbols} & entries.keys()
            if gone:
                self._replace_manifest(entries, {k: e for k, e in entries.items() if k not in gone})
            return sum(entries[key].coverage.rows for key in gone)

    def size(self) -> int:
        total = 0
        for interval, file in {(key[0], entry.file) for key, entry in self._manifest.entries().items()}:
            with contextlib.suppress(FileNotFoundError):  # replaced, and swept, since the manifest was read
                total += (self._root / interval / file).stat().st_size
        return total

    def _read(self, key: manifest.Key) -> Bars | None:
        interval, symbol = key
        for _ in range(_READ_TRIES):
            entry = self._manifest.entries().get(key)
            if entry is None:
                return None
            try:
                data = (self._root / interval / entry.file).read_bytes()
            except FileNotFoundError:
                continue  # replaced, and swept, since the manifest was read
            bars = codec.decode(data, symbol, interval, entry.file)
            if len(bars) != entry.coverage.rows:
                raise StoreCorrupt(
                    f"bar file {entry.file} has {len(bars)} rows, {entry.coverage.rows} were written; "
                    "restore it from a backup"
                )
            return bars
        raise StoreCorrupt(f"a bar file of {symbol} ({interval}) is missing; restore the bars from a backup")

    def _change(self, new: Bars) -> _Change:
        old = self._read((new.interval, new.symbol))
        return _Change(new, len(new), 0) if old is None else _Change(*codec.merged(old, new))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the writers' lock; turn a full disk into StoreFull."""
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            with files.locked(self._root / ".lock"):
                yield
        except OSError as error:
            if files.is_full(error):
                raise StoreFull(
                    f"the disk of {self._root} is full; nothing was written. Free some space and try again"
                ) from error
            raise

    def _commit(
        self,
        entries: manifest.Entries,
        changes: Sequence[_Change],
        source: str,
        now: dt.datetime,
        pool: ThreadPoolExecutor,
    ) -> None:
        """Write the changed bars to new files, all of them durable, then the manifest that names them."""
        for interval in {change.bars.interval for change in changes}:
            (self._root / interval).mkdir(exist_ok=True)
        new = {(c.bars.interval, c.bars.symbol): _entry(c.bars, source, now) for c in changes}
        paths = [self._root / key[0] / entry.file for key, entry in new.items()]
        try:
            writes = [pool.submit(_write, path, c.bars) for path, c in zip(paths, changes, strict=True)]
            wait(writes, return_when=FIRST_EXCEPTION)
            for write in writes:
                write.cancel()
            wait(writes)  # none may create a file any more when the files are removed below
            for write in writes:
                write.result()
            for folder in {path.parent for path in paths}:
                files.sync_directory(folder)
            self._replace_manifest(entries, entries | new)
        except BaseException:
            committed = self._manifest.entries()
            for (key, entry), path in zip(new.items(), paths, strict=True):
                if committed.get(key) != entry:  # else the failure came after the commit
                    path.unlink(missing_ok=True)
            raise

    def _replace_manifest(self, old: manifest.Entries, new: manifest.Entries) -> None:
        for key in old.keys() - new.keys() | {key for key in old.keys() & new.keys() if old[key] != new[key]}:
            with contextlib.suppress(FileNotFoundError):
                os.utime(self._root / key[0] / old[key].file)  # its grace begins now
        draft = self._root / (manifest.FILE + ".new")
        draft.unlink(missing_ok=True)
        try:
            files.write_durably(draft, manifest.to_bytes(new))
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        os.replace(draft, self._root / manifest.FILE)
        files.sync_directory(self._root)
        self._sweep(new)

    def _sweep(self, entries: manifest.Entries) -> None:
        """Remove the files that no manifest names and that no reader can still be about to open."""
        oldest = time.time() - self._grace_s
        for folder in self._root.iterdir():
            if not folder.is_dir():
                continue
            used = {entry.file for (interval, _), entry in entries.items() if interval == folder.name}
            with os.scandir(folder) as listing:
                unused = [item for item in listing if item.name not in used and item.name.endswith(".parquet")]
            for item in unused:
                with contextlib.suppress(OSError):  # the commit stands; the next write tries again
                    if item.stat().st_mtime <= oldest:
                        os.unlink(item.path)


def _joined(batch: Sequence[Bars]) -> dict[manifest.Key, Bars]:
    """Check the batch and give it by key; where a symbol comes twice, its later bars replace the earlier."""
    new: dict[manifest.Key, Bars] = {}
    for bars in batch:
        if not _SYMBOL.fullmatch(bars.symbol) or bars.interval not in get_args(Interval):
            raise ValueError(f"bars of {bars.symbol[:80]!r}, {bars.interval!r}: no such symbol or interval")
        key = (bars.interval, bars.symbol)
        proper = codec.normalised(bars)
        if len(proper):
            new[key] = codec.merged(new[key], proper)[0] if key in new else proper
    return new


def _entry(bars: Bars, source: str, now: dt.datetime) -> manifest.Entry:
    first, last = (day.astype(object) for day in _days(bars.time[[0, -1]]))
    coverage = Coverage(
        symbol=bars.symbol,
        interval=bars.interval,
        first=first,
        last=last,
        rows=len(bars),
        source=source,
        updated_at=now,
        etag=codec.fingerprint(bars),
        latest=_latest(bars),
    )
    return manifest.Entry(f"{bars.symbol}.{secrets.token_hex(8)}.parquet", coverage)


def _latest(bars: Bars) -> LastBar:
    known = [float(close) for close in (bars.preclose[-1], *bars.close[-2:-1]) if not np.isnan(close)]
    return LastBar(
        close=float(bars.close[-1]),
        previous_close=known[0] if known else None,
        suspended=bool(bars.suspended[-1]),
        is_st=bool(bars.is_st[-1]),
    )


def _write(path: Path, bars: Bars) -> None:
    files.write_durably(path, codec.encode(bars))


def _days(time: TimeArray) -> TimeArray:
    """Give the trading dates in Shanghai."""
    if time.dtype == codec.time_dtype("1d"):
        return time
    days: TimeArray = (time + _SHANGHAI).astype("datetime64[D]")
    return days
