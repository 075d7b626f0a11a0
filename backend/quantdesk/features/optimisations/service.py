"""Optimisations: checked, queued, listed; their trials and figures read. Trials are stored by storing.py."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from typing import Any

from quantdesk.core.backtest.result import Metrics
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.optimise.objective import Objective
from quantdesk.core.optimise.ranges import Ranges
from quantdesk.core.optimise.search import Search
from quantdesk.core.optimise.walk_forward import Fold, WalkForward
from quantdesk.features.backtests import service as backtests
from quantdesk.features.backtests.schemas import BacktestCreate
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.schemas import TERMINAL, Job, JobError
from quantdesk.features.optimisations import judging, planning, repository
from quantdesk.features.optimisations.errors import (
    NoWalkForward,
    OptimisationNotFinished,
    OptimisationNotFound,
    OptimisationRunning,
    OptimisationTrialNotFound,
)
from quantdesk.features.optimisations.planning import estimate as estimate
from quantdesk.features.optimisations.schemas import (
    WHOLE,
    BestTrial,
    Figures,
    Optimisation,
    OptimisationCreate,
    OptimisationUpdate,
    Overfitting,
    TrialBacktestCreate,
    TrialError,
    TrialTable,
    WalkForwardResult,
)
from quantdesk.features.optimisations.tables import OptimisationRow, OptimisationTrialRow
from quantdesk.features.strategies import service as strategies
from quantdesk.kit import clock, trash
from quantdesk.kit.context import Context
from quantdesk.kit.ids import new_id
from quantdesk.kit.pagination import Page
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork

KINDS = {"grid": "网格", "random": "随机", "tpe": "TPE"}


async def create(uow: UnitOfWork, context: Context, principal: Principal, body: OptimisationCreate) -> str:
    """Check the request, write optimisation and job, queue it after the commit; give the optimisation's id.

    Raise as planning.checked does.
    """
    owner = principal.user_id
    plan = await planning.checked(uow, context, owner, body)
    symbols = backtests.abridged(plan.spec.symbols)
    name = body.name.strip() or f"{plan.strategy.name} · {KINDS[body.search.kind]} · {symbols}"[:120]
    optimisation_id = new_id()
    job = await jobs.create(
        uow,
        context,
        owner_id=owner,
        kind="optimisation",
        title=name,
        queue="backtest",
        payload={},
        subject_id=optimisation_id,
    )
    uow.session.add(
        OptimisationRow(
            id=optimisation_id,
            owner_id=owner,
            job_id=job.id,
            strategy_id=plan.strategy.id,
            version=plan.version.number,
            name=name,
            spec=plan.spec.model_dump(mode="json"),
            ranges=[{"name": key, "range": value.model_dump(mode="json")} for key, value in plan.ranges.items()],
            search=body.search.model_dump(mode="json"),
            objective=body.objective.model_dump(mode="json"),
            walk_forward=body.walk_forward.model_dump(mode="json") if body.walk_forward else None,
            folds=[fold.model_dump(mode="json") for fold in plan.folds],
            trials=plan.trials,
            runs=plan.runs,
            figures=None,
            overfitting=None,
            created_at=clock.utcnow(),
        )
    )
    await uow.session.flush()
    return optimisation_id


async def list_optimisations(
    uow: UnitOfWork,
    owner_id: str,
    *,
    strategy_id: str | None,
    query: str,
    deleted: bool,
    cursor: str | None,
    limit: int,
) -> Page[Optimisation]:
    """Give the owner's optimisations, newest first; with `deleted` those in the trash."""
    rows, next_cursor = await repository.page(
        uow.session,
        owner_id,
        strategy_id=strategy_id,
        query=query.strip(),
        deleted=deleted,
        cursor=cursor,
        limit=limit,
    )
    return Page(items=await _schemas(uow, rows), next_cursor=next_cursor)


async def get(uow: UnitOfWork, optimisation_id: str, owner_id: str) -> Optimisation:
    """Give one of the owner's optimisations, one in the trash too. Raise OptimisationNotFound."""
    return (await _schemas(uow, [await _get(uow, optimisation_id, owner_id)]))[0]


