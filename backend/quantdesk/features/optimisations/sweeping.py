"""A sweep: some trials of an optimisation, in one locked-down child after another. The work of a part job."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.backtest.sweep import SweepResult, TrialOutcome
from quantdesk.core.bars.frame import Bars
from quantdesk.core.metrics.returns import daily_returns
from quantdesk.core.optimise.objective import figures_of, score
from quantdesk.features.backtests.child import code_error, isolation_unavailable, limits_of, load_bars, stopped_error
from quantdesk.features.jobs.handlers import Cancelled, Failed, Outcome, RunningJob, Succeeded
from quantdesk.features.jobs.schemas import JobError
from quantdesk.features.market import service as market
from quantdesk.features.optimisations import judging, repository, service, storing
from quantdesk.features.optimisations.events import TrialsFinished
from quantdesk.features.optimisations.tables import OptimisationRow, OptimisationTrialRow
from quantdesk.features.strategies import service as strategies
from quantdesk.sandbox import outcome
from quantdesk.sandbox.capabilities import IsolationUnavailableError
from quantdesk.sandbox.exchange import SweepRequest
from quantdesk.sandbox.launcher import run_task
from quantdesk.sandbox.messages import LiveMessage, Log, TrialDone

SHOW_SECONDS = 0.2
"""Finished trials are shown at most this often."""
log = structlog.get_logger(__name__)


class Sweep:
    """The work of one part job. It may run twice: trials that have ended are passed over, and each ends once."""

    def __init__(self, job: RunningJob) -> None:
        self._job = job
        self._context = job.context
        self._seconds_each = float(job.payload["seconds_each"])
        self._pending: list[OptimisationTrialRow] = []
        self._shown = 0.0
        self._done = 0

    async def run(self) -> Outcome:
        """Run the trials that have not ended yet."""
        async with self._context.database.unit(write=False) as uow:
            row = await uow.session.get_one(OptimisationRow, self._job.subject_id)
            numbered = await repository.trials_numbered(uow.session, row.id, self._job.payload["numbers"])
            version = await strategies.get_version(uow, self._context, row.strategy_id, row.owner_id, row.version)
        queued = [trial for trial in numbered if trial.state == "queued"]
        if not queued:
            return Succeeded()
        self._row, self._code, self._code_hash = row, version.code, version.sha256
        self._files = tuple(version.files)
        self._objective = service.objective_of(row)
        self._done = len(numbered) - len(queued)
        start, end = service.dates_of(row, queued[0].fold, queued[0].role)
        self._spec = service.spec_of(row).model_copy(update={"start": start, "end": end})
        self._bars = await asyncio.to_thread(load_bars, self._context.bars, self._spec)
        async with self._context.database.unit(write=False) as uow:
            self._actions = await market.actions_of(uow, self._spec.symbols, end=self._spec.end)
        try:
            return await self._run(queued) or Succeeded()
        except IsolationUnavailableError as error:
            return Failed(isolation_unavailable(error))

    async def _run(self, trials: Sequence[OptimisationTrialRow]) -> Outcome | None:
        """Run the trials in one child; where it is stopped, find the trial at fault and run the others without it.

        None when all have ended.
        """
        if self._job.cancelled.is_set():
            return Cancelled()
        done: set[int] = set()
        began = time.monotonic()
        sandbox = self._context.settings.sandbox
        ended = await run_task(
            SweepRequest(
                spec=self._spec, source=self._code, files=self._files, trials=[trial.params for trial in trials]
            ),
            self._bars,
            limits_of(sandbox).for_sweep(len(trials), self._seconds_each),
            lambda message: self._hear(message, trials, done),
            self._job.cancelled,
            actions=self._actions,
            require_isolation=sandbox.require_isolation,
        )
        await self._show()
        match ended:
            case outcome.Finished():
                await self._store(trials, ended.result, (time.monotonic() - began) / len(trials))
                return None
            case outcome.Failed():
                return Failed(code_error(ended.error))
            case outcome.Stopped(reason="cancelled"):
                return Cancelled()
        # A trial that uses up the memory or the time takes its child along. Those before it ended, but their returns
        # are lost with the child.
        self._job.log("error", "\n".join(filter(None, [ended.message_en, ended.detail])))
        if len(trials) == 1:
            await self._end([_failed(trials[0], stopped_error(ended))])
            return None
        at = next(place for place in range(len(trials) + 1) if place not in done)
        parts = [trials[:at], trials[at : at + 1], trials[at + 1 :]] if 0 < at < len(trials) else _halves(trials)
        for part in parts:
            if part and (stop := await self._run(part)):
                return stop
        return None

    async def _hear(self, message: LiveMessage, trials: Sequence[OptimisationTrialRow], done: set[int]) -> None:
        match message:
            case Log():
                self._job.log(message.level, message.text)
            case TrialDone() if 0 <= message.index < len(trials):
                done.add(message.index)
                trial = trials[message.index]
                if trial.role == "search":  # a test's figures are of its test days, which only the result tells
                    error = code_error(message.error) if message.error else None
                    metrics = message.metrics.model_dump(mode="json") if message.metrics else None
                    value = score(self._objective, message.metrics) if message.metrics else None
                    self._pending.append(_shown(trial, value, metrics, error))
                self._job.progress(self._done + len(done), len(self._job.payload["numbers"]), "runs")
                if time.monotonic() - self._shown >= SHOW_SECONDS:
                    await self._show()

    async def _show(self) -> None:
        """Tell of the trials that ended since the last time, on the topic of the optimisation's own job."""
        shown, self._pending = self._pending, []
        if not shown:
            return
        self._shown = time.monotonic()
        event = TrialsFinished(
            job_id=self._row.job_id,
            optimisation_id=self._row.id,
            trials=judging.columns(list(service.ranges_of(self._row)), shown),
        )
        try:
            await self._context.events.publish(f"jobs.{self._row.job_id}", event.model_dump_json())
        except Exception as error:  # for the eye only; the trials are stored without it
            log.warning("finished trials were not shown", error=str(error))

    async def _store(self, trials: Sequence[OptimisationTrialRow], result: SweepResult, seconds: float) -> None:
        ended = [self._ended(trial, one, seconds) for trial, one in zip(trials, result.trials, strict=True)]
        await self._end(ended)

    async def _end(self, ended: Sequence[storing.Ended]) -> None:
        async with self._context.database.unit() as uow:
            await storing.end(uow, self._row, self._code_hash, ended)
        self._done += len(ended)
        self._pending += [
            _shown(one.trial, one.objective, one.metrics, one.error)
            for one in ended
            if one.trial.role == "test" or (one.error and one.error.code.startswith("stopped_"))
        ]
        await self._show()

    def _ended(self, trial: OptimisationTrialRow, one: TrialOutcome, seconds: float) -> storing.Ended:
        if one.error is not None or one.metrics is None:
            assert one.error is not None  # noqa: S101 - either metrics or an error
            return _failed(trial, code_error(one.error))
        if trial.role == "test":
            return self._tested(trial, one, seconds)
        return storing.Ended(
            trial=trial,
            objective=score(self._objective, one.metrics),
            metrics=one.metrics.model_dump(mode="json"),
            error=None,
            returns=one.returns,
            dates=None,
            seconds=seconds,
        )

    def _tested(self, trial: OptimisationTrialRow, one: TrialOutcome, seconds: float) -> storing.Ended:
        """Keep of a test's run what happened on its test days."""
        first = service.folds_of(self._row)[trial.fold - 1].test_start
        dates = [day for day in one.dates if day >= first]
        returns = one.returns[len(one.dates) - len(dates) :]
        benchmark = _benchmark_returns(self._spec, self._bars, dates)
        figures = figures_of(returns.astype(np.float64), benchmark)
        return storing.Ended(
            trial=trial,
            objective=figures[self._objective.metric],
            metrics=dict(figures),
            error=None,
            returns=returns,
            dates=dates,
            seconds=seconds,
        )


