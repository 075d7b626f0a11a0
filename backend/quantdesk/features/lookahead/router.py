"""Routes of the look-ahead check."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, status

from quantdesk.features.backtests.errors import BadParameters, StrategyUnusable, SymbolsWithoutBars
from quantdesk.features.lookahead import schemas, service
from quantdesk.features.strategies.errors import StrategyNotFound, VersionNotFound
from quantdesk.kit.http import COMMON_PROBLEMS, ContextDep, ReadUnit, WriteUnit, problems, require
from quantdesk.kit.principal import Principal

router = APIRouter(
    prefix="/strategies/{strategy_id}/versions/{number}/truncation", tags=["strategies"], responses=COMMON_PROBLEMS
)
Reader = Annotated[Principal, Depends(require("viewer", "strategies:read"))]
Runner = Annotated[Principal, Depends(require("trader", "backtests:run"))]
VersionNumber = Annotated[int, Path(ge=1, le=2_147_483_647)]


@router.get("", responses=problems(StrategyNotFound, VersionNotFound))
async def get_lookahead_check(
    strategy_id: str, number: VersionNumber, principal: Reader, uow: ReadUnit, context: ContextDep
) -> schemas.LookaheadCheck:
    """The last check of a version: does it decide by data of later days?"""
    return await service.get(uow, context, strategy_id, principal.user_id, number)


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(StrategyNotFound, VersionNotFound, StrategyUnusable, BadParameters, SymbolsWithoutBars),
)
async def check_lookahead(
    strategy_id: str,
    number: VersionNumber,
    body: schemas.CheckCreate,
    principal: Runner,
    uow: WriteUnit,
    context: ContextDep,
) -> schemas.LookaheadCheck:
    """Queue a check of a version; it ends an older one of the same strategy that is still under way."""
    return await service.check(uow, context, principal, strategy_id, number, body)
