"""Routes of refreshes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, status

from quantdesk.features.market.errors import BadSymbol, SourcesOffline
from quantdesk.features.refresh import schemas, service
from quantdesk.features.refresh.errors import NothingToRefresh, NothingToResume, RefreshNotFound, RefreshRunning
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
from quantdesk.ports.datasets import Dataset

router = APIRouter(prefix="/data", tags=["data"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "data:read"))]
Writer = Annotated[Principal, Depends(require("trader", "data:write"))]


@router.post("/refreshes/plan", responses=problems(BadSymbol))
async def plan_refresh(
    body: schemas.RefreshCreate,
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> schemas.RefreshPlan:
    """What a refresh would fetch now, and why not the rest; nothing is fetched."""
    return await service.preview(uow, context, body, principal.user_id, cursor=cursor, limit=limit)


@router.post(
    "/refreshes",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(SourcesOffline, RefreshRunning, NothingToRefresh, BadSymbol, IdempotencyKeyReused),
)
async def create_refresh(
    body: schemas.RefreshCreate,
    principal: Writer,
    uow: WriteUnit,
    context: ContextDep,
    idempotency_key: IdempotencyKey = None,
) -> schemas.Refresh:
    """Fetch what is missing up to the last trading day that is over, as a job; each outcome is kept at once."""
    refresh_id = await once(
        uow,
        principal,
        idempotency_key,
        "create_refresh",
        body,
        lambda: service.create(uow, context, principal, body),
    )
    return await service.get(uow, refresh_id, principal.user_id)


@router.get("/refreshes")
async def list_refreshes(
    principal: Reader, uow: ReadUnit, cursor: Cursor = None, limit: Limit = 20
) -> Page[schemas.Refresh]:
    """One's refreshes, newest first."""
    return await service.list_refreshes(uow, principal.user_id, cursor=cursor, limit=limit)


@router.get("/refreshes/{refresh_id}", responses=problems(RefreshNotFound))
async def get_refresh(refresh_id: str, principal: Reader, uow: ReadUnit) -> schemas.Refresh:
    return await service.get(uow, refresh_id, principal.user_id)


@router.get("/refreshes/{refresh_id}/items", responses=problems(RefreshNotFound))
async def list_refresh_items(
    refresh_id: str,
    principal: Reader,
    uow: ReadUnit,
    dataset: Annotated[list[Dataset] | None, Query(description="Only of these datasets.")] = None,
    state: Annotated[list[schemas.ItemState] | None, Query(description="Only items in these states.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[schemas.RefreshItem]:
    """What became of each symbol, day or table of a refresh, in the order of fetching."""
    return await service.list_items(
        uow, refresh_id, principal.user_id, datasets=dataset, states=state, cursor=cursor, limit=limit
    )


@router.post(
    "/refreshes/{refresh_id}/resume",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(RefreshNotFound, SourcesOffline, RefreshRunning, NothingToResume),
)
async def resume_refresh(refresh_id: str, principal: Writer, uow: WriteUnit, context: ContextDep) -> schemas.Refresh:
    """Go on with a refresh that was cancelled or stopped, and try again what failed."""
    return await service.resume(uow, context, refresh_id, principal.user_id)


@router.get("/refresh-schedule")
async def get_refresh_schedule(principal: Reader, uow: ReadUnit, context: ContextDep) -> schemas.Schedule:
    """When all that is stored or followed is refreshed by itself."""
    return await service.get_schedule(uow, context)


@router.put("/refresh-schedule", responses=problems(BadSymbol))
async def put_refresh_schedule(
    body: schemas.SchedulePut, principal: Writer, uow: WriteUnit, context: ContextDep
) -> schemas.Schedule:
    """Switch the schedule on or off, or move it: bars after the close of trading days, lists and companies at night.

    Missed days are caught up in one.
    """
    return await service.put_schedule(uow, context, principal, body)
