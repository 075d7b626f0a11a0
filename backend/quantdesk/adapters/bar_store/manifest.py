"""The store's table of contents: which file holds which bars. Replacing it is the one commit point."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, cast, get_args

from quantdesk.core.bars.frame import Interval
from quantdesk.ports.bar_store import Coverage, LastBar
from quantdesk.ports.errors import StoreCorrupt

FILE = "manifest.json"
_FORMAT = 2

Key = tuple[Interval, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One symbol's bars of one interval."""

    file: str
    """Name within the interval's folder; never reused for other bytes."""
    coverage: Coverage


Entries = dict[Key, Entry]


class ManifestReader:
    """Read the manifest, again only when the file is another one. Thread-safe."""

    def __init__(self, root: Path) -> None:
        self._path = root / FILE
        self._lock = Lock()
        self._seen: tuple[int, int, int] | None = None
        self._entries: Entries = {}

    def entries(self) -> Entries:
        """Give the committed contents; not to be changed. Raise StoreCorrupt."""
        try:
            seen = self._identity(os.stat(self._path))
        except FileNotFoundError:
            return {}  # nothing was ever committed
        with self._lock:
            if seen != self._seen:
                with open(self._path, "rb") as file:
                    # Of the opened file: the path may have been replaced since.
                    seen = self._identity(os.fstat(file.fileno()))
                    self._entries = _parse(file.read(), self._path)
                self._seen = seen  # only what parsed counts as seen
            return self._entries

    @staticmethod
    def _identity(stat: os.stat_result) -> tuple[int, int, int]:
        return stat.st_ino, stat.st_mtime_ns, stat.st_size


def to_bytes(entries: Entries) -> bytes:
    """Give the manifest's bytes: one line an entry, sorted, so that equal contents are equal bytes."""
    lines = [
        json.dumps(
            [
                interval, symbol, entry.file, entry.coverage.first.isoformat(),
                entry.coverage.last.isoformat(), entry.coverage.rows, entry.coverage.source,
                entry.coverage.updated_at.isoformat(), entry.coverage.etag, *_to_row(entry.coverage.latest),
            ],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for (interval, symbol), entry in sorted(entries.items())
    ]  # fmt: skip
    return (f'{{"format":{_FORMAT},"entries":[\n' + ",\n".join(lines) + "\n]}\n").encode()


def _to_row(latest: LastBar) -> list[float | int | None]:
    return [latest.close, latest.previous_close, int(latest.suspended), int(latest.is_st)]


def _parse(data: bytes, path: Path) -> Entries:
    try:
        content = json.loads(data)
        if content["format"] != _FORMAT:
            raise StoreCorrupt(
                f"{path.name} of the bar store has format {content['format']}, this QuantDesk reads {_FORMAT}; "
                "run the version that wrote it, or remove the folder and import again"
            )
        return dict(_entry(row) for row in content["entries"])
    except (ValueError, KeyError, TypeError) as error:
        raise StoreCorrupt(f"{path.name} of the bar store does not read ({error}); restore a backup") from error


def _entry(row: list[Any]) -> tuple[Key, Entry]:
    interval, symbol, file, first, last, rows, source, updated_at, etag, close, previous, suspended, is_st = row
    if interval not in get_args(Interval):
        raise ValueError(f"unknown interval {interval!r}")
    coverage = Coverage(
        symbol=symbol,
        interval=cast(Interval, interval),
        first=dt.date.fromisoformat(first),
        last=dt.date.fromisoformat(last),
        rows=int(rows),
        source=source,
        updated_at=dt.datetime.fromisoformat(updated_at),
        etag=etag,
        latest=LastBar(
            close=float(close),
            previous_close=None if previous is None else float(previous),
            suspended=bool(suspended),
            is_st=bool(is_st),
        ),
    )
    return (coverage.interval, symbol), Entry(file, coverage)
