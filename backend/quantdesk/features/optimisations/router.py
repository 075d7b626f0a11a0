"""Routes of optimisations."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status

from quantdesk.features.backtests import service as backtests
from quantdesk.features.backtests.errors import BadParameters, StrategyUnusable, SymbolsWithoutBars
from quantdesk.features.backtests.schemas import Backtest
from quantdesk.features.optimisations import schemas, service
from quantdesk.features.optimisations.errors import (
    BadWalkForward,
    NoWalkForward,
    OptimisationNotFinished,
    OptimisationNotFound,
    OptimisationRunning,
    OptimisationTrialNotFound,
    SearchTooLarge,
)
from quantdesk.features.strategies.errors import StrategyNotFound, VersionNotFound
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

router = APIRouter(prefix="/optimisations", tags=["optimisations"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "backtests:read"))]
Runner = Annotated[Principal, Depends(require("trader", "backtests:run"))]
UNFIT = (
    StrategyNotFound,
    VersionNotFound,
    StrategyUnusable,
    BadParameters,
    SymbolsWithoutBars,
    SearchTooLarge,
    BadWalkForward,
)
TrialNumber = Annotated[int, Path(ge=1, le=2_147_483_647)]


@router.post("", status_code=status.HTTP_202_ACCEPTED, responses=problems(*UNFIT, IdempotencyKeyReused))
async def create_optimisation(
    body: schemas.OptimisationCreate,
    principal: Runner,
    uow: WriteUnit,
    context: ContextDep,
    idempotency_key: IdempotencyKey = None,
) -> schemas.Optimisation:
    """Queue an optimisation. Follow `job.id` on the WebSocket topic `jobs.<id>`: its trials come as they end.

    Cancel it and resume it as a job: POST /jobs/{id}/cancel, POST /jobs/{id}/retry; what is done stays done.
    """
    optimisation_id = await once(
        uow,
        principal,
        idempotency_key,
        "create_optimisation",
        body,
        lambda: service.create(uow, context, principal, body),
    )
    return await service.get(uow, optimisation_id, principal.user_id)


@router.post("/estimate", responses=problems(*UNFIT))
async def estimate_optimisation(
    body: schemas.SearchPlan, principal: Runner, uow: ReadUnit, context: ContextDep
) -> schemas.Estimate:
    """How many runs it would be and about how long they would take; nothing is queued."""
    return await service.estimate(uow, context, principal.user_id, body)


@router.get("")
async def list_optimisations(
    principal: Reader,
    uow: ReadUnit,
    strategy_id: Annotated[str | None, Query(max_length=26)] = None,
    q: Annotated[str, Query(max_length=80)] = "",
    deleted: bool = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.Optimisation]:
    """One's optimisations, newest first; with `deleted`, those in the trash."""
    return await service.list_optimisations(
        uow, principal.user_id, strategy_id=strategy_id, query=q, deleted=deleted, cursor=cursor, limit=limit
    )


@router.get("/{optimisation_id}", responses=problems(OptimisationNotFound))
async def get_optimisation(optimisation_id: str, principal: Reader, uow: ReadUnit) -> schemas.Optimisation:
    return await service.get(uow, optimisation_id, principal.user_id)


@router.patch("/{optimisation_id}", responses=problems(OptimisationNotFound))
async def rename_optimisation(
    optimisation_id: str, body: schemas.OptimisationUpdate, principal: Runner, uow: WriteUnit
) -> schemas.Optimisation:
    return await service.rename(uow, optimisation_id, principal.user_id, body)


@router.delete(
    "/{optimisation_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(OptimisationNotFound, OptimisationRunning),
)
async def delete_optimisation(optimisation_id: str, principal: Runner, uow: WriteUnit) -> None:
    """Move a finished optimisation to the trash; `restore` brings it back."""
    await service.delete(uow, principal, optimisation_id)


@router.post("/{optimisation_id}/restore", responses=problems(OptimisationNotFound))
async def restore_optimisation(optimisation_id: str, principal: Runner, uow: WriteUnit) -> schemas.Optimisation:
    return await service.restore(uow, principal, optimisation_id)


@router.get("/{optimisation_id}/trials", responses=problems(OptimisationNotFound))
async def list_trials(
    optimisation_id: str,
    principal: Reader,
    uow: ReadUnit,
    fold: Annotated[int, Query(ge=0, le=1000)] = schemas.WHOLE,
) -> schemas.TrialTable:
    """The trials as columns: those over all days (fold 0), or of one fold of the walk-forward."""
    return await service.trials(uow, optimisation_id, principal.user_id, fold)


@router.get("/{optimisation_id}/overfitting", responses=problems(OptimisationNotFound, OptimisationNotFinished))
async def get_overfitting(optimisation_id: str, principal: Reader, uow: ReadUnit) -> schemas.Overfitting:
    """Deflated Sharpe Ratio, probability of backtest overfitting and stability of the best, with what they mean.

    409 `optimisation_not_finished` while it runs, and with fewer than two trials that have a result.
    """
    return await service.overfitting(uow, optimisation_id, principal.user_id)


@router.get("/{optimisation_id}/walk-forward", responses=problems(OptimisationNotFound, NoWalkForward))
async def get_walk_forward(optimisation_id: str, principal: Reader, uow: ReadUnit) -> schemas.WalkForwardResult:
    """Each fold's dates, chosen parameters and figures, and the tests as one curve; so far, while it runs."""
    return await service.walk_forward(uow, optimisation_id, principal.user_id)


@router.post(
    "/{optimisation_id}/trials/{number}/backtest",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(*UNFIT, OptimisationNotFound, OptimisationTrialNotFound, IdempotencyKeyReused),
)
async def backtest_trial(
    optimisation_id: str,
    number: TrialNumber,
    body: schemas.TrialBacktestCreate,
    principal: Runner,
    uow: WriteUnit,
    context: ContextDep,
    idempotency_key: IdempotencyKey = None,
) -> Backtest:
    """Run the trial as an ordinary backtest, with a full report."""
    backtest_id = await once(
        uow,
        principal,
        idempotency_key,
        f"backtest_trial {optimisation_id} {number}",
        body,
        lambda: service.backtest_trial(uow, context, principal, optimisation_id, number, body),
    )
    return await backtests.get(uow, backtest_id, principal.user_id)
