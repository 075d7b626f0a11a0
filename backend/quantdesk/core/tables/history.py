"""Versions of rows in time: when each was known from and until, and which write brought it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from quantdesk.core.tables.specs import Key, Row, TableSpec, key_of, sort_key

Span = tuple[dt.date, dt.date]
"""First and last day, both included."""


@dataclass(frozen=True, slots=True)
class Version:
    """A row as it was known from one instant until another."""

    row: Row
    known_from: dt.datetime
    known_until: dt.datetime | None
    """The instant from which it no longer holds; None for the row as it is known now."""
    write: str
    """Id of the write that brought it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a write makes of a table's part."""

    versions: list[Version]
    """All of them, by key and then by time."""
    inserted: int
    updated: int
    ended: int
    unchanged: int

    @property
    def changed(self) -> bool:
        return bool(self.inserted or self.updated or self.ended)


def merge(
    spec: TableSpec,
    versions: Sequence[Version],
    rows: Mapping[Key, Row],
    *,
    at: dt.datetime,
    write: str,
    complete: bool = False,
    between: Span | None = None,
) -> Change:
    """Give the versions with the rows known from `at` on.

    A row that is the same stays as it is; another of the same key ends it. `complete` ends those whose key is not
    among the rows, with `between` only those of these days. Time does not go back: where `at` lies before a version's
    instant, that instant counts.
    """
    at = max([at, *(until or since for since, until in {(one.known_from, one.known_until) for one in versions})])
    kept: list[Version] = []
    same: set[Key] = set()
    updated: set[Key] = set()
    ended = 0
    for version in versions:
        key = key_of(spec, version.row)
        if version.known_until is not None:
            kept.append(version)
        elif key in rows and rows[key] == version.row:
            same.add(key)
            kept.append(version)
        elif key in rows:
            updated.add(key)
            kept.append(replace(version, known_until=at))
        elif complete and (between is None or _within(spec, version.row, between)):
            ended += 1
            kept.append(replace(version, known_until=at))
        else:
            kept.append(version)
    fresh = [Version(row, at, None, write) for key, row in rows.items() if key not in same]
    if fresh:
        kept = sorted([*kept, *fresh], key=lambda one: sort_key(key_of(spec, one.row)))  # stable: by time within a key
    return Change(kept, len(fresh) - len(updated), len(updated), ended, len(same))


def known(versions: Sequence[Version], as_of: dt.datetime | None = None) -> list[Row]:
    """Give the rows that are known now, or were at an instant, by key."""
    if as_of is None:
        return [one.row for one in versions if one.known_until is None]
    return [
        one.row for one in versions if one.known_from <= as_of and (one.known_until is None or as_of < one.known_until)
    ]


def of_key(spec: TableSpec, versions: Sequence[Version], key: Key) -> list[Version]:
    """Give all versions of one row, oldest first."""
    return [one for one in versions if key_of(spec, one.row) == key]


def span_of(spec: TableSpec, rows: Sequence[Row]) -> Span | None:
    """Give the first and the last day of the rows; None where they have none."""
    if spec.day is None:
        return None
    days = [day for row in rows if (day := getattr(row, spec.day)) is not None]
    return (min(days), max(days)) if days else None


def _within(spec: TableSpec, row: Row, between: Span) -> bool:
    day = None if spec.day is None else getattr(row, spec.day)
    return day is not None and between[0] <= day <= between[1]
