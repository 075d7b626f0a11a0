"""A company's figures over HTTP: point in time, with their age and their source."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

import httpx
import numpy as np
import pytest

from quantdesk.core.sources.records import StatementItem, ValuationDay
from quantdesk.core.sources.tables import Dividend, NameRecord
from quantdesk.features.datasets import service as datasets
from quantdesk.kit.context import Context
from tests.fakes.made_bars import bars_of

MAOTAI = "600519.SH"
URL = f"/api/v1/stocks/{MAOTAI}"
FETCHED = dt.datetime(2025, 9, 1, 9, tzinfo=dt.UTC)
ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
FIRST = dt.date(2025, 1, 1)


async def store(context: Context, dataset: Any, rows: list[Any], source: str = "made") -> None:
    async with context.database.unit() as uow:
        await datasets.store(
            uow, context, dataset, MAOTAI, rows, source=source, parser=f"{source}.{dataset}/1", fetched_at=FETCHED
        )


def income(report: str, announced: str, revenue: float) -> StatementItem:
    day = dt.date.fromisoformat
    return StatementItem(MAOTAI, "income", day(report), day(announced), "revenue", revenue)


@pytest.fixture
async def stored(context: Context) -> Context:
    await store(
        context,
        "statements",
        [
            income("2024-03-31", "2024-04-27", 100),
            income("2025-03-31", "2025-04-26", 125),
            income("2025-06-30", "2025-08-28", 225),
            income("2025-03-31", "2025-08-28", 120),
        ],
    )
    days = [
        ValuationDay(
            MAOTAI,
            FIRST + dt.timedelta(days=at),
            10.0,
            1e9,
            None,
            None,
            None,
            float(at - 20),
            None,
            2.0,
            None,
            None,
            None,
        )
        for at in range(100)
    ]
    await store(context, "valuation", days)
    told, report, none = dt.date(2025, 3, 30), dt.date(2024, 12, 31), Decimal(0)
    ex = dt.date(2025, 6, 20)
    await store(
        context, "dividends", [Dividend(MAOTAI, report, "实施分配", Decimal("0.50"), none, none, told, None, ex)]
    )
    old = NameRecord(MAOTAI, "茅台股份", 0, dt.date(2001, 8, 27))
    await store(context, "names", [old, NameRecord(MAOTAI, "*ST茅台", 1, dt.date(2025, 6, 1))])
    bars = bars_of(MAOTAI, [10, 20, 12], start="2025-06-18")
    bars = dataclasses.replace(bars, is_st=np.array([False, True, True]))
    context.bars.merge([bars], source="import", now=FETCHED)
    return context


async def get(client: httpx.AsyncClient, path: str, **query: Any) -> dict[str, Any]:
    answer = await client.get(f"{URL}/{path}", params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_reports_come_by_period_with_their_announcement(viewer: httpx.AsyncClient, stored: Context) -> None:
    found = await get(viewer, "fundamentals")
    assert [(p["report_date"], p["announced"], p["restated"]) for p in found["periods"]] == [
        ("2024-03-31", "2024-04-27", []),
        ("2025-03-31", "2025-08-28", ["revenue"]),
        ("2025-06-30", "2025-08-28", []),
    ]
    (item,) = found["items"]
    assert (item["zh"], item["unit"], item["values"]) == ("营业收入", "yuan", [100, 120, 225])
    assert item["growth"] == [None, pytest.approx(0.2), None]
    assert (found["stored"]["source"], found["stored"]["fetched_at"]) == ("made", "2025-09-01T09:00:00Z")
    single = await get(viewer, "fundamentals", view="single", limit=1)
    assert single["items"][0]["values"] == [105]


@ON_ONE
async def test_no_figure_is_told_before_its_announcement(viewer: httpx.AsyncClient, stored: Context) -> None:
    found = await get(viewer, "fundamentals", as_of="2025-08-27")
    assert found["items"][0]["values"] == [100, 125]
    assert (await get(viewer, "fundamentals", as_of="2024-04-26"))["periods"] == []


@ON_ONE
async def test_a_figure_tells_each_announcement_and_its_source(viewer: httpx.AsyncClient, stored: Context) -> None:
    found = await get(viewer, "fundamentals/provenance", item="revenue", report_date="2025-03-31")
    assert [(v["announced"], v["value"], v["source"], v["parser"]) for v in found["versions"]] == [
        ("2025-08-28", 120, "made", "made.statements/1"),
        ("2025-04-26", 125, "made", "made.statements/1"),
    ]
    wrong = await viewer.get(f"{URL}/fundamentals/provenance", params={"item": "x", "report_date": "2025-03-31"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid")


async def test_the_bands_are_those_of_the_chosen_range(viewer: httpx.AsyncClient, stored: Context) -> None:
    found = await get(viewer, "valuation")
    assert (found["points"], found["days_above"], found["days_below"]) == (100, 79, 21)
    assert (found["last"], found["last_date"], found["rank"]) == (79, "2025-04-10", 1)
    assert [band["percent"] for band in found["bands"]] == [10, 25, 50, 75, 90]
    assert found["bands"][2]["value"] == pytest.approx(40)
    assert found["latest"]["pb"] == 2.0
    later = await get(viewer, "valuation", start="2025-02-01", as_of="2025-03-01")
    assert (later["date"][0], later["last_date"]) == ("2025-02-01", "2025-03-01")
    assert later["bands"][2]["value"] == pytest.approx(25)
    loss = await get(viewer, "valuation", end="2025-01-10")
    assert (loss["last"], loss["rank"], loss["bands"]) == (-11, None, [])
    thin = await get(viewer, "valuation", max_points=10)
    assert (len(thin["date"]) <= 10, thin["points"], thin["value"][0]) == (True, 100, -20)
    wrong = await viewer.get(f"{URL}/valuation", params={"start": "2025-02-01", "end": "2025-01-01"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid")


async def test_dividends_yield_what_they_paid_over_the_close_before(viewer: httpx.AsyncClient, stored: Context) -> None:
    found = await get(viewer, "dividends")
    (item,) = found["items"]
    assert (item["progress"], item["cash"], item["yield_at_ex"]) == ("实施分配", "0.5", pytest.approx(0.025))
    assert found["years"] == [{"year": 2025, "cash": "0.5", "yield_at_ex": pytest.approx(0.025), "payments": 1}]
    told = (await viewer.get(f"/api/v1/data/tables/dividends/{MAOTAI}/provenance", params={"key": item["key"]})).json()
    assert told["versions"][0]["source"] == "made"
    before = await get(viewer, "dividends", as_of="2025-06-01")
    assert (before["items"][0]["progress"], before["items"][0]["ex_date"], before["years"]) == (None, None, [])


async def test_names_and_the_days_with_the_warning(viewer: httpx.AsyncClient, stored: Context) -> None:
    found = await get(viewer, "names")
    assert [(one["name"], one["is_st"]) for one in found["items"]] == [("茅台股份", False), ("*ST茅台", True)]
    assert found["flagged"] == [{"first": "2025-06-19", "last": "2025-06-20"}]
    before = await get(viewer, "names", as_of="2025-05-31")
    assert ([one["name"] for one in before["items"]], before["flagged"]) == (["茅台股份"], [])


@ON_ONE
async def test_a_company_of_which_nothing_is_stored_has_empty_tables(viewer: httpx.AsyncClient) -> None:
    for path, empty in (("fundamentals", "periods"), ("valuation", "date"), ("dividends", "items"), ("names", "items")):
        found = await get(viewer, path)
        assert (found["stored"], found[empty]) == (None, [])
        bad = await viewer.get(f"/api/v1/stocks/what/{path}")
        assert (bad.status_code, bad.json()["code"]) == (422, "bad_symbol")
    assert (await get(viewer, "fundamentals/provenance", item="roe", report_date="2025-03-31"))["versions"] == []