async def rename(uow: UnitOfWork, optimisation_id: str, owner_id: str, body: OptimisationUpdate) -> Optimisation:
    """Raise OptimisationNotFound."""
    row = await _get(uow, optimisation_id, owner_id)
    row.name = body.name.strip() or row.name
    await uow.session.flush()
    return await get(uow, optimisation_id, owner_id)


async def delete(uow: UnitOfWork, principal: Principal, optimisation_id: str) -> None:
    """Move a finished optimisation to the trash. Raise OptimisationNotFound, OptimisationRunning."""
    row = await _get(uow, optimisation_id, principal.user_id)
    job = await jobs.get(uow, row.job_id, principal.user_id)
    if job.state not in TERMINAL:
        raise OptimisationRunning(f"the optimisation is {job.state}; cancel it first")
    trash.put(uow, principal, "optimisation", row)


async def restore(uow: UnitOfWork, principal: Principal, optimisation_id: str) -> Optimisation:
    """Bring it back from the trash. Raise OptimisationNotFound."""
    row = await _get(uow, optimisation_id, principal.user_id)
    trash.take_back(uow, principal, "optimisation", row)
    await uow.session.flush()
    return await get(uow, optimisation_id, principal.user_id)


async def trials(uow: UnitOfWork, optimisation_id: str, owner_id: str, fold: int) -> TrialTable:
    """Give the trials of the search over all days (fold 0) or of one fold. Raise OptimisationNotFound."""
    row = await _get(uow, optimisation_id, owner_id)
    rows = await repository.trials(uow.session, row.id, fold=fold)
    errors: dict[tuple[str, str], TrialError] = {}
    for trial in rows:
        if trial.error is not None:
            error = JobError.model_validate(trial.error)
            errors.setdefault(
                (error.code, error.message_en),
                TrialError(number=trial.number, **error.model_dump(exclude={"detail"})),
            )
    return TrialTable(trials=judging.columns(list(ranges_of(row)), rows), errors=list(errors.values()))


async def overfitting(uow: UnitOfWork, optimisation_id: str, owner_id: str) -> Overfitting:
    """Tell how much to believe of the best trial; of a cancelled or failed search by what was done.

    Raise OptimisationNotFound, OptimisationNotFinished.
    """
    row = await _get(uow, optimisation_id, owner_id)
    job = await jobs.get(uow, row.job_id, owner_id)
    if job.state not in TERMINAL:
        raise OptimisationNotFinished(f"the optimisation is {job.state}; its figures come when it has ended")
    if (stored := await repository.overfitting(uow.session, row.id)) is not None:
        return Overfitting.model_validate(stored)
    rows = await repository.trials(uow.session, row.id, fold=WHOLE, with_returns=True)
    found = await asyncio.to_thread(judging.overfitting, ranges_of(row), rows)
    if found is None:
        raise OptimisationNotFinished("fewer than two trials have a result, so there is nothing to compare")
    return found


async def walk_forward(uow: UnitOfWork, optimisation_id: str, owner_id: str) -> WalkForwardResult:
    """Give the folds and the stitched tests, so far. Raise OptimisationNotFound, NoWalkForward."""
    row = await _get(uow, optimisation_id, owner_id)
    if row.walk_forward is None:
        raise NoWalkForward("it searched over all days only; make one with `walk_forward`")
    tests = await repository.tests(uow.session, row.id)
    best = [await repository.best(uow.session, row.id, fold.number) for fold in folds_of(row)]
    return await asyncio.to_thread(judge_walk_forward, row, best, tests)


def judge_walk_forward(
    row: OptimisationRow, best: Sequence[OptimisationTrialRow | None], tests: Sequence[OptimisationTrialRow]
) -> WalkForwardResult:
    """Put the folds together; `best` is each fold's best in training. Blocking."""
    plan = WalkForward.model_validate(row.walk_forward)
    return judging.walk_forward(plan, folds_of(row), objective_of(row), spec_of(row), best, tests)


