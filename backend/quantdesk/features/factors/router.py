"""Routes of factors."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, status

from quantdesk.features.factors import schemas, service
from quantdesk.features.factors.errors import (
    ExpressionRefused,
    FactorNameTaken,
    FactorNotFound,
    NothingToPreview,
    PreviewTooLarge,
)
from quantdesk.features.market.errors import BadSymbol
from quantdesk.features.strategies.errors import NothingToUpdate
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

router = APIRouter(prefix="/factors", tags=["data"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "data:read"))]
Writer = Annotated[Principal, Depends(require("trader", "data:write"))]


@router.get("")
async def list_factors(
    principal: Reader, uow: ReadUnit, cursor: Cursor = None, limit: Limit = 50
) -> Page[schemas.Factor]:
    """One's factors, newest first."""
    return await service.list_factors(uow, principal.user_id, cursor=cursor, limit=limit)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=problems(ExpressionRefused, FactorNameTaken, IdempotencyKeyReused),
)
async def create_factor(
    body: schemas.FactorCreate, principal: Writer, uow: WriteUnit, idempotency_key: IdempotencyKey = None
) -> schemas.Factor:
    """Keep an expression under a name."""
    factor_id = await once(
        uow, principal, idempotency_key, "create_factor", body, lambda: service.create(uow, principal, body)
    )
    return await service.get(uow, factor_id, principal.user_id)


@router.get("/language")
async def describe_language(principal: Reader) -> schemas.Language:
    """The functions and fields of expressions, and Alpha158 and Alpha360."""
    return service.language()


@router.post("/preview", responses=problems(ExpressionRefused, BadSymbol, PreviewTooLarge, NothingToPreview))
async def preview_factor(body: schemas.PreviewCreate, principal: Reader, context: ContextDep) -> schemas.Preview:
    """Coverage, IC, returns of groups and turnover of an expression over stored bars; nothing is kept."""
    return await service.preview(context, body)


@router.get("/{factor_id}", responses=problems(FactorNotFound))
async def get_factor(factor_id: str, principal: Reader, uow: ReadUnit) -> schemas.Factor:
    return await service.get(uow, factor_id, principal.user_id)


@router.patch("/{factor_id}", responses=problems(FactorNotFound, NothingToUpdate, ExpressionRefused, FactorNameTaken))
async def update_factor(
    factor_id: str, body: schemas.FactorUpdate, principal: Writer, uow: WriteUnit
) -> schemas.Factor:
    return await service.update(uow, principal, factor_id, body)


@router.delete("/{factor_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(FactorNotFound))
async def delete_factor(factor_id: str, principal: Writer, uow: WriteUnit) -> None:
    await service.delete(uow, factor_id, principal.user_id)
