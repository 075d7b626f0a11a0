"""Writes trials: planned ones, and how each ended. Any of it may be written twice and stands as first written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.optimise.ranges import Params
from quantdesk.features.jobs.schemas import JobError
from quantdesk.features.optimisations import repository
from quantdesk.features.optimisations.judging import RETURN
from quantdesk.features.optimisations.schemas import TrialRole
from quantdesk.features.optimisations.service import spec_of_trial
from quantdesk.features.optimisations.tables import OptimisationRow, OptimisationTrialRow
from quantdesk.features.trials import service as ledger
from quantdesk.kit.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Planned:
    number: int
    fold: int
    role: TrialRole
    params: Params


@dataclass(frozen=True, slots=True, eq=False)
class Ended:
    """A run that has ended: with metrics and returns, or with an error."""

    trial: OptimisationTrialRow
    objective: float | None
    metrics: dict[str, Any] | None
    error: JobError | None
    returns: NDArray[np.floating]
    dates: list[dt.date] | None
    """Of a test: the days of the returns."""
    seconds: float


def number_of(row: OptimisationRow, fold: int, position: int) -> int:
    """Give the number of a search's trial: each fold has its own range, so numbers are known before the trials are."""
    return fold * row.trials + position + 1


def test_number(row: OptimisationRow, fold: int) -> int:
    """Give the number of a fold's test; tests come after all searches."""
    return (len(row.folds) + 1) * row.trials + fold


async def plan(uow: UnitOfWork, row: OptimisationRow, trials: Sequence[Planned]) -> None:
    """Write runs that are to be made, but those that are written already."""
    await repository.add_trials(
        uow.session,
        [
            {
                "optimisation_id": row.id,
                "number": trial.number,
                "fold": trial.fold,
                "role": trial.role,
                "state": "queued",
                "params": trial.params,
            }
            for trial in trials
        ],
    )


async def try_stopped_again(uow: UnitOfWork, row: OptimisationRow) -> None:
    """Queue the runs again whose process was stopped from outside; an error of the strategy's code stays one."""
    failed = await repository.failed(uow.session, row.id)
    stopped = [trial.number for trial in failed if trial.error and trial.error["code"].startswith("stopped_")]
    await repository.queue_again(uow.session, row.id, stopped)


async def end(uow: UnitOfWork, row: OptimisationRow, code_hash: str, ended: Sequence[Ended]) -> None:
    """Write how runs ended, and note those with a result in the ledger."""
    new = [one for one in ended if await _write(uow, row, one)]
    await ledger.note(
        uow,
        owner_id=row.owner_id,
        strategy_id=row.strategy_id,
        version=row.version,
        code_hash=code_hash,
        source="optimisation",
        source_id=row.id,
        trials=[
            ledger.NewTrial(
                number=one.trial.number,
                spec=spec_of_trial(row, one.trial),
                returns=one.returns.astype(np.float64),
                # A test's time is of its training days, too, so it says nothing of a bar's.
                seconds=one.seconds if one.trial.role == "search" else None,
            )
            for one in new
            if one.error is None
        ],
    )


async def _write(uow: UnitOfWork, row: OptimisationRow, one: Ended) -> bool:
    return await repository.end_trial(
        uow.session,
        row.id,
        one.trial.number,
        state="failed" if one.error else "succeeded",
        objective=one.objective,
        metrics=one.metrics,
        error=one.error.model_dump(mode="json") if one.error else None,
        returns=None if one.error else one.returns.astype(RETURN).tobytes(),
        dates=None if one.dates is None else [day.isoformat() for day in one.dates],
    )
