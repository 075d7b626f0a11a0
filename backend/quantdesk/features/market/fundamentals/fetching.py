"""Fetching a company's tables from the online sources, as a job."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from pydantic import BaseModel

from quantdesk.core.instruments.symbol import is_simulated, kind_of
from quantdesk.features.datasets import service as datasets
from quantdesk.features.datasets.errors import TableRefused
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.schemas import Job
from quantdesk.features.market.errors import NotFetchable, SourcesOffline
from quantdesk.features.market.fundamentals.actions import store_dividends
from quantdesk.features.market.fundamentals.schemas import CompanyTable
from quantdesk.features.sources import service as sources
from quantdesk.kit.context import Context
from quantdesk.kit.idempotency import once
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.errors import SourceError

TABLES: tuple[CompanyTable, ...] = get_args(CompanyTable)


class _Body(BaseModel):
    symbol: str
    tables: list[CompanyTable]


async def submit(
    uow: UnitOfWork,
    context: Context,
    principal: Principal,
    symbol: str,
    tables: list[CompanyTable] | None,
    idempotency_key: str | None,
) -> Job:
    """Queue the fetch of these tables, or of all. Raise SourcesOffline, NotFetchable."""
    if not context.sources:
        raise SourcesOffline
    if is_simulated(symbol):
        raise NotFetchable(f"{symbol} is simulated and has no company behind it", symbol=symbol)
    if kind_of(symbol) != "stock":
        raise NotFetchable(f"{symbol} is a {kind_of(symbol)}; only stocks have a company's figures", symbol=symbol)
    wanted = [table for table in TABLES if tables is None or table in tables]

    async def create() -> str:
        job = await jobs.create(
            uow,
            context,
            owner_id=principal.user_id,
            kind="tables",
            title=f"获取 {symbol} 财务与估值",
            queue="data",
            payload={"symbol": symbol, "tables": wanted},
        )
        return job.id

    body = _Body(symbol=symbol, tables=wanted)
    job_id = await once(uow, principal, idempotency_key, "fetch_tables", body, create)
    return await jobs.get(uow, job_id, principal.user_id)


async def fetch(
    context: Context,
    symbol: str,
    tables: list[CompanyTable],
    on_log: Callable[[str], None],
    on_progress: Callable[[int, CompanyTable], None],
) -> dict[CompanyTable, str]:
    """Fetch and store tables of a company, one after the other; give the source of each that came.

    Dividends become corporate actions, too. One that no source has is told and left out; raise the first SourceError
    or TableRefused when none came at all.
    """
    came: dict[CompanyTable, str] = {}
    failures: list[SourceError | TableRefused] = []
    for number, table in enumerate(tables):
        on_progress(number, table)
        if not sources.chain(context, table):
            failures.append(SourceError("sources", "unsupported", f"no source that is set up has {table}"))
            on_log(str(failures[-1]))
            continue
        try:
            found = await datasets.fetch(context, table, symbol, on_log)
        except (SourceError, TableRefused) as error:
            on_log(f"{table}: {error}")
            failures.append(error)
            continue
        came[table] = found.source
        if table == "dividends":
            async with context.database.unit() as uow:
                await store_dividends(uow, found.rows, found.source, on_log)
    if failures and not came:
        raise failures[0]
    return came
