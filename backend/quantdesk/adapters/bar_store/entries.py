"""What the manifest says of writes, segments and symbols, and these as rows of JSON."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from quantdesk.core.bars.frame import Interval
from quantdesk.ports.bar_store import Coverage, LastBar, Write

Key = tuple[Interval, str]


@dataclass(frozen=True, slots=True)
class File:
    """One symbol's bars in a Parquet file."""

    name: str
    """Within the interval's folder; never reused for other bytes."""
    year: int
    """Of bars within the day, in UTC; 0 for a file that is not kept by year."""
    rows: int
    write: int | None = None
    """The write of all its rows, where the file itself does not say it row by row."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows of many symbols of one interval, brought by one or more writes."""

    number: int
    interval: Interval
    file: str
    rows: int
    crc: int
    uses: int
    """Slices of it that entries name."""

    @property
    def path(self) -> str:
        return f"{self.interval}/{self.file}"


@dataclass(frozen=True, slots=True)
class Slice:
    """One symbol's rows in a segment."""

    segment: int
    start: int
    rows: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One symbol's bars of one interval: what is stored now, and what was."""

    coverage: Coverage | None = None
    """None: what was stored has been deleted."""
    bases: tuple[File, ...] = ()
    """The bars, by year; each time once."""
    slices: tuple[Slice, ...] = ()
    """Later rows that lie over the bases."""
    past_files: tuple[File, ...] = ()
    past_slices: tuple[Slice, ...] = ()
    """Where superseded and deleted rows are found, rows that still hold among them."""
    deletes: tuple[int, ...] = ()
    """Numbers of the writes that deleted all that was stored."""

    def file_names(self) -> set[str]:
        return {file.name for file in (*self.bases, *self.past_files)}

    def all_slices(self) -> Iterator[Slice]:
        yield from self.slices
        yield from self.past_slices


@dataclass(frozen=True, slots=True)
class Recorded:
    """A write as it is on record."""

    write: Write
    at: dt.datetime
    """When it came to hold, never before the writes before it, whatever the clocks of the writers said."""


@dataclass(frozen=True, slots=True)
class Log:
    """A file with older writes."""

    file: str
    first: int
    last: int
    since: dt.datetime
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Head:
    generation: int = 0
    """Grows with each commit."""
    next_write: int = 1
    next_segment: int = 1
    segments: dict[int, Segment] = field(default_factory=dict)
    writes: tuple[Recorded, ...] = ()
    """The newest ones, oldest first; those before are in the logs."""
    logs: tuple[Log, ...] = ()
    horizon: dt.datetime | None = None
    """What was stored before this instant has been forgotten, where it is known no more; None: nothing has."""

    def to_list(self) -> list[Any]:
        found = [
            self.generation,
            self.next_write,
            self.next_segment,
            [[s.number, s.interval, s.file, s.rows, s.crc, s.uses] for s in self.segments.values()],
            [recorded_to_list(one) for one in self.writes],
            [[log.file, log.first, log.last, log.since.isoformat(), log.until.isoformat()] for log in self.logs],
        ]
        return found if self.horizon is None else [*found, self.horizon.isoformat()]


def head_of(row: list[Any]) -> Head:
    generation, next_write, next_segment, segments, writes, logs, *horizon = row
    return Head(
        generation,
        next_write,
        next_segment,
        {one[0]: Segment(*one) for one in segments},
        tuple(recorded_of(one) for one in writes),
        tuple(Log(file, first, last, _instant(since), _instant(until)) for file, first, last, since, until in logs),
        _instant(horizon[0]) if horizon else None,
    )


def recorded_to_list(one: Recorded) -> list[Any]:
    write = one.write
    as_of = None if write.as_of is None else write.as_of.isoformat()
    return [write.id, write.source, write.fetched_at.isoformat(), write.parser, as_of, one.at.isoformat()]


def recorded_of(row: list[Any]) -> Recorded:
    number, source, fetched_at, parser, as_of, at = row
    day = None if as_of is None else dt.date.fromisoformat(as_of)
    return Recorded(Write(number, source, _instant(fetched_at), parser, day), _instant(at))


def line_of(key: Key, entry: Entry) -> bytes:
    """Give the manifest's line of an entry."""
    return to_json(
        [
            *key,
            None if entry.coverage is None else _coverage_to_list(entry.coverage),
            [_file_to_list(one) for one in entry.bases],
            [[one.segment, one.start, one.rows] for one in entry.slices],
            [_file_to_list(one) for one in entry.past_files],
            [[one.segment, one.start, one.rows] for one in entry.past_slices],
            list(entry.deletes),
        ]
    )


def entry_of(row: list[Any]) -> tuple[Key, Entry]:
    interval, symbol, coverage, bases, slices, past_files, past_slices, deletes = row
    entry = Entry(
        None if coverage is None else coverage_of(interval, symbol, coverage),
        tuple(File(*one) for one in bases),
        tuple(Slice(*one) for one in slices),
        tuple(File(*one) for one in past_files),
        tuple(Slice(*one) for one in past_slices),
        tuple(deletes),
    )
    return (interval, symbol), entry


def coverage_of(interval: Interval, symbol: str, row: list[Any]) -> Coverage:
    first, last, rows, source, updated_at, etag, close, previous, suspended, is_st = row
    return Coverage(
        symbol=symbol,
        interval=interval,
        first=dt.date.fromisoformat(first),
        last=dt.date.fromisoformat(last),
        rows=int(rows),
        source=source,
        updated_at=_instant(updated_at),
        etag=etag,
        latest=LastBar(
            close=float(close),
            previous_close=None if previous is None else float(previous),
            suspended=bool(suspended),
            is_st=bool(is_st),
        ),
    )


def counted(before: Entry | None, after: Entry, uses: dict[int, int]) -> None:
    """Add to `uses` by how much the number of slices of each segment changes."""
    for sign, entry in ((-1, before), (1, after)):
        for one in entry.all_slices() if entry else ():
            uses[one.segment] = uses.get(one.segment, 0) + sign


def with_uses(segments: dict[int, Segment], uses: dict[int, int]) -> dict[int, Segment]:
    """Give the segments with their uses counted anew, without those that are used no more."""
    kept = {number: replace(one, uses=one.uses + uses.get(number, 0)) for number, one in segments.items()}
    return {number: one for number, one in kept.items() if one.uses > 0}


def to_json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _coverage_to_list(coverage: Coverage) -> list[Any]:
    latest = coverage.latest
    return [
        coverage.first.isoformat(), coverage.last.isoformat(), coverage.rows, coverage.source,
        coverage.updated_at.isoformat(), coverage.etag,
        latest.close, latest.previous_close, int(latest.suspended), int(latest.is_st),
    ]  # fmt: skip


def _file_to_list(file: File) -> list[Any]:
    return [file.name, file.year, file.rows, file.write]


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
