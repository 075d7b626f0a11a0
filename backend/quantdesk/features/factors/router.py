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
    StudyNotFound,
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


@router.post("/check")
async def check_expression(body: schemas.CheckCreate, principal: Reader) -> schemas.CheckedExpression:
    """Whether an expression can be used: if not, why, where, and what to do; if so, what it rests on."""
    return service.check(body.expression)


@router.post("/series", responses=problems(ExpressionRefused, BadSymbol, PreviewTooLarge, NothingToPreview))
async def factor_series(body: schemas.SeriesCreate, principal: Reader, context: ContextDep) -> schemas.FactorSeries:
    """An expression's values of one symbol beside its price; nothing is kept."""
    return await service.series(context, body)


@router.post(
    "/studies",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(ExpressionRefused, BadSymbol, PreviewTooLarge, NothingToPreview, IdempotencyKeyReused),
)
async def create_factor_study(
    body: schemas.PreviewCreate,
    principal: Writer,
    uow: WriteUnit,
    context: ContextDep,
    idempotency_key: IdempotencyKey = None,
) -> schemas.Study:
    """Queue what a preview shows, over more symbols and days; one's newest twenty are kept."""
    return await service.submit_study(uow, context, principal, body, idempotency_key)


@router.get("/studies/{study_id}", responses=problems(StudyNotFound))
async def get_factor_study(study_id: str, principal: Reader, uow: ReadUnit) -> schemas.Study:
    """The study's job, and once it has succeeded what it found."""
    return await service.get_study(uow, study_id, principal.user_id)


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
