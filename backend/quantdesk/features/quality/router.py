"""Routes of the data's quality: checks, findings, coverage by month, quarantine and repair."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, status

from quantdesk.core.calendar.iso_date import IsoDate
from quantdesk.core.quality.finding import Kind
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.schemas import Job
from quantdesk.features.market.errors import BadSymbol, SourcesOffline
from quantdesk.features.quality import repairs, schemas, service
from quantdesk.features.quality.errors import (
    BarsNotThere,
    QualityReportNotFound,
    QuarantineConflict,
    QuarantineNotFound,
    RefetchFailed,
    UnknownSource,
)
from quantdesk.kit.http import (
    COMMON_PROBLEMS,
    ContextDep,
    Cursor,
    IdempotencyKey,
    Limit,
    ReadUnit,
    WriteUnit,
    problems,
    require,
)
from quantdesk.kit.idempotency import IdempotencyKeyReused, once
from quantdesk.kit.pagination import Page
from quantdesk.kit.principal import Principal

router = APIRouter(prefix="/data", tags=["data"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "data:read"))]
Writer = Annotated[Principal, Depends(require("trader", "data:write"))]
CheckedInterval = Literal["1m", "5m", "15m", "30m", "60m", "1d"]
Search = Annotated[str, Query(max_length=40, description="Code, name or pinyin initials.")]


@router.post("/quality", status_code=status.HTTP_202_ACCEPTED, responses=problems(IdempotencyKeyReused))
async def check_data(
    principal: Writer, uow: WriteUnit, context: ContextDep, idempotency_key: IdempotencyKey = None
) -> Job:
    """Check all stored bars, as a job."""
    job_id = await once(
        uow, principal, idempotency_key, "check_data", None, lambda: service.start(uow, context, principal)
    )
    return await jobs.get(uow, job_id, principal.user_id)


@router.get("/quality")
async def data_quality(principal: Reader, uow: ReadUnit) -> schemas.QualityOverview:
    """The newest report by dataset, the check under way, and the reports before."""
    return await service.overview(uow)


@router.get("/quality/symbols", responses=problems(QualityReportNotFound))
async def list_symbol_quality(
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    dataset: schemas.DatasetName | None = None,
    kind: Kind | None = None,
    q: Search = "",
    order: schemas.SymbolOrder = "score",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.SymbolQuality]:
    """The symbols of the newest report, the worst first."""
    return await service.list_symbols(
        uow, context, dataset=dataset, kind=kind, query=q, order=order, cursor=cursor, limit=limit
    )


@router.get("/quality/symbols/{symbol}", responses=problems(BadSymbol, BarsNotThere))
async def symbol_quality(
    symbol: str, principal: Reader, uow: ReadUnit, context: ContextDep, interval: CheckedInterval = "1d"
) -> schemas.SymbolFindings:
    """What is wrong or odd with a symbol's bars as they are stored now, and its bars in quarantine."""
    return await service.findings(uow, context, symbol, interval)


@router.get("/quality/symbols/{symbol}/rows", responses=problems(BadSymbol, BarsNotThere))
async def rows_around(
    symbol: str,
    date: IsoDate,
    principal: Reader,
    context: ContextDep,
    interval: CheckedInterval = "1d",
    around: Annotated[int, Query(ge=0, le=60)] = 5,
) -> schemas.BarRows:
    """The stored bars of a day and so many before and after."""
    return await service.rows_around(context, symbol, interval, date, around)


@router.get("/quality/quarantine")
async def list_quarantine(
    principal: Reader, context: ContextDep, symbol: Annotated[str | None, Query(max_length=40)] = None
) -> list[schemas.QuarantinedBar]:
    """The bars that were taken out of the store and can be put back."""
    return await service.in_quarantine(context, symbol)


@router.post(
    "/quality/repairs",
    responses=problems(
        BadSymbol,
        BarsNotThere,
        QuarantineNotFound,
        QuarantineConflict,
        SourcesOffline,
        UnknownSource,
        RefetchFailed,
    ),
)
async def repair_bars(
    body: schemas.RepairCreate, principal: Writer, uow: WriteUnit, context: ContextDep
) -> schemas.Repair:
    """Take daily bars out of the store, put them back, or replace them from an online source.

    With `dry_run` nothing changes, and the answer says what would.
    """
    return await repairs.repair(uow, context, principal, body)


@router.get("/coverage/months")
async def coverage_months(
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    dataset: schemas.DatasetName | None = None,
    q: Search = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> schemas.CoverageMonths:
    """The share of trading days with a daily bar, by symbol and month."""
    return await service.coverage_months(uow, context, dataset=dataset, query=q, cursor=cursor, limit=limit)


@router.get("/coverage/{symbol}/gaps", responses=problems(BadSymbol, BarsNotThere))
async def symbol_gaps(symbol: str, principal: Reader, context: ContextDep) -> schemas.SymbolGaps:
    """The trading days on which a symbol has no daily bar."""
    return await service.gaps(context, symbol)
