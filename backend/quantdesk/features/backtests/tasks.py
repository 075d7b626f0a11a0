"""What a worker does for a backtest: bars and code to a locked-down child, its report to the stores."""

from __future__ import annotations

import asyncio
import datetime as dt

import numpy as np

from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.thin import thin_line
from quantdesk.features.backtests import service
from quantdesk.features.backtests.child import code_error, isolation_unavailable, limits_of, load_bars, stopped_error
from quantdesk.features.backtests.tables import BacktestRow
from quantdesk.features.backtests.welcome import WelcomeHandler
from quantdesk.features.jobs.handlers import Cancelled, Failed, JobHandler, Outcome, RunningJob, Succeeded
from quantdesk.features.jobs.schemas import JobKind
from quantdesk.features.market import service as market
from quantdesk.features.strategies import service as strategies
from quantdesk.features.trials import service as trials
from quantdesk.kit.uow import UnitOfWork
from quantdesk.sandbox import outcome
from quantdesk.sandbox.capabilities import IsolationUnavailableError
from quantdesk.sandbox.exchange import BacktestRequest
from quantdesk.sandbox.launcher import run_backtest
from quantdesk.sandbox.messages import Equity, LiveMessage, Log, Progress

LIVE_POINTS = 400
"""Of the equity curve that is shown while the backtest runs."""


class BacktestHandler:
    """Runs a backtest. It may run again from the start: the report's key is the backtest's own."""

    kind: JobKind = "backtest"

    async def run(self, job: RunningJob) -> Outcome:
        context = job.context
        async with context.database.unit(write=False) as uow:
            row = await uow.session.get_one(BacktestRow, job.subject_id)
            spec = BacktestSpec.model_validate(row.spec)
            version = await strategies.get_version(uow, context, row.strategy_id, row.owner_id, row.version)
            actions = await market.actions_of(uow, spec.symbols, end=spec.end)
            industries, industries_as_of = await market.industries_of(uow, context, spec.symbols)
            tried = (await trials.of_strategy(uow, row.strategy_id, row.owner_id)).distinct
        sandbox = context.settings.sandbox
        try:
            ended = await run_backtest(
                BacktestRequest(
                    spec=spec,
                    source=version.code,
                    files=tuple(version.files),
                    trials=tried,
                    industries=industries,
                ),
                await asyncio.to_thread(load_bars, context.bars, spec),
                limits_of(sandbox),
                _Live(job).show,
                job.cancelled,
                actions=actions,
                require_isolation=sandbox.require_isolation,
            )
        except IsolationUnavailableError as error:
            return Failed(isolation_unavailable(error))
        match ended:
            case outcome.Finished():
                result = service.with_industries_of(ended.result, industries_as_of)
                return await _stored(job, row.id, row.strategy_id, result)
            case outcome.Failed():
                return Failed(code_error(ended.error))
            case outcome.Stopped(reason="cancelled"):
                return Cancelled()
            case outcome.Stopped():
                if ended.detail:
                    job.log("error", ended.detail)
                return Failed(stopped_error(ended))


async def _stored(job: RunningJob, backtest_id: str, strategy_id: str, result: BacktestResult) -> Succeeded:
    key = service.report_key(backtest_id)
    packed = await asyncio.to_thread(service.pack, result)
    await job.context.blobs.put(key, packed, content_type="application/gzip")

    async def write(uow: UnitOfWork) -> None:
        await service.finish(uow, backtest_id, strategy_id, key, result)

    return Succeeded(write)


class _Live:
    """Shows a running backtest: progress, log lines, and the equity curve so far."""

    def __init__(self, job: RunningJob) -> None:
        self._job = job
        self._dates: list[dt.date] = []
        self._equity: list[float] = []

    async def show(self, message: LiveMessage) -> None:
        match message:
            case Progress():
                self._job.progress(message.done, message.total, "days", message.date.isoformat())
            case Log():
                self._job.log(message.level, message.text)
            case Equity():
                self._dates += message.dates
                self._equity += message.equity
                rows = thin_line(np.asarray(self._equity), LIVE_POINTS)
                self._job.equity([self._dates[row] for row in rows], [self._equity[row] for row in rows])


HANDLERS: tuple[JobHandler, ...] = (BacktestHandler(), WelcomeHandler())
