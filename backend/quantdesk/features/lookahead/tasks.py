"""What a worker does for a check: the strategy runs on whole and on cut data, in a locked-down child."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.strategies.future_hints import future_hints
from quantdesk.features.backtests import service as backtests
from quantdesk.features.backtests.child import code_error, isolation_unavailable, limits_of, load_bars, stopped_error
from quantdesk.features.backtests.errors import BadParameters, SymbolsWithoutBars
from quantdesk.features.jobs.handlers import Cancelled, Failed, JobHandler, Outcome, RunningJob, Succeeded
from quantdesk.features.jobs.schemas import JobKind
from quantdesk.features.lookahead import service
from quantdesk.features.lookahead.schemas import CheckResult, SpecOrigin
from quantdesk.features.lookahead.tables import LookaheadCheckRow
from quantdesk.features.market import service as market
from quantdesk.features.strategies import service as strategies
from quantdesk.kit.context import Context
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.bar_store import BarStore
from quantdesk.sandbox import outcome
from quantdesk.sandbox.capabilities import IsolationUnavailableError
from quantdesk.sandbox.exchange import TruncationRequest
from quantdesk.sandbox.launcher import run_task
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.messages import LiveMessage, Progress

DAYS = 3 * 365
SYMBOLS = 20
"""Of a last backtest, at most so many of the newest days and so many symbols: enough to see a strategy look ahead."""
DEFAULT_SYMBOLS = 5
CPU_SECONDS = 60
WALL_SECONDS = 90.0
SEED = 1
"""The same days each time, so that two checks of the same code say the same."""


class TruncationHandler:
    """Checks a version for look-ahead. It may run again from the start."""

    kind: JobKind = "truncation"

    async def run(self, job: RunningJob) -> Outcome:
        context = job.context
        async with context.database.unit(write=False) as uow:
            row = await uow.session.get_one(LookaheadCheckRow, job.subject_id)
            version = await strategies.get_version(uow, context, row.strategy_id, row.owner_id, row.version)
            spec, origin = await _spec(uow, context, row, version.code)
            actions = await market.actions_of(uow, spec.symbols, end=spec.end) if spec else {}
        if spec is None:
            return _found(job, row.id, CheckResult(report=None, spec=None, origin=origin, hints=[]))

        async def show(message: LiveMessage) -> None:
            if isinstance(message, Progress):
                job.progress(message.done, message.total, "cuts", message.date.isoformat())

        sandbox = context.settings.sandbox
        try:
            ended = await run_task(
                TruncationRequest(
                    spec=spec, source=version.code, files=tuple(version.files), samples=row.samples, seed=SEED
                ),
                await asyncio.to_thread(load_bars, context.bars, spec),
                _bounded(limits_of(sandbox)),
                show,
                job.cancelled,
                actions=actions,
                require_isolation=sandbox.require_isolation,
            )
        except IsolationUnavailableError as error:
            return Failed(isolation_unavailable(error))
        match ended:
            case outcome.Finished():
                report = ended.result
                hints = future_hints(version.code, version.files) if report.verdict == "look_ahead" else []
                return _found(job, row.id, CheckResult(report=report, spec=spec, origin=origin, hints=hints))
            case outcome.Failed():
                return Failed(code_error(ended.error))
            case outcome.Stopped(reason="cancelled"):
                return Cancelled()
            case outcome.Stopped():
                return Failed(stopped_error(ended))


def _found(job: RunningJob, check_id: str, result: CheckResult) -> Succeeded:
    async def write(uow: UnitOfWork) -> None:
        await service.finish(uow, check_id, job.id, result)

    return Succeeded(write)


def _bounded(limits: Limits) -> Limits:
    return replace(
        limits,
        cpu_seconds=min(limits.cpu_seconds, CPU_SECONDS),
        wall_seconds=min(limits.wall_seconds, WALL_SECONDS),
    )


async def _spec(
    uow: UnitOfWork, context: Context, row: LookaheadCheckRow, code: str
) -> tuple[BacktestSpec | None, SpecOrigin]:
    """Give what to run on: as asked, or as the last backtest did, or a few stored symbols; None without bars.

    Raise StrategyUnusable.
    """
    if row.spec is not None:
        return BacktestSpec.model_validate(row.spec), "given"
    last = (await strategies.get(uow, row.strategy_id, row.owner_id)).last_backtest
    if last is not None:
        spec = shortened((await backtests.get(uow, last.id, row.owner_id)).spec)
        for one in (spec, spec.model_copy(update={"params": {}, "strategy_class": None})):  # the code may have changed
            try:
                return await asyncio.to_thread(backtests.checked, context.bars, one, code), "last_backtest"
            except BadParameters:
                continue
            except SymbolsWithoutBars:
                break
    default = await asyncio.to_thread(default_spec, context.bars)
    if default is None:
        return None, "default"
    return await asyncio.to_thread(backtests.checked, context.bars, default, code), "default"


def shortened(spec: BacktestSpec) -> BacktestSpec:
    """Give the newest years of a spec, and its first symbols."""
    start = max(spec.start, spec.end - dt.timedelta(days=DAYS))
    return spec.model_copy(update={"start": start, "symbols": spec.symbols[:SYMBOLS]})


def default_spec(store: BarStore) -> BacktestSpec | None:
    """Give the last years of the symbols with the longest history; None where no daily bars are stored. Blocking."""
    stored = sorted(store.list_coverage("1d"), key=lambda item: (-item.rows, item.symbol))
    stored = [item for item in stored if item.rows > 1]
    if not stored:
        return None
    end = stored[0].last
    chosen = [item for item in stored if item.first < end <= item.last][:DEFAULT_SYMBOLS]
    start = max(min(item.first for item in chosen), end - dt.timedelta(days=DAYS))
    return BacktestSpec(symbols=[item.symbol for item in chosen], start=start, end=end)


HANDLERS: tuple[JobHandler, ...] = (TruncationHandler(),)
