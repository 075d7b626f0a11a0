"""Routes of the sources of market data."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from quantdesk.core.calendar.iso_date import IsoDate
from quantdesk.features.sources import schemas, service
from quantdesk.features.sources.errors import CrossCheckImpossible, SourceNotFound
from quantdesk.kit.http import COMMON_PROBLEMS, ContextDep, Cursor, Limit, ReadUnit, problems, require
from quantdesk.kit.pagination import Page
from quantdesk.kit.principal import Principal

router = APIRouter(prefix="/sources", tags=["data"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "market:read"))]
Writer = Annotated[Principal, Depends(require("trader", "data:write"))]
SymbolText = Annotated[str | None, Query(max_length=40)]


@router.get("")
async def list_sources(principal: Reader, context: ContextDep) -> list[schemas.SourceHealth]:
    """How the sources that are set up have been, in the order in which they are asked; nobody is asked for this."""
    return await asyncio.to_thread(service.health, context)


@router.get("/overview")
async def sources_overview(principal: Reader, context: ContextDep) -> schemas.SourcesOverview:
    """All sources, those that are off too, who is asked for what in which order, and the limits."""
    return await asyncio.to_thread(service.overview, context)


@router.get("/events")
async def list_source_events(
    principal: Reader,
    uow: ReadUnit,
    source: Annotated[str | None, Query(max_length=20)] = None,
    days: Annotated[int, Query(ge=1, le=30)] = 30,
    unrecovered: Annotated[bool, Query(description="Only what is not over yet.")] = False,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[schemas.SourceEvent]:
    """Failures, bans and who stepped in, newest first; kept for 30 days."""
    return await service.list_events(uow, source=source, days=days, unrecovered=unrecovered, cursor=cursor, limit=limit)


@router.get("/checks")
async def list_cross_checks(
    principal: Reader, uow: ReadUnit, cursor: Cursor = None, limit: Limit = 50
) -> Page[schemas.CrossCheckResult]:
    """Which stored bars were held against another source, newest first."""
    return await service.list_checks(uow, cursor=cursor, limit=limit)


@router.post("/checks", responses=problems(CrossCheckImpossible))
async def cross_check_symbol(
    body: schemas.CrossCheckCreate, principal: Writer, context: ContextDep
) -> schemas.CrossCheckResult:
    """Hold a symbol's newest stored daily bars against another source: one request, within its limits."""
    return await service.cross_check_one(context, body.symbol.strip().upper())


@router.get("/differences")
async def list_source_differences(
    principal: Reader,
    uow: ReadUnit,
    symbol: SymbolText = None,
    day: IsoDate | None = None,
    settled: Annotated[bool | None, Query(description="Only those that a later check no longer saw, or still.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[schemas.SourceDifference]:
    """Values that two sources tell differently, newest first."""
    return await service.list_differences(uow, symbol=symbol, day=day, settled=settled, cursor=cursor, limit=limit)


@router.post("/{source}/test", responses=problems(SourceNotFound))
async def try_source(source: str, principal: Writer, context: ContextDep) -> schemas.SourceTest:
    """Ask the source for something small, in turn and within its limits."""
    return await service.try_source(context, source)
