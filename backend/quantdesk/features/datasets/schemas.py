"""Schemas of the tables besides bars."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from quantdesk.core.tables.specs import TableName

Cell = str | int | float | None
"""Dates and decimals as text."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a write changed, in rows."""

    inserted: int
    updated: int
    """Rows with another content than before."""
    ended: int
    """Rows that are no more."""
    unchanged: int

    @property
    def changed(self) -> int:
        return self.inserted + self.updated + self.ended


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a source had of a table, and what that changed."""

    source: str
    receipt: Receipt
    rows: list[Any]


@dataclass(frozen=True, slots=True)
class RowVersion:
    """A row as it was known, and the write that brought it."""

    row: Any
    known_from: dt.datetime
    known_until: dt.datetime | None
    """None for the one that holds."""
    source: str
    parser: str
    fetched_at: dt.datetime


class PartitionInfo(BaseModel):
    """A part of a table: a symbol's rows, a year's, or all of them (`cn`)."""

    dataset: TableName
    partition: str
    rows: int
    """That are known now."""
    first: dt.date | None
    last: dt.date | None
    source: str
    """Of the last change, as are `parser` and `fetched_at`."""
    parser: str
    fetched_at: dt.datetime
    checked_at: dt.datetime
    """When a source last said what it has, changed or not."""


class TableSummary(BaseModel):
    dataset: TableName
    partitions: int
    rows: int
    first: dt.date | None
    last: dt.date | None
    sources: list[str]
    fetched_at: dt.datetime | None
    """The newest change."""
    checked_at: dt.datetime | None
    """The newest look."""
    oldest_checked_at: dt.datetime | None
    """The part that nobody has looked at for longest."""


class TableList(BaseModel):
    items: list[TableSummary]


class TableRows(BaseModel):
    """Rows as columns of equal length, in the order of their keys."""

    info: PartitionInfo
    key: list[str]
    """The columns that tell a row from the others."""
    columns: dict[str, list[Cell]]
    total: int
    """Rows on all pages."""
    next_cursor: str | None = None


class TableRowVersion(BaseModel):
    row: dict[str, Cell]
    known_from: dt.datetime
    known_until: dt.datetime | None
    source: str
    parser: str
    fetched_at: dt.datetime


class TableProvenance(BaseModel):
    """A row's versions, the newest first."""

    dataset: TableName
    partition: str
    key: list[str]
    versions: list[TableRowVersion]
