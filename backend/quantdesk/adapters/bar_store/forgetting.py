"""What of the past goes when it is kept for a time only.

A version goes when it ended before the horizon: whoever reads as of the horizon or later does not see it. Versions that
lie in base files, below rows that are not folded yet, wait until they are.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quantdesk.adapters.bar_store import rows
from quantdesk.adapters.bar_store.draft import Draft
from quantdesk.adapters.bar_store.entries import Entry, Key
from quantdesk.adapters.bar_store.reading import RowReader
from quantdesk.adapters.bar_store.rows import STORED, Columns

_NEVER = np.iinfo(np.int64).max


def forget(reader: RowReader, draft: Draft, key: Key, entry: Entry, last: int, many: int) -> Entry:
    """Give the entry without the past that ended with the write `last` or before; the same one when there is none.

    At least `many` rows that are left make a file, fewer go to a segment.
    """
    head = draft.contents.head
    files = [reader.file(key, file, STORED) for file in entry.past_files]
    slices = [reader.slice(head, one, STORED) for one in entry.past_slices]
    past, _ = rows.by_time(rows.joined([*files, *slices] or [rows.empty(key[0])]))
    ends = _ends(past, reader.versions(head, key, entry), entry.deletes)
    deletes = tuple(number for number in entry.deletes if number > last)
    gone = (ends <= last) | ((past["write"] < 0) & (-past["write"] <= last))
    if not gone.any() and deletes == entry.deletes:
        return entry
    # A row that has not ended is here a second time: the bases or slices have it.
    left = rows.take(past, ~gone & ((ends < _NEVER) | (past["write"] < 0)))
    count = len(left["time"])
    return replace(
        entry,
        past_files=(draft.add_file(key, 0, left),) if count >= many else (),
        past_slices=(draft.add_rows(key, left),) if 0 < count < many else (),
        deletes=deletes,
    )


def has_past(entry: Entry) -> bool:
    return bool(entry.past_files or entry.past_slices or entry.deletes)


def _ends(past: Columns, versions: Columns, deletes: tuple[int, ...]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Give the write that ended each version: the next one of its time, or a deletion of all; _NEVER while it holds."""
    known, newest = rows.by_time(versions)
    following = np.full(len(newest), _NEVER)
    following[:-1][~newest[:-1]] = np.abs(known["write"][1:])[~newest[:-1]]
    ends = following[_places(known, past)]
    after = np.searchsorted(np.array(deletes, dtype=np.int64), np.abs(past["write"]), "right")
    deleted = np.append(np.array(deletes, dtype=np.int64), _NEVER)[after]
    found: np.ndarray[tuple[int], np.dtype[np.int64]] = np.minimum(ends, deleted)
    return found


def _places(known: Columns, wanted: Columns) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Give where in `known` each of the wanted rows is; all of them are there."""
    times = np.concatenate((known["time"].astype(np.int64), wanted["time"].astype(np.int64)))
    writes = np.concatenate((known["write"], wanted["write"]))
    _, rank = np.unique(np.stack((times, writes), axis=1), axis=0, return_inverse=True)
    count = len(known["time"])
    place = np.empty(len(rank), dtype=np.intp)
    place[rank[:count]] = np.arange(count)
    return place[rank[count:]]
