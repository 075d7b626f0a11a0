"""The tables besides bars over HTTP: what there is, rows as columns page by page, where a row comes from."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import httpx
import pytest

from quantdesk.core.sources.records import IndexMember, StatementItem
from quantdesk.core.sources.tables import Dividend
from quantdesk.core.tables.specs import TABLES
from quantdesk.features.datasets import service
from quantdesk.kit.context import Context
from tests.fakes.clock import FakeClock

URL = "/api/v1/data/tables"
MAOTAI = "600519.SH"
FETCHED = dt.datetime(2026, 4, 1, 9, tzinfo=dt.UTC)
ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def plan(year: int, progress: str = "预案", ex: dt.date | None = None) -> Dividend:
    told = dt.date(year + 1, 3, 28)
    return Dividend(MAOTAI, dt.date(year, 12, 31), progress, Decimal("25.910"), Decimal(0), Decimal(0), told, None, ex)


async def store(context: Context, dataset: Any, partition: str, rows: list[Any], *, source: str = "eastmoney") -> None:
    async with context.database.unit() as uow:
        await service.store(
            uow, context, dataset, partition, rows, source=source, parser=f"{source}.{dataset}/1", fetched_at=FETCHED
        )


async def test_the_list_names_every_table_and_how_old_it_is(viewer: httpx.AsyncClient, context: Context) -> None:
    await store(context, "dividends", MAOTAI, [plan(2024), plan(2025)])
    await store(context, "dividends", "000001.SZ", [], source="sina")
    items = {item["dataset"]: item for item in (await viewer.get(URL)).json()["items"]}
    assert list(items) == list(TABLES)
    found = items["dividends"]
    assert (found["partitions"], found["rows"], found["sources"]) == (2, 2, ["eastmoney", "sina"])
    assert (found["first"], found["last"], found["checked_at"]) == ("2024-12-31", "2025-12-31", "2026-04-01T09:00:00Z")
    assert (items["names"]["partitions"], items["names"]["checked_at"]) == (0, None)


async def test_the_parts_of_a_table_come_page_by_page(viewer: httpx.AsyncClient, context: Context) -> None:
    for number in range(3):
        await store(context, "dividends", f"00000{number}.SZ", [])
    first = (await viewer.get(f"{URL}/dividends", params={"limit": 2})).json()
    second = (await viewer.get(f"{URL}/dividends", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    names = [item["partition"] for page in (first, second) for item in page["items"]]
    assert (names, second["next_cursor"]) == (["000000.SZ", "000001.SZ", "000002.SZ"], None)


@ON_ONE
async def test_rows_come_as_columns_and_the_pages_make_the_whole(viewer: httpx.AsyncClient, context: Context) -> None:
    rows = [
        StatementItem(MAOTAI, "income", dt.date(2025, 12, 31), dt.date(2026, 3, 28), f"item_{at:02}", at / 10)
        for at in range(25)
    ]
    await store(context, "statements", MAOTAI, rows)
    found: list[str] = []
    cursor: dict[str, str] = {}
    for size in (10, 10, 5):
        page = (await viewer.get(f"{URL}/statements/{MAOTAI}", params={"limit": 10, **cursor})).json()
        assert (page["total"], len(page["columns"]["item"])) == (25, size)
        found += page["columns"]["item"]
        cursor = {"cursor": page["next_cursor"]}
    assert cursor == {"cursor": None}
    assert found == [row.item for row in rows]
    assert page["key"] == ["statement", "report_date", "announced", "item"]
    assert page["columns"]["value"][-1] == 2.4


@ON_ONE
async def test_what_was_known_at_an_instant_and_where_a_row_comes_from(
    viewer: httpx.AsyncClient, context: Context, clock: FakeClock
) -> None:
    await store(context, "dividends", MAOTAI, [plan(2025)])
    then = clock.utcnow()
    clock.advance(minutes=20)
    await store(context, "dividends", MAOTAI, [plan(2025, "实施分配", dt.date(2026, 6, 19))], source="sina")
    now = (await viewer.get(f"{URL}/dividends/{MAOTAI}")).json()["columns"]
    past = (await viewer.get(f"{URL}/dividends/{MAOTAI}", params={"as_of": then.isoformat()})).json()["columns"]
    assert (now["progress"], now["ex_date"], now["cash"]) == (["实施分配"], ["2026-06-19"], ["25.91"])
    assert (past["progress"], past["ex_date"]) == (["预案"], [None])

    key = {"key": ["2025-12-31", "2026-03-28"]}
    told = (await viewer.get(f"{URL}/dividends/{MAOTAI}/provenance", params=key)).json()
    assert [(one["row"]["progress"], one["source"], one["parser"]) for one in told["versions"]] == [
        ("实施分配", "sina", "sina.dividends/1"),
        ("预案", "eastmoney", "eastmoney.dividends/1"),
    ]
    assert told["versions"][0]["known_until"] is None
    assert told["versions"][1]["known_until"] == told["versions"][0]["known_from"]


@ON_ONE
async def test_a_key_with_nothing_in_it_is_an_empty_text(viewer: httpx.AsyncClient, context: Context) -> None:
    await store(context, "constituents", "000300.SH", [IndexMember("000300.SH", MAOTAI, None, None, 0.04)])
    answer = await viewer.get(f"{URL}/constituents/000300.SH/provenance", params={"key": [MAOTAI, ""]})
    assert answer.json()["versions"][0]["row"]["weight"] == 0.04


@ON_ONE
async def test_what_is_not_there_and_what_cannot_be_is_told(viewer: httpx.AsyncClient, context: Context) -> None:
    await store(context, "dividends", MAOTAI, [plan(2025)])
    for path, params, status, code in (
        ("dividends/000002.SZ", {}, 404, "table_not_stored"),
        ("dividends/%F0%9F%92%A9", {}, 404, "table_not_stored"),
        ("bars/600519.SH", {}, 422, "payload_invalid"),
        (f"dividends/{MAOTAI}", {"as_of": "2026-01-01"}, 422, "payload_invalid"),
        (f"dividends/{MAOTAI}", {"cursor": "WzFd"}, 422, "invalid"),
        (f"dividends/{MAOTAI}/provenance", {"key": "2025-12-31"}, 422, "invalid"),
        (f"dividends/{MAOTAI}/provenance", {"key": ["2024-12-31", "2026-03-28"]}, 404, "row_not_stored"),
    ):
        answer = await viewer.get(f"{URL}/{path}", params=params)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
    early = await viewer.get(f"{URL}/dividends/{MAOTAI}", params={"as_of": "0001-01-01T00:00:00+14:00"})
    assert (early.status_code, early.json()["total"]) == (200, 0)
