"""Rows that a table does not hold are refused, each with words that say which and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.sources.records import BoardMember, FundNav, InstrumentInfo, LimitUp, StatementItem, TradingDay
from quantdesk.core.sources.tables import Dividend, NameRecord, Suspension
from quantdesk.core.tables import codec
from quantdesk.core.tables.checking import RowsRefused, by_part, checked, rows_of
from quantdesk.core.tables.history import merge
from quantdesk.core.tables.specs import SPECS, TABLES, columns, key_columns, key_from, key_of, part_of, text_of

DAY = dt.date(2026, 1, 5)
NAV = FundNav("510300.SH", DAY, 4.1, None)
ITEM = StatementItem("600519.SH", "income", DAY, DAY, "revenue", 1.0)
PLAN = Dividend("600519.SH", DAY, "预案", Decimal("1"), Decimal(0), Decimal(0), DAY, None, None)


def odd(row: Any, **changes: Any) -> Any:
    """A row with values that its annotations do not allow."""
    return replace(row, **changes)


@pytest.mark.parametrize(
    ("table", "part", "rows", "words"),
    [
        ("fund_nav", "510300.SH", [NAV, replace(NAV, symbol="510500.SH")], "a row of 510500.SH is among them"),
        ("fund_nav", "510300.SH", [NAV, replace(NAV, nav=4.2)], "two rows of one key that differ"),
        ("fund_nav", "510300.SH", [ITEM], "made of FundNav, not StatementItem"),
        ("fund_nav", "510300.SH", [replace(NAV, nav=float("nan"))], "nav is not finite"),
        ("fund_nav", "510300.SH", [replace(NAV, accumulated=float("inf"))], "accumulated is not finite"),
        ("fund_nav", "510300.SH", [odd(NAV, nav=np.float32(1))], "nav is a float32"),
        ("fund_nav", "510300.SH", [odd(NAV, nav=None)], "nav is a NoneType"),
        ("fund_nav", "510300.SH", [replace(NAV, nav=True)], "nav is a bool"),
        ("fund_nav", "510300.SH", [replace(NAV, day=dt.datetime(2026, 1, 5, tzinfo=dt.UTC))], "day is a datetime"),
        ("statements", "600519.SH", [odd(ITEM, statement="profit")], "is none of income, balance"),
        ("dividends", "600519.SH", [replace(PLAN, cash=Decimal("NaN"))], "cash is not finite"),
        ("dividends", "600519.SH", [replace(PLAN, progress="\ud800")], "has half a character"),
        ("industry_boards", "cn", [BoardMember("concept", "BK1", "芯片", "600519.SH")], "whose kind is industry"),
        ("suspensions", "2026", [Suspension("600519.SH", dt.date(2025, 12, 31), None, None, "")], "a row of 2025"),
        ("names", "600519.SH", [NameRecord("600519.SH", "茅台", 2**60, None)], "order is too large"),
    ],
)
def test_a_row_that_does_not_belong_refuses_all_of_them(table: str, part: str, rows: list[Any], words: str) -> None:
    with pytest.raises(RowsRefused, match=words):
        checked(SPECS[table], part, rows)


def test_equal_rows_count_once_and_nan_is_unknown() -> None:
    odd = replace(NAV, day=dt.date(2026, 1, 2), accumulated=float("nan"))
    found = checked(SPECS["fund_nav"], "510300.SH", [NAV, odd, NAV, replace(odd)])
    assert list(found.values()) == [replace(odd, accumulated=None), NAV]


def test_rows_are_sorted_by_the_part_in_which_they_stand() -> None:
    halts = [Suspension(symbol, day, None, None, "") for symbol, day in (("1", DAY), ("2", dt.date(2025, 12, 31)))]
    assert by_part(SPECS["suspensions"], halts) == {"2026": halts[:1], "2025": halts[1:]}
    calendar = rows_of(TradingCalendar.from_dates(["2026-01-05", "2025-12-31"]))
    assert calendar == [TradingDay(dt.date(2025, 12, 31)), TradingDay(DAY)]
    assert by_part(SPECS["calendar"], calendar) == {"cn": calendar}


@pytest.mark.parametrize("name", TABLES)
def test_each_tables_rows_survive_the_file_with_every_field_set_and_every_field_empty(name: str) -> None:
    spec = SPECS[name]
    made: dict[str, Any] = {"text": "甲 \x00", "number": 0.1 + 0.2, "count": 7, "date": DAY, "decimal": Decimal("0.30")}

    def row(full: bool) -> Any:
        cells = {one.name: one.choices[0] if one.choices else made[one.type] for one in columns(spec)}
        cells |= {} if full else {one.name: None for one in columns(spec) if one.optional}
        if not full:
            cells |= {one.name: dt.date(2026, 1, 6) for one in key_columns(spec) if one.type == "date"}
            cells |= {one.name: 8 for one in key_columns(spec) if one.type == "count"}
            cells |= {one.name: "乙" for one in key_columns(spec) if one.type == "text" and not one.choices}
        if spec.only:
            cells[spec.only[0]] = spec.only[1]
        return spec.row(**cells)

    rows = [row(True), row(False)]
    part = part_of(spec, rows[0])
    rows = [one for one in rows if part_of(spec, one) == part]
    change = merge(spec, [], checked(spec, part, rows), at=dt.datetime(2026, 1, 7, 1, 2, 3, 4, dt.UTC), write="w")
    read = codec.decode(spec, codec.encode(spec, change.versions))
    assert read == change.versions
    for one in read:
        key = key_of(spec, one.row)
        assert key_from(spec, text_of(key)) == key


def test_bytes_that_are_not_the_tables_are_told() -> None:
    data = codec.encode(SPECS["fund_nav"], [])
    with pytest.raises(codec.Unreadable, match="does not hold valuation"):
        codec.decode(SPECS["valuation"], data)
    with pytest.raises(codec.Unreadable):
        codec.decode(SPECS["fund_nav"], data[: len(data) // 2])


def test_a_key_that_is_none_is_told() -> None:
    for texts in (["income", "2026-01-05", "2026-01-05"], ["income", "", "2026-01-05", "x"], ["a", "b", "c", "d"]):
        with pytest.raises(ValueError, match=r"key|missing|date|isoformat"):
            key_from(SPECS["statements"], texts)
    with pytest.raises(ValueError, match="no number"):
        key_from(SPECS["names"], ["-1"])


def test_what_is_no_table_is_told() -> None:
    with pytest.raises(TypeError, match="are not kept as a table"):
        rows_of(3)
    assert InstrumentInfo is SPECS["funds"].row
    assert LimitUp is SPECS["limit_up_pool"].row