async def backtest_trial(
    uow: UnitOfWork,
    context: Context,
    principal: Principal,
    optimisation_id: str,
    number: int,
    body: TrialBacktestCreate,
) -> str:
    """Queue a trial as an ordinary backtest; give the backtest's id.

    Raise OptimisationNotFound, OptimisationTrialNotFound, and as the creation of a backtest does.
    """
    row = await _get(uow, optimisation_id, principal.user_id)
    found = await repository.trials_numbered(uow.session, row.id, [number])
    if not found:
        raise OptimisationTrialNotFound(f"it has no trial {number} (yet); it makes {row.runs} runs")
    request = BacktestCreate(
        strategy_id=row.strategy_id,
        version=row.version,
        name=body.name.strip() or f"{row.name[:105]} · #{number}",
        spec=spec_of_trial(row, found[0]),
    )
    return await backtests.create(uow, context, principal, request)


def spec_of(row: OptimisationRow) -> BacktestSpec:
    return BacktestSpec.model_validate(row.spec)


def ranges_of(row: OptimisationRow) -> Ranges:
    return judging.RANGES.validate_python({item["name"]: item["range"] for item in row.ranges})


def search_of(row: OptimisationRow) -> Search:
    return Search.model_validate(row.search)


def objective_of(row: OptimisationRow) -> Objective:
    return Objective.model_validate(row.objective)


def folds_of(row: OptimisationRow) -> list[Fold]:
    return [Fold.model_validate(fold) for fold in row.folds]


def spec_of_trial(row: OptimisationRow, trial: OptimisationTrialRow) -> BacktestSpec:
    """Give the trial's own specification: its dates and its parameters.

    A test runs from the beginning of its training, so that its averages are warm and it holds what it would hold;
    only its test days count.
    """
    spec = spec_of(row)
    start, end = dates_of(row, trial.fold, trial.role)
    return spec.model_copy(update={"start": start, "end": end, "params": {**spec.params, **trial.params}})


def dates_of(row: OptimisationRow, fold: int, role: str) -> tuple[dt.date, dt.date]:
    """Give the first and the last day that a fold's runs of this role run over."""
    if fold == WHOLE:
        spec = spec_of(row)
        return spec.start, spec.end
    found = folds_of(row)[fold - 1]
    return found.train_start, found.test_end if role == "test" else found.train_end


async def _get(uow: UnitOfWork, optimisation_id: str, owner_id: str) -> OptimisationRow:
    row = await repository.get(uow.session, optimisation_id, owner_id)
    if row is None:
        raise OptimisationNotFound(f"there is no optimisation {optimisation_id}")
    return row


async def _schemas(uow: UnitOfWork, rows: Any) -> list[Optimisation]:
    by_id = await jobs.get_many(uow, [row.job_id for row in rows])
    names = await strategies.names(uow, [row.strategy_id for row in rows])
    counts = await repository.counts(uow.session, [row.id for row in rows])
    return [
        _schema(
            row,
            by_id[row.job_id],
            names[row.strategy_id],
            counts.get(row.id, {}),
            await repository.best(uow.session, row.id),
        )
        for row in rows
    ]


def _schema(
    row: OptimisationRow, job: Job, strategy_name: str, counts: dict[str, int], best: OptimisationTrialRow | None
) -> Optimisation:
    failed = counts.get("failed", 0)
    return Optimisation(
        id=row.id,
        name=row.name,
        strategy_id=row.strategy_id,
        strategy_name=strategy_name,
        version=row.version,
        spec=spec_of(row),
        ranges=ranges_of(row),
        search=search_of(row),
        objective=objective_of(row),
        walk_forward=WalkForward.model_validate(row.walk_forward) if row.walk_forward else None,
        job=job,
        trials=row.trials,
        folds=len(row.folds),
        runs=row.runs,
        done=counts.get("succeeded", 0) + failed,
        failed=failed,
        best=_best(best),
        figures=Figures.model_validate(row.figures) if row.figures else None,
        created_at=row.created_at,
    )


def _best(trial: OptimisationTrialRow | None) -> BestTrial | None:
    if trial is None or trial.objective is None or trial.metrics is None:
        return None
    return BestTrial(
        number=trial.number,
        params=trial.params,
        objective=trial.objective,
        metrics=Metrics.model_validate(trial.metrics),
    )
