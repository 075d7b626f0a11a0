"""What a worker does for a backtest: bars and code to a locked-down child, its report to the stores."""

from __future__ import annotations

import asyncio
import datetime as dt

import numpy as np

from quantdesk.core.backtest.result import BacktestResult, CodeError
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.frame import Bars
from quantdesk.core.bars.thin import thin_line
from quantdesk.features.backtests import service
from quantdesk.features.backtests.tables import BacktestRow
from quantdesk.features.backtests.welcome import WelcomeHandler
from quantdesk.features.jobs.handlers import Cancelled, Failed, JobHandler, Outcome, RunningJob, Succeeded
from quantdesk.features.jobs.schemas import JobError, JobKind
from quantdesk.features.strategies import service as strategies
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.bar_store import BarStore
from quantdesk.sandbox import outcome
from quantdesk.sandbox.capabilities import IsolationUnavailableError
from quantdesk.sandbox.exchange import BacktestRequest
from quantdesk.sandbox.launcher import run_backtest
from quantdesk.sandbox.limits import Limits
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
        sandbox = context.settings.sandbox
        limits = Limits(cpu_seconds=sandbox.cpu_seconds, wall_seconds=sandbox.wall_seconds, memory_mb=sandbox.memory_mb)
        try:
            ended = await run_backtest(
                BacktestRequest(spec=spec, source=version.code),
                await asyncio.to_thread(load_bars, context.bars, spec),
                limits,
                _Live(job).show,
                job.cancelled,
                require_isolation=sandbox.require_isolation,
            )
        except IsolationUnavailableError as error:
            return Failed(isolation_unavailable(error))
        match ended:
            case outcome.Finished():
                return await _stored(job, row.id, row.strategy_id, ended.result)
            case outcome.Failed():
                return Failed(code_error(ended.error))
            case outcome.Stopped(reason="cancelled"):
                return Cancelled()
            case outcome.Stopped():
                if ended.detail:
                    job.log("error", ended.detail)
                return Failed(
                    JobError(code=f"stopped_{ended.reason}", message_zh=ended.message_zh, message_en=ended.message_en)
                )


def load_bars(store: BarStore, spec: BacktestSpec) -> dict[str, Bars]:
    """Give all raw bars of the spec's symbols and its benchmark: factors need the days before, too. Blocking."""
    wanted = dict.fromkeys([*spec.symbols, *([spec.benchmark] if spec.benchmark else [])])
    found = {symbol: store.read(symbol, spec.interval) for symbol in wanted}
    return {symbol: bars for symbol, bars in found.items() if bars is not None}


def code_error(error: CodeError) -> JobError:
    """Say that the user's code failed, with the place."""
    where_zh = f"第 {error.line} 行：" if error.line else ""
    where_en = f"line {error.line}: " if error.line else ""
    return JobError(
        code="strategy_error",
        message_zh=f"{where_zh}{error.type}: {error.message}",
        message_en=f"{where_en}{error.type}: {error.message}",
        detail=error.model_dump(mode="json"),
    )


def isolation_unavailable(error: IsolationUnavailableError) -> JobError:
    """Say that this machine cannot lock user code in."""
    return JobError(
        code="isolation_unavailable",
        message_zh=f"这台机器的内核不能隔离策略代码（{'；'.join(error.capabilities.missing)}）。"
        "请升级内核；若只运行自己信任的代码，可设置 QD_SANDBOX__REQUIRE_ISOLATION=false。",
        message_en=f"{error}. Upgrade the kernel; if you only run code you trust, "
        "set QD_SANDBOX__REQUIRE_ISOLATION=false.",
    )


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
