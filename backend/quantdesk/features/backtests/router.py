"""Routes of backtests."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response, status

from quantdesk.core.backtest.diff import ReportDiff
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.features.backtests import comparing, export, quick, schemas, service
from quantdesk.features.backtests.errors import (
    BacktestNotFinished,
    BacktestNotFound,
    BacktestRunning,
    BadParameters,
    ReportGone,
    StrategyUnusable,
    SymbolsWithoutBars,
)
from quantdesk.features.backtests.quick_schemas import QuickReport, QuickRun
from quantdesk.features.notebooks.errors import KernelsAway
from quantdesk.features.strategies.errors import FilesRefused, StrategyNotFound, VersionNotFound
from quantdesk.kit.http import (
    COMMON_PROBLEMS,
    ContextDep,
    Cursor,
    IdempotencyKey,
    Limit,
    ReadUnit,
    WriteUnit,
    etag_matches,
    problems,
    require,
)
from quantdesk.kit.idempotency import IdempotencyKeyReused, once
from quantdesk.kit.pagination import Page
from quantdesk.kit.principal import Principal

router = APIRouter(prefix="/backtests", tags=["backtests"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "backtests:read"))]
Runner = Annotated[Principal, Depends(require("trader", "backtests:run"))]


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(
        StrategyNotFound, VersionNotFound, StrategyUnusable, BadParameters, SymbolsWithoutBars, IdempotencyKeyReused
    ),
)
async def create_backtest(
    body: schemas.BacktestCreate,
    principal: Runner,
    uow: WriteUnit,
    context: ContextDep,
    idempotency_key: IdempotencyKey = None,
) -> schemas.Backtest:
    """Queue a backtest. Follow `job.id` on the WebSocket topic `jobs.<id>` or by GET /jobs/{id}."""
    backtest_id = await once(
        uow,
        principal,
        idempotency_key,
        "create_backtest",
        body,
        lambda: service.create(uow, context, principal, body),
    )
    return await service.get(uow, backtest_id, principal.user_id)


@router.post("/quick", responses=problems(KernelsAway, FilesRefused, BadParameters, SymbolsWithoutBars))
async def run_quick(body: QuickRun, principal: Runner, context: ContextDep, request: Request) -> QuickReport:
    """Run code as it stands in an editor, at once, and give a report on half a page; nothing is stored.

    30 seconds at most. One run a person: a newer one ends the older, whose answer is then `stopped` with the reason
    `cancelled`. Closing the request ends the run.
    """
    return await quick.run(context, principal.user_id, body, _until_gone(request))


@router.get("")
async def list_backtests(
    principal: Reader,
    uow: ReadUnit,
    strategy_id: Annotated[str | None, Query(max_length=26)] = None,
    q: Annotated[str, Query(max_length=80)] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.Backtest]:
    """One's backtests, newest first."""
    return await service.list_backtests(
        uow, principal.user_id, strategy_id=strategy_id, query=q, cursor=cursor, limit=limit
    )


@router.get("/{backtest_id}", responses=problems(BacktestNotFound))
async def get_backtest(backtest_id: str, principal: Reader, uow: ReadUnit) -> schemas.Backtest:
    return await service.get(uow, backtest_id, principal.user_id)


@router.patch("/{backtest_id}", responses=problems(BacktestNotFound))
async def rename_backtest(
    backtest_id: str, body: schemas.BacktestUpdate, principal: Runner, uow: WriteUnit
) -> schemas.Backtest:
    return await service.rename(uow, backtest_id, principal.user_id, body)


@router.delete(
    "/{backtest_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(BacktestNotFound, BacktestRunning)
)
async def delete_backtest(backtest_id: str, principal: Runner, uow: WriteUnit) -> None:
    """Move a finished backtest to the trash; `restore` brings it back."""
    await service.delete(uow, principal, backtest_id)


@router.post("/{backtest_id}/restore", responses=problems(BacktestNotFound))
async def restore_backtest(backtest_id: str, principal: Runner, uow: WriteUnit) -> schemas.Backtest:
    return await service.restore(uow, principal, backtest_id)


@router.get(
    "/{backtest_id}/report",
    response_model=BacktestResult,
    responses={**problems(BacktestNotFound, BacktestNotFinished, ReportGone), 304: {"description": "Not changed"}},
)
async def get_report(
    backtest_id: str,
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """The whole result; 409 `backtest_not_finished` while it has none."""
    body = await service.report(uow, context, backtest_id, principal.user_id)
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if etag_matches(if_none_match, etag):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@router.get(
    "/{backtest_id}/diff/{other_id}",
    responses=problems(BacktestNotFound, BacktestNotFinished, ReportGone, StrategyNotFound, VersionNotFound),
)
async def get_diff(
    backtest_id: str, other_id: str, principal: Reader, uow: ReadUnit, context: ContextDep
) -> ReportDiff:
    """What is different in the other one: code, settings, metrics, orders, fills, equity."""
    return await comparing.diff(uow, context, backtest_id, other_id, principal.user_id)


@router.get(
    "/{backtest_id}/export/{table}",
    response_class=Response,
    responses={
        **problems(BacktestNotFound, BacktestNotFinished, ReportGone),
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
    },
)
async def export_table(
    backtest_id: str,
    table: export.ReportTable,
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
) -> Response:
    """One table of the report as CSV (UTF-8 with BOM, so that Excel reads Chinese)."""
    body = await service.report(uow, context, backtest_id, principal.user_id)
    csv = await asyncio.to_thread(lambda: export.table_csv(BacktestResult.model_validate_json(body), table))
    return Response(
        csv,
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{backtest_id}-{table}.csv"'},
    )


async def _until_gone(request: Request) -> None:
    """Return when the client has closed the request."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
