"""Routes of strategies."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response, status

from quantdesk.features.strategies import schemas, service
from quantdesk.features.strategies.errors import (
    CodeAndTemplate,
    NothingToUpdate,
    StrategyNotFound,
    TemplateNotFound,
    VersionConflict,
    VersionNotFound,
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

router = APIRouter(prefix="/strategies", tags=["strategies"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "strategies:read"))]
Writer = Annotated[Principal, Depends(require("trader", "strategies:write"))]
VersionNumber = Annotated[int, Path(ge=1, le=2_147_483_647)]


@router.get("")
async def list_strategies(
    principal: Reader,
    uow: ReadUnit,
    q: Annotated[str, Query(max_length=80)] = "",
    deleted: bool = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.Strategy]:
    """One's strategies, last changed first; with `deleted`, those in the trash."""
    return await service.list_strategies(uow, principal.user_id, query=q, deleted=deleted, cursor=cursor, limit=limit)


@router.post(
    "", status_code=status.HTTP_201_CREATED, responses=problems(TemplateNotFound, CodeAndTemplate, IdempotencyKeyReused)
)
async def create_strategy(
    body: schemas.StrategyCreate,
    principal: Writer,
    uow: WriteUnit,
    context: ContextDep,
    idempotency_key: IdempotencyKey = None,
) -> schemas.StrategyDetail:
    strategy_id = await once(
        uow,
        principal,
        idempotency_key,
        "create_strategy",
        body,
        lambda: service.create(uow, context, principal, body),
    )
    return await service.get_detail(uow, context, strategy_id, principal.user_id)


@router.get("/templates")
async def list_templates(principal: Reader) -> schemas.TemplateList:
    return service.list_templates()


@router.post("/inspect")
async def inspect_code(body: schemas.CodeInspect, principal: Reader) -> schemas.CodeInspection:
    """Read the parameters and the syntax errors of a source without running it."""
    return await asyncio.to_thread(service.inspect, body.code)


@router.get("/{strategy_id}", responses=problems(StrategyNotFound))
async def get_strategy(
    strategy_id: str, principal: Reader, uow: ReadUnit, context: ContextDep
) -> schemas.StrategyDetail:
    return await service.get_detail(uow, context, strategy_id, principal.user_id)


@router.patch("/{strategy_id}", responses=problems(StrategyNotFound, NothingToUpdate))
async def update_strategy(
    strategy_id: str, body: schemas.StrategyUpdate, principal: Writer, uow: WriteUnit
) -> schemas.Strategy:
    return await service.update(uow, principal, strategy_id, body)


@router.delete("/{strategy_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(StrategyNotFound))
async def delete_strategy(strategy_id: str, principal: Writer, uow: WriteUnit) -> None:
    """Move it to the trash; `restore` brings it back."""
    await service.delete(uow, principal, strategy_id)


@router.post("/{strategy_id}/restore", responses=problems(StrategyNotFound))
async def restore_strategy(strategy_id: str, principal: Writer, uow: WriteUnit) -> schemas.Strategy:
    return await service.restore(uow, principal, strategy_id)


@router.get("/{strategy_id}/versions", responses=problems(StrategyNotFound))
async def list_versions(strategy_id: str, principal: Reader, uow: ReadUnit) -> schemas.VersionList:
    """All versions, newest first."""
    return await service.list_versions(uow, strategy_id, principal.user_id)


@router.post(
    "/{strategy_id}/versions",
    status_code=status.HTTP_201_CREATED,
    responses={
        **problems(StrategyNotFound, VersionConflict),
        200: {
            "model": schemas.VersionDetail,
            "description": "The code is that of the newest version already; nothing was saved.",
        },
    },
)
async def save_version(
    strategy_id: str,
    body: schemas.VersionCreate,
    principal: Writer,
    uow: WriteUnit,
    context: ContextDep,
    response: Response,
) -> schemas.VersionDetail:
    """Save the code as a new version."""
    version, new = await service.save(uow, context, principal, strategy_id, body)
    if not new:
        response.status_code = status.HTTP_200_OK
    return version


@router.get("/{strategy_id}/versions/{number}", responses=problems(StrategyNotFound, VersionNotFound))
async def get_version(
    strategy_id: str, number: VersionNumber, principal: Reader, uow: ReadUnit, context: ContextDep
) -> schemas.VersionDetail:
    return await service.get_version(uow, context, strategy_id, principal.user_id, number)
