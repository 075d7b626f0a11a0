"""What each table besides bars is made of, what a row is known by, and in which part it stands."""

from __future__ import annotations

import datetime as dt
import types
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from quantdesk.core.sources.records import (
    BoardMember,
    FundNav,
    FuturesContract,
    IndexMember,
    InstrumentInfo,
    LimitUp,
    StatementItem,
    TradingDay,
    ValuationDay,
)
from quantdesk.core.sources.tables import Dividend, NameRecord, Suspension

TableName = Literal[
    "calendar",
    "instruments",
    "names",
    "suspensions",
    "dividends",
    "statements",
    "valuation",
    "constituents",
    "industry_boards",
    "concept_boards",
    "limit_up_pool",
    "fund_nav",
    "funds",
    "futures_contracts",
]
"""The datasets that are kept as tables."""

Row = (
    TradingDay
    | InstrumentInfo
    | NameRecord
    | Suspension
    | Dividend
    | StatementItem
    | ValuationDay
    | IndexMember
    | BoardMember
    | LimitUp
    | FundNav
    | FuturesContract
)
Value = str | float | int | dt.date | Decimal | None
Key = tuple[Value, ...]
"""The values of a row's key fields, in their order."""

ColumnType = Literal["text", "number", "count", "date", "decimal"]
WHOLE = "cn"
"""The one part of a table that is not divided."""
_TYPES: dict[Any, ColumnType] = {str: "text", float: "number", int: "count", dt.date: "date", Decimal: "decimal"}


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: ColumnType
    optional: bool
    choices: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class TableSpec:
    name: TableName
    row: type[Any]
    key: tuple[str, ...]
    """The fields that tell a row of a part from the others; what else changes is a new version of the row."""
    day: str | None
    """The field of the days that a part reaches from and to; None where rows have no day."""
    part: str | None
    """The field whose value, or year if it is a day, names the part; None: there is one part, `cn`."""
    only: tuple[str, str] | None = None
    """A field and the value that it must have."""


_SPECS = (
    TableSpec("calendar", TradingDay, ("day",), "day", None),
    TableSpec("instruments", InstrumentInfo, ("symbol",), "list_date", None),
    TableSpec("names", NameRecord, ("order",), "since", "symbol"),
    TableSpec("suspensions", Suspension, ("symbol", "start"), "start", "start"),
    TableSpec("dividends", Dividend, ("report_date", "announced"), "report_date", "symbol"),
    TableSpec("statements", StatementItem, ("statement", "report_date", "announced", "item"), "report_date", "symbol"),
    TableSpec("valuation", ValuationDay, ("day",), "day", "symbol"),
    TableSpec("constituents", IndexMember, ("symbol", "since"), "since", "index"),
    TableSpec("industry_boards", BoardMember, ("board", "symbol"), None, None, ("kind", "industry")),
    TableSpec("concept_boards", BoardMember, ("board", "symbol"), None, None, ("kind", "concept")),
    TableSpec("limit_up_pool", LimitUp, ("day", "symbol"), "day", "day"),
    TableSpec("fund_nav", FundNav, ("day",), "day", "symbol"),
    TableSpec("funds", InstrumentInfo, ("symbol",), "list_date", None),
    TableSpec("futures_contracts", FuturesContract, ("symbol",), "list_date", None),
)
SPECS: dict[str, TableSpec] = {spec.name: spec for spec in _SPECS}
TABLES: tuple[TableName, ...] = get_args(TableName)


@cache
def columns(spec: TableSpec) -> tuple[Column, ...]:
    """Give the columns of a table, from its rows' annotations. Raise TypeError for one that has no column type."""
    hints = get_type_hints(spec.row)
    return tuple(_column(field.name, hints[field.name]) for field in fields(spec.row))


def _column(name: str, hint: Any) -> Column:
    optional = False
    if get_origin(hint) in (Union, types.UnionType):
        inner = [one for one in get_args(hint) if one is not type(None)]
        optional = len(inner) < len(get_args(hint))
        hint = inner[0] if len(inner) == 1 else hint
    if get_origin(hint) is Literal:
        return Column(name, "text", optional, get_args(hint))
    if hint not in _TYPES:
        raise TypeError(f"column {name} is of a type {hint} that no table has")
    return Column(name, _TYPES[hint], optional, None)


def part_of(spec: TableSpec, row: Row) -> str:
    """Give the part in which a row stands."""
    if spec.part is None:
        return WHOLE
    value = getattr(row, spec.part)
    return f"{value.year:04}" if isinstance(value, dt.date) else str(value)


def key_of(spec: TableSpec, row: Row) -> Key:
    return tuple(getattr(row, name) for name in spec.key)


def key_columns(spec: TableSpec) -> list[Column]:
    by_name = {column.name: column for column in columns(spec)}
    return [by_name[name] for name in spec.key]


def sort_key(key: Key) -> tuple[tuple[bool, Any], ...]:
    """Order keys; None comes first."""
    return tuple((value is not None, value) for value in key)


def text_of(key: Key) -> list[str]:
    """Write a key as texts; None is an empty one."""
    return ["" if value is None else str(value) for value in key]


def key_from(spec: TableSpec, texts: list[str]) -> Key:
    """Read what `text_of` wrote. Raise ValueError."""
    if len(texts) != len(spec.key):
        raise ValueError(f"a key of {spec.name} has {len(spec.key)} values: {', '.join(spec.key)}")
    return tuple(_value(column, text) for column, text in zip(key_columns(spec), texts, strict=True))


def _value(column: Column, text: str) -> Value:
    if not text and (column.optional or column.type != "text"):
        if column.optional:
            return None
        raise ValueError(f"{column.name} is missing")
    match column.type:
        case "date":
            return dt.date.fromisoformat(text)
        case "count":
            if not text.isascii() or not text.isdigit() or len(text) > 18:
                raise ValueError(f"{column.name} {text[:40]!r} is no number")
            return int(text)
        case _:
            return text
