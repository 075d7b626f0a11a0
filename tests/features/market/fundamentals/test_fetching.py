"""A company's tables from online sources, here a fake one: kept with their source, dividends as corporate actions."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import httpx
import pytest

from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.sources.records import StatementItem, ValuationDay
from quantdesk.core.sources.tables import Dividend, NameRecord
from quantdesk.features.datasets import service as datasets
from quantdesk.features.market import service as market
from quantdesk.features.market.errors import NotFetchable, SourcesOffline
from quantdesk.features.market.fundamentals import fetching
from quantdesk.kit.context import Context
from quantdesk.ports.data_source import Answer, HostHealth, InstrumentInfo, Request
from quantdesk.ports.datasets import Dataset
from quantdesk.ports.errors import SourceError
from tests.fakes.job_queue import RecordingQueue
from tests.support.app import sign_in

MAOTAI = "600519.SH"
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
EX = dt.date(2026, 6, 19)
ZERO = Decimal(0)


def plan(cash: str = "25.91", ex: dt.date | None = EX, symbol: str = MAOTAI) -> Dividend:
    told, record = dt.date(2026, 3, 28), ex and ex - dt.timedelta(days=1)
    return Dividend(symbol, dt.date(2025, 12, 31), "实施分配", Decimal(cash), ZERO, ZERO, told, record, ex)


ROWS: dict[Dataset, list[Any]] = {
    "statements": [StatementItem(MAOTAI, "income", dt.date(2025, 12, 31), dt.date(2026, 3, 28), "revenue", 1.7e11)],
    "valuation": [
        ValuationDay(MAOTAI, dt.date(2026, 5, 29), 1500, 1.9e12, None, 1.25e9, None, 21.0, 21.5, 8.0, 11.0, None, None)
    ],
    "dividends": [plan()],
    "names": [NameRecord(MAOTAI, "贵州茅台", 0, None)],
}


class FakeSource:
    """Gives the rows it was made with; an error for a dataset that has none."""

    def __init__(self, rows: dict[Dataset, list[Any]], name: str = "fake") -> None:
        self.name, self.rows = name, rows

    @property
    def datasets(self) -> frozenset[Dataset]:
        return frozenset(ROWS)

    def parser(self, dataset: Dataset) -> str:
        return f"{self.name}.{dataset}/1"

    def fetch(self, request: Request) -> list[Answer]:
        if request.dataset not in self.rows:
            raise SourceError(self.name, "timeout", f"no {request.dataset} in 15 s")
        return [Answer("fake:", 200, {}, b"", NOW, "fake")]

    def parse(self, request: Request, answers: Sequence[Answer]) -> Any:
        return self.rows[request.dataset]

    def refuse(self, answers: Sequence[Answer], error: SourceError) -> None: ...

    def health(self) -> list[HostHealth]:
        return []

    def instruments(self) -> list[InstrumentInfo]:
        return []

    def daily_bars(self, symbol: str, start: dt.date, end: dt.date) -> Any:
        raise AssertionError


def online(context: Context, rows: dict[Dataset, list[Any]]) -> Context:
    return dataclasses.replace(context, sources={"fake": FakeSource(rows)})


async def fetch(context: Context, rows: dict[Dataset, list[Any]]) -> tuple[dict[Any, str], list[str]]:
    said: list[str] = []
    came = await fetching.fetch(
        online(context, rows), MAOTAI, list(fetching.TABLES), said.append, lambda _number, _table: None
    )
    return came, said


async def actions(context: Context) -> list[CorporateAction]:
    async with context.database.unit(write=False) as uow:
        return (await market.actions_of(uow, [MAOTAI])).get(MAOTAI, [])


async def test_all_tables_of_a_company_come_with_their_source(context: Context) -> None:
    assert await fetch(context, ROWS) == (dict.fromkeys(fetching.TABLES, "fake"), [])
    async with context.database.unit(write=False) as uow:
        for table in fetching.TABLES:
            assert await datasets.rows(uow, context, table, MAOTAI) == ROWS[table]
            info = await datasets.partition(uow, table, MAOTAI)
            assert info is not None
            assert (info.source, info.parser, info.fetched_at) == ("fake", f"fake.{table}/1", NOW)
    (action,) = await actions(context)
    assert (action.ex_date, action.cash, action.record_date) == (EX, Decimal("25.91"), dt.date(2026, 6, 18))


async def test_a_table_that_no_source_gives_does_not_keep_the_others_back(context: Context) -> None:
    came, said = await fetch(context, {table: ROWS[table] for table in ("valuation", "names")})
    assert list(came) == ["valuation", "names"]
    assert [line for line in said if line.startswith("statements: fake: no statements in 15 s")]
    with pytest.raises(SourceError, match="no statements"):
        await fetch(context, {})


async def test_a_table_of_another_company_is_not_stored(context: Context) -> None:
    came, said = await fetch(context, {**ROWS, "dividends": [plan(symbol="000001.SZ")]})
    assert "dividends" not in came
    assert any("a row of 000001.SZ is among them" in line for line in said)
    assert await actions(context) == []


async def test_an_imported_action_stays_and_a_fetched_one_is_corrected_but_not_made_poorer(context: Context) -> None:
    imported = CorporateAction(MAOTAI, EX, cash=Decimal("25.9"), pay_date=dt.date(2026, 6, 20))
    other = dt.date(2025, 6, 20)
    fetched = CorporateAction(MAOTAI, other, cash=Decimal(1), rights=Decimal("0.3"), rights_price=Decimal(9))
    async with context.database.unit() as uow:
        await market.store_actions(uow, [imported], "import")
        await market.store_actions(uow, [fetched], "eastmoney")
        told = [
            plan(),
            dataclasses.replace(plan("2"), report_date=dt.date(2024, 12, 31), record_date=None, ex_date=other),
        ]
        said: list[str] = []
        receipt = await market.store_dividends(uow, [*told, plan("-1", dt.date(2026, 9, 1))], "sina", said.append)
    assert (receipt.inserted, receipt.updated) == (0, 1)
    assert len(said) == 1
    older, newer = await actions(context)
    assert newer == imported
    assert (older.cash, older.rights, older.rights_price) == (Decimal(2), Decimal("0.3"), Decimal(9))


async def test_a_fetch_is_queued_once_a_key_with_the_tables_that_were_asked_for(
    context: Context, queue: RecordingQueue
) -> None:
    principal, _ = await sign_in(context, "trader", "trader")
    made = []
    for _ in range(2):
        async with context.database.unit() as uow:
            made.append(
                await fetching.submit(uow, online(context, ROWS), principal, MAOTAI, ["names", "dividends"], "k")
            )
    assert made[0].id == made[1].id
    assert (made[0].kind, len(queue.enqueued)) == ("tables", 1)


async def test_what_no_source_has_is_refused_at_once(context: Context, trader: httpx.AsyncClient) -> None:
    principal, _ = await sign_in(context, "other", "trader")
    for symbol, error in (("600001.DEMO", NotFetchable), ("000300.SH", NotFetchable), ("510300.SH", NotFetchable)):
        with pytest.raises(error):
            async with context.database.unit() as uow:
                await fetching.submit(uow, online(context, ROWS), principal, symbol, None, None)
    with pytest.raises(SourcesOffline):
        async with context.database.unit() as uow:
            await fetching.submit(uow, context, principal, MAOTAI, None, None)
    offline = await trader.post("/api/v1/stocks/600519/tables", json={})
    assert (offline.status_code, offline.json()["code"]) == (409, "sources_offline")
    wrong = await trader.post("/api/v1/stocks/600519/tables", json={"tables": ["bars"]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "payload_invalid")
