"""The store's table of contents: which files and segments hold which bars. Replacing it is the one commit point.

The file is JSON, one line an entry. A reader parses the lines it is asked for, and after a write only those that
changed; a writer encodes only those it changes.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Hashable, Iterable, Mapping
from threading import Lock
from typing import Any, cast, get_args

from quantdesk.adapters.bar_store import legacy
from quantdesk.adapters.bar_store.entries import Entry, Head, Key, entry_of, head_of, line_of, to_json
from quantdesk.adapters.bar_store.files import MANIFEST, BarFiles
from quantdesk.core.bars.frame import Interval
from quantdesk.ports.errors import StoreCorrupt

FORMAT = 3
_START = b'{"format":%d,"crc":' % FORMAT


class Contents:
    """What one manifest says. Not changed once made; entries are parsed when first asked for."""

    def __init__(
        self, head: Head, lines: Mapping[Key, bytes], parsed: dict[Key, Entry], identity: Hashable = None
    ) -> None:
        self.head = head
        self.identity = identity
        """Of the manifest that says this; None before there is one."""
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

    def file_names(self) -> set[str]:
        """Give the names of all files that count."""
        found = {one.path for one in self.head.segments.values()} | {log.file for log in self.head.logs}
        return found | {f"{key[0]}/{name}" for key, entry in self.entries() for name in entry.file_names()}

    def seen_as(self, identity: Hashable) -> Contents:
        """Give these contents as those of the manifest of this identity."""
        return Contents(self.head, self._lines, self._parsed, identity)

    def carried(self, older: Contents) -> Contents:
        """Give these contents with what the older ones have parsed of the same lines."""
        parsed = list(older._parsed.items())  # at once: other threads go on parsing
        kept = {key: entry for key, entry in parsed if older._lines.get(key) == self._lines.get(key)}
        return Contents(self.head, self._lines, kept, self.identity)


NOTHING = Contents(Head(), {}, {})


class ManifestReader:
    """Read the manifest, again only when it is another one. Thread-safe."""

    def __init__(self, files: BarFiles) -> None:
        self._files = files
        self._lock = Lock()
        self._contents = NOTHING

    def load(self) -> Contents:
        """Give the committed contents. Raise StoreCorrupt."""
        known = self._contents
        found = self._files.manifest(known.identity)
        if found is None:
            return NOTHING  # nothing was ever committed
        if found.data is None:
            return known
        with self._lock:
            if found.identity != self._contents.identity:
                self._contents = parse(found.data).seen_as(found.identity).carried(self._contents)
            return self._contents

    def committed(self, contents: Contents) -> None:
        """Take over what has just been written, so that it is not read back."""
        with self._lock:
            self._contents = contents


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
        raise StoreCorrupt(f"{MANIFEST} of the bar store does not read ({error}); restore a backup") from error


def _older(content: Any) -> Contents:
    if content["format"] != legacy.FORMAT:
        raise StoreCorrupt(
            f"{MANIFEST} of the bar store has format {content['format']}, this QuantDesk reads {legacy.FORMAT} and "
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
        raise StoreCorrupt(f"{MANIFEST} of the bar store does not read ({error}); restore a backup") from error
