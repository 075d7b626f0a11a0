"""Stores of manifest format 2: one Parquet file a symbol, without writes.

They are read as they are; the first write brings the manifest to today's format, and the files stay.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from quantdesk.adapters.bar_store.entries import Entry, File, Head, Key, Recorded, coverage_of
from quantdesk.ports.bar_store import Write

FORMAT = 2
MARK = "2:"
"""Before a content tag of that format, which cannot be carried forward."""


def upgraded(rows: list[list[Any]]) -> tuple[Head, dict[Key, Entry]]:
    """Give the head and the entries. All bars of a symbol count as brought by its last write."""
    found = {(row[0], row[1]): (row[2], coverage_of(row[0], row[1], row[3:])) for row in rows}
    times: list[tuple[dt.datetime, str]] = sorted({(cover.updated_at, cover.source) for _, cover in found.values()})
    numbers = {time: number for number, time in enumerate(times, start=1)}
    writes = tuple(Recorded(Write(numbers[at, source], source, at, None, None), at) for at, source in times)
    entries: dict[Key, Entry] = {}
    for key, (file, cover) in found.items():
        number = numbers[cover.updated_at, cover.source]
        entries[key] = Entry(replace(cover, etag=MARK + cover.etag), bases=(File(file, 0, cover.rows, number),))
    return Head(next_write=len(writes) + 1, writes=writes), entries
