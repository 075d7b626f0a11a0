"""Routes of strategies."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response, status

from quantdesk.features.strategies import schemas
from quantdesk.kit.errors import Conflict, NotFound
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
    raise NotImplementedError


@router.post("", status_code=status.HTTP_201_CREATED, responses=problems(NotFound, Conflict))
async def create_strategy(
    body: schemas.StrategyCreate,
    principal: Writer,
    uow: WriteUnit,
    context: ContextDep,
    idempotency_key: IdempotencyKey = None,
) -> schemas.StrategyDetail:
    raise NotImplementedError


@router.get("/templates")
async def list_templates(principal: Reader) -> schemas.TemplateList:
    raise NotImplementedError


@router.post("/inspect")
async def inspect_code(body: schemas.CodeInspect, principal: Reader) -> schemas.CodeInspection:
    """Read the parameters and the syntax errors of a source without running it."""
    raise NotImplementedError


@router.get("/{strategy_id}", responses=problems(NotFound))
async def get_strategy(
    strategy_id: str, principal: Reader, uow: ReadUnit, context: ContextDep
) -> schemas.StrategyDetail:
    raise NotImplementedError


@router.patch("/{strategy_id}", responses=problems(NotFound))
async def update_strategy(
    strategy_id: str, body: schemas.StrategyUpdate, principal: Writer, uow: WriteUnit
) -> schemas.Strategy:
    raise NotImplementedError


@router.delete("/{strategy_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(NotFound))
async def delete_strategy(strategy_id: str, principal: Writer, uow: WriteUnit) -> None:
    """Move it to the trash; `restore` brings it back."""
    raise NotImplementedError


@router.post("/{strategy_id}/restore", responses=problems(NotFound))
async def restore_strategy(strategy_id: str, principal: Writer, uow: WriteUnit) -> schemas.Strategy:
    raise NotImplementedError


@router.get("/{strategy_id}/versions", responses=problems(NotFound))
async def list_versions(strategy_id: str, principal: Reader, uow: ReadUnit) -> schemas.VersionList:
    """All versions, newest first."""
    raise NotImplementedError


@router.post(
    "/{strategy_id}/versions",
    status_code=status.HTTP_201_CREATED,
    responses={
        **problems(NotFound, Conflict),
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
    raise NotImplementedError


@router.get("/{strategy_id}/versions/{number}", responses=problems(NotFound))
async def get_version(
    strategy_id: str, number: VersionNumber, principal: Reader, uow: ReadUnit, context: ContextDep
) -> schemas.VersionDetail:
    raise NotImplementedError
