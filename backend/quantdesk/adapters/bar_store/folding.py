"""Where rows go: into a symbol's base files when they are many, else into the segment of their write.

Folding brings a symbol's rows from segments into its base files. Rows that no longer hold are kept: a base file
that loses many rows stays as a file of the past, few rows move to the segment of the commit. Segments that became
many are joined into one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from quantdesk.adapters.bar_store import rows
from quantdesk.adapters.bar_store.draft import Draft
from quantdesk.adapters.bar_store.entries import Entry, File, Head, Key, Segment, Slice
from quantdesk.adapters.bar_store.reading import RowReader
from quantdesk.adapters.bar_store.rows import STORED, Columns
from quantdesk.core.bars.frame import Interval

_FOLD_SHARE = 0.02
_MANY_SLICES = 24
_MANY_PAST_FILES = 8


@dataclass(slots=True)
class Folded:
    """What becomes of one symbol's rows."""

    bases: list[File] = field(default_factory=list)
    """That stay as they are."""
    new_bases: list[tuple[int, Columns]] = field(default_factory=list)
    past_files: list[File] = field(default_factory=list)
    rest: list[Columns] = field(default_factory=list)
    """Rows that lie over the bases of other years."""
    past: list[Columns] = field(default_factory=list)
    """Rows that hold no more, for a segment."""


def many_years(key: Key, columns: Columns, many: int) -> set[int]:
    """Give the years of which there are at least `many` rows."""
    if len(columns["time"]) < many:
        return set()
    years, counts = np.unique(rows.years_of(columns["time"], key[0]), return_counts=True)
    return set(years[counts >= many].tolist())


def fold(reader: RowReader, head: Head, key: Key, entry: Entry, new: Columns | None, many: int) -> Folded:
    """Lay out the rows anew: in base files those of the years of which `new` has many, without `new` all.

    Reads, and changes nothing.
    """
    over = [reader.slice(head, one, STORED) for one in entry.slices] + ([] if new is None else [new])
    bases = list(entry.bases)
    folded = Folded(past_files=list(entry.past_files))
    if not rows.is_daily(key[0]) and (whole := [file for file in bases if file.year == 0]):
        # From before bars within the day were kept by year.
        over += [reader.file(key, file, STORED) for file in whole]
        bases = [file for file in bases if file.year]
        new = None
    top = rows.joined(over or [rows.empty(key[0])])
    years = many_years(key, top, 1) if new is None else many_years(key, new, many)
    year_of = rows.years_of(top["time"], key[0])
    folded.bases = [file for file in bases if file.year not in years]
    for year in sorted(years):
        base = next((file for file in bases if file.year == year), None)
        if base is None and len(over) == 1 and over[0] is new:
            # What comes first is as it is to be: in order, each time once.
            whole_year = len(years) == 1 and (year_of == year).all()
            folded.new_bases.append((year, new if whole_year else rows.take(new, year_of == year)))
            continue
        below = rows.empty(key[0]) if base is None else reader.file(key, base, STORED)
        kept, last = rows.by_time(rows.joined((below, rows.take(top, year_of == year))))
        holds = last & (kept["write"] > 0)
        if holds.any():
            folded.new_bases.append((year, rows.take(kept, holds)))
        gone = rows.take(kept, ~holds)
        if base is not None and len(gone["time"]) >= many:
            folded.past_files.append(base)
            gone = rows.take(gone, ~_among(gone, below))
        if len(gone["time"]):
            folded.past.append(gone)
    rest = rows.take(top, ~np.isin(year_of, list(years)))
    if len(rest["time"]):
        folded.rest.append(rest)
    return folded


def apply(draft: Draft, key: Key, entry: Entry, folded: Folded) -> Entry:
    """Put the folded rows into the draft; give the entry, its coverage as it was."""
    bases = [*folded.bases, *(draft.add_file(key, year, columns) for year, columns in folded.new_bases)]
    past = tuple(draft.add_rows(key, columns) for columns in folded.past)
    return replace(
        entry,
        bases=tuple(sorted(bases, key=lambda file: file.year)),
        slices=tuple(draft.add_rows(key, columns) for columns in folded.rest),
        past_files=tuple(folded.past_files),
        past_slices=(*entry.past_slices, *past),
    )


def worth_folding(entry: Entry, fully: bool) -> bool:
    """Say whether to fold this symbol: much lies over its bases, or all of it shall go."""
    over = sum(one.rows for one in entry.slices)
    if not over or fully:
        return over > 0
    below = sum(file.rows for file in entry.bases)
    return over >= max(_FOLD_SHARE * below, 1) or len(entry.slices) > _MANY_SLICES


def join_past_files(reader: RowReader, draft: Draft, key: Key, entry: Entry) -> Entry:
    """Make one file of many past ones."""
    if len(entry.past_files) <= _MANY_PAST_FILES:
        return entry
    together, _ = rows.by_time(rows.joined([reader.file(key, file, STORED) for file in entry.past_files]))
    return replace(entry, past_files=(draft.add_file(key, 0, together),))


def join_segments(reader: RowReader, draft: Draft, interval: Interval, many: int) -> bool:
    """Move the rows of an interval's segments into one, when there are more than `many`; say whether.

    A segment much larger than all smaller ones together stays: rows are then moved a number of times that
    grows with the logarithm of their number only.
    """
    segments = [one for one in draft.contents.head.segments.values() if one.interval == interval]
    if len(segments) <= many:
        return False
    chosen: list[Segment] = []
    for segment in sorted(segments, key=lambda one: one.rows):
        if len(chosen) > many // 2 and segment.rows > 4 * sum(one.rows for one in chosen):
            break
        chosen.append(segment)
    numbers = {one.number for one in chosen}
    for symbol in sorted({symbol for one in chosen for symbol in reader.segment(one)[1]}):
        key: Key = (interval, symbol)
        entry = draft.entry(key)
        slices, past = (_moved(reader, draft, key, of, numbers) for of in (entry.slices, entry.past_slices))
        if (slices, past) != (entry.slices, entry.past_slices):
            draft.entries[key] = replace(entry, slices=slices, past_slices=past)
    return True


def _moved(
    reader: RowReader, draft: Draft, key: Key, slices: tuple[Slice, ...], numbers: set[int]
) -> tuple[Slice, ...]:
    """Move the slices of these segments into the draft's one, as one slice."""
    moved = [one for one in slices if one.segment in numbers]
    if not moved:
        return slices
    columns = rows.joined([reader.slice(draft.contents.head, one, STORED) for one in moved])
    return (*(one for one in slices if one.segment not in numbers), draft.add_rows(key, columns))


def _among(gone: Columns, below: Columns) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Say which rows a base file has, the same version of them."""
    at = np.minimum(np.searchsorted(below["time"], gone["time"]), len(below["time"]) - 1)
    same: np.ndarray[tuple[int], np.dtype[np.bool_]] = (below["time"][at] == gone["time"]) & (
        below["write"][at] == gone["write"]
    )
    return same
