"""The store's table of contents: which files and segments hold which bars. Replacing it is the one commit point.

The file is JSON, one line an entry. A reader parses the lines it is asked for, and after a write only those that
changed; a writer encodes only those it changes.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any, cast, get_args

from quantdesk.adapters.bar_store import legacy
from quantdesk.adapters.bar_store.entries import Entry, Head, Key, entry_of, head_of, line_of, to_json
from quantdesk.core.bars.frame import Interval
from quantdesk.ports.errors import StoreCorrupt

FILE = "manifest.json"
FORMAT = 3
_START = b'{"format":%d,"crc":' % FORMAT


class Contents:
    """What one manifest says. Not changed once made; entries are parsed when first asked for."""

    def __init__(self, head: Head, lines: Mapping[Key, bytes], parsed: dict[Key, Entry]) -> None:
        self.head = head
        self._lines = lines
        self._parsed = parsed

    def get(self, key: Key) -> Entry | None:
        entry = self._parsed.get(key)
        if entry is None and (line := self._lines.get(key)) is not None:
            entry = self._parsed[key] = _parsed(line)
        return entry

    def keys(self, interval: Interval | None = None) -> list[Key]:
        """Give the keys that have an entry, sorted."""
        return sorted(key for key in self._lines if interval in (None, key[0]))

    def entries(self, interval: Interval | None = None) -> Iterable[tuple[Key, Entry]]:
        for key in self.keys(interval):
            yield key, cast(Entry, self.get(key))

    def changed(self, entries: Mapping[Key, Entry], head: Head) -> Contents:
        """Give the next contents, with these entries in place of theirs."""
        lines = {**self._lines, **{key: line_of(key, entry) for key, entry in entries.items()}}
        return Contents(head, lines, {**self._parsed, **entries})

    def to_bytes(self) -> bytes:
        """Give the manifest's bytes: entries sorted, so that equal contents are equal bytes."""
        lines = b",\n".join(self._lines[key] for key in self.keys())
        body = b'"head":' + to_json(self.head.to_list()) + b',\n"entries":[\n' + lines + b"\n]}\n"
        return _START + b"%d,\n" % zlib.crc32(body) + body

    def carried(self, older: Contents) -> Contents:
        """Give these contents with what the older ones have parsed of the same lines."""
        parsed = list(older._parsed.items())  # at once: other threads go on parsing
        kept = {key: entry for key, entry in parsed if older._lines.get(key) == self._lines.get(key)}
        return Contents(self.head, self._lines, kept)


NOTHING = Contents(Head(), {}, {})


class ManifestReader:
    """Read the manifest, again only when the file is another one. Thread-safe."""

    def __init__(self, root: Path) -> None:
        self._path = root / FILE
        self._lock = Lock()
        self._seen: tuple[int, int, int] | None = None
        self._contents = NOTHING

    def load(self) -> Contents:
        """Give the committed contents. Raise StoreCorrupt."""
        try:
            seen = self._identity(os.stat(self._path))
        except FileNotFoundError:
            return NOTHING  # nothing was ever committed
        with self._lock:
            if seen != self._seen:
                with open(self._path, "rb") as file:
                    # Of the opened file: the path may have been replaced since.
                    seen = self._identity(os.fstat(file.fileno()))
                    self._contents = parse(file.read()).carried(self._contents)
                self._seen = seen  # only what parsed counts as seen
            return self._contents

    def committed(self, contents: Contents, stat: os.stat_result) -> None:
        """Take over what has just been written to the manifest with this stat, so that it is not read back."""
        with self._lock:
            self._seen, self._contents = self._identity(stat), contents

    @staticmethod
    def _identity(stat: os.stat_result) -> tuple[int, int, int]:
        return stat.st_ino, stat.st_mtime_ns, stat.st_size


def parse(data: bytes) -> Contents:
    """Read a manifest of this format, or of the one before. Raise StoreCorrupt."""
    try:
        if not data.startswith(_START):
            return _older(json.loads(data))
        first, body = data.split(b"\n", 1)
        if zlib.crc32(body) != int(first.removeprefix(_START).rstrip(b",")):
            raise ValueError("its checksum is another one")
        head, opening, *lines, closing, rest = body.split(b"\n")
        if (opening, closing, rest) != (b'"entries":[', b"]}", b""):
            raise ValueError("it has not the lines of a manifest")
        found = {_key(line): line.rstrip(b",") for line in lines if line}
        return Contents(head_of(json.loads(head.removeprefix(b'"head":').rstrip(b","))), found, {})
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise StoreCorrupt(f"{FILE} of the bar store does not read ({error}); restore a backup") from error


def _older(content: Any) -> Contents:
    if content["format"] != legacy.FORMAT:
        raise StoreCorrupt(
            f"{FILE} of the bar store has format {content['format']}, this QuantDesk reads {legacy.FORMAT} and "
            f"{FORMAT}; run the version that wrote it, or remove the folder and import again"
        )
    head, entries = legacy.upgraded(content["entries"])
    return NOTHING.changed(entries, head)


def _key(line: bytes) -> Key:
    _, interval, _, symbol, _ = line.split(b'"', 4)
    return cast(Interval, interval.decode()), symbol.decode()


def _parsed(line: bytes) -> Entry:
    try:
        key, entry = entry_of(json.loads(line))
        if key[0] not in get_args(Interval):
            raise ValueError(f"unknown interval {key[0]!r}")
        return entry
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise StoreCorrupt(f"{FILE} of the bar store does not read ({error}); restore a backup") from error
