"""What market data is stored: its extent, its size, the demo market."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from typing import cast

from quantdesk.core.instruments.symbol import is_simulated
from quantdesk.features.data.schemas import CoverageItem, DataSummary
from quantdesk.features.jobs import service as jobs
from quantdesk.features.market import service as market
from quantdesk.kit import audit
from quantdesk.kit.context import Context
from quantdesk.kit.pagination import Page, decode_cursor, encode_cursor
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork


async def summary(context: Context) -> DataSummary:
    """Count what is stored of daily bars."""
    stored = await asyncio.to_thread(context.bars.list_coverage, "1d")
    return DataSummary(
        symbols=len(stored),
        rows=sum(item.rows for item in stored),
        simulated_symbols=sum(is_simulated(item.symbol) for item in stored),
        first=min((item.first for item in stored), default=None),
        last=max((item.last for item in stored), default=None),
        bytes=await asyncio.to_thread(context.bars.size),
        online_sources=list(context.sources),
    )


async def compact_bars(context: Context) -> int:
    """Tidy up what the day's writes left in the bar store; give the number of symbols tidied."""
    return await asyncio.to_thread(context.bars.compact)


async def list_coverage(
    uow: UnitOfWork, context: Context, *, query: str, simulated: bool | None, cursor: str | None, limit: int
) -> Page[CoverageItem]:
    """Give the stored daily bars by symbol; a query matches as the search for instruments does."""
    stored = {item.symbol: item for item in await asyncio.to_thread(context.bars.list_coverage, "1d")}
    symbols = sorted(symbol for symbol in stored if simulated in (None, is_simulated(symbol)))
    if query.strip():
        hits = {hit.symbol for hit in await market.search(uow, context, query, stored=True, limit=max(len(stored), 1))}
        wanted = query.strip().upper()
        symbols = [symbol for symbol in symbols if symbol in hits or wanted in symbol]  # bars may have no instrument
    if cursor:
        symbols = symbols[bisect_right(symbols, cast(str, decode_cursor(cursor, str)[0])) :]
    shown = symbols[:limit]
    known = await market.known(uow, shown)
    return Page(
        items=[
            CoverageItem(
                symbol=symbol,
                name=known[symbol].name if symbol in known else None,
                kind=known[symbol].kind if symbol in known else None,
                simulated=is_simulated(symbol),
                first=stored[symbol].first,
                last=stored[symbol].last,
                rows=stored[symbol].rows,
                source=stored[symbol].source,
                updated_at=stored[symbol].updated_at,
            )
            for symbol in shown
        ],
        next_cursor=encode_cursor(shown[-1]) if len(symbols) > limit else None,
    )


async def create_demo(uow: UnitOfWork, context: Context, principal: Principal) -> str:
    """Queue the making of the demo market; give the job's id."""
    job = await jobs.create(
        uow, context, owner_id=principal.user_id, kind="demo", title="生成模拟市场", queue="data", payload={}
    )
    return job.id


async def delete_demo(uow: UnitOfWork, context: Context, principal: Principal) -> None:
    """Remove the demo market's bars and instruments."""
    removed = await market.remove_demo(uow, context)
    audit.record(uow, principal, "data.demo_removed", detail={"bars": str(removed)})
