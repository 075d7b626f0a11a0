"""Rows are held against their table before they are kept: what is odd refuses all of them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from quantdesk.core.bars.frame import Bars
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.sources.records import TradingDay
from quantdesk.core.tables.specs import Column, Key, Row, TableSpec, columns, key_of, part_of, sort_key

_PYTHON: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "number": (float, int),
    "count": (int,),
    "date": (dt.date,),
    "decimal": (Decimal,),
}


class RowsRefused(ValueError):
    """The rows are not what the table holds; the message says which row and why."""


def rows_of(table: object) -> list[Any]:
    """Give the rows of what a source's `parse` gave. Raise TypeError for bars and factors."""
    if isinstance(table, TradingCalendar):
        return [TradingDay(day) for day in table.dates.tolist()]
    if isinstance(table, list):
        return table
    what = "bars" if isinstance(table, Bars) else type(table).__name__
    raise TypeError(f"{what} are not kept as a table")


def by_part(spec: TableSpec, rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Sort rows by the part in which they stand."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(part_of(spec, row), []).append(row)
    return found


def checked(spec: TableSpec, part: str, rows: Iterable[Row]) -> dict[Key, Row]:
    """Give the rows by key, in the order of their keys, as they will read back: NaN where None may stand becomes None.

    Raise RowsRefused: for a row of another type, of another part, with a value that its column cannot hold, and for
    two rows of one key that differ. Rows that are equal count once.
    """
    found: dict[Key, Row] = {}
    for row in rows:
        if type(row) is not spec.row:
            raise RowsRefused(f"{spec.name} is made of {spec.row.__name__}, not {type(row).__name__}")
        row = _sound(spec, row)
        if (mine := part_of(spec, row)) != part:
            raise RowsRefused(f"{spec.name} of {part}: a row of {mine} is among them: {row}")
        if spec.only is not None and getattr(row, spec.only[0]) != spec.only[1]:
            raise RowsRefused(f"{spec.name} holds only rows whose {spec.only[0]} is {spec.only[1]}, not {row}")
        key = key_of(spec, row)
        if found.setdefault(key, row) != row:
            raise RowsRefused(f"{spec.name} of {part}: two rows of one key that differ: {found[key]} and {row}")
    return {key: found[key] for key in sorted(found, key=sort_key)}


def _sound(spec: TableSpec, row: Row) -> Row:
    changes: dict[str, Any] = {}
    for column in columns(spec):
        value = getattr(row, column.name)
        if isinstance(value, float) and math.isnan(value) and column.optional:
            changes[column.name] = value = None
        if value is None and column.optional:
            continue
        if problem := _problem(column, value):
            raise RowsRefused(f"{spec.name}: {column.name} {problem}: {row!a}")
    return replace(row, **changes) if changes else row


def _problem(column: Column, value: object) -> str | None:
    if isinstance(value, bool | dt.datetime) or not isinstance(value, _PYTHON[column.type]):
        return f"is a {type(value).__name__}, not a {column.type}"
    if isinstance(value, str):
        if column.choices is not None and value not in column.choices:
            return f"is none of {', '.join(column.choices)}"
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            return "has half a character"
    elif isinstance(value, float | Decimal):
        if not math.isfinite(value):
            return "is not finite"
    elif isinstance(value, int) and not -(2**53) <= value <= 2**53:
        return "is too large"
    return None