def _benchmark_returns(
    spec: BacktestSpec, bars: dict[str, Bars], dates: Sequence[dt.date]
) -> NDArray[np.float64] | None:
    """Give the benchmark's returns on these days, NaN where it has no bar; None without one."""
    if spec.benchmark is None or spec.benchmark not in bars:
        return None
    held = bars[spec.benchmark]
    by_day = dict(zip(held.time[1:].astype("datetime64[D]").tolist(), daily_returns(held.close), strict=True))
    return np.array([by_day.get(day, np.nan) for day in dates], dtype=np.float64)


def _failed(trial: OptimisationTrialRow, error: JobError) -> storing.Ended:
    return storing.Ended(trial, None, None, error, np.zeros(0, dtype=np.float32), None, 0.0)


def _shown(
    trial: OptimisationTrialRow, objective: float | None, metrics: dict[str, Any] | None, error: JobError | None
) -> OptimisationTrialRow:
    """Make a row of what is to be shown, apart from the database."""
    return OptimisationTrialRow(
        optimisation_id=trial.optimisation_id,
        number=trial.number,
        fold=trial.fold,
        role=trial.role,
        state="failed" if error else "succeeded",
        params=trial.params,
        objective=objective,
        metrics=metrics,
        error=error.model_dump(mode="json") if error else None,
    )


def _halves(trials: Sequence[OptimisationTrialRow]) -> list[Sequence[OptimisationTrialRow]]:
    middle = len(trials) // 2
    return [trials[:middle], trials[middle:]]
