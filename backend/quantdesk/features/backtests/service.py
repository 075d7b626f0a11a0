"""Backtests: checked, queued, listed; their reports read."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip

import numpy as np

from quantdesk.core.backtest.code_errors import ParameterError, StrategyError
from quantdesk.core.backtest.result import BacktestResult, Metrics
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.backtest.sweep import simple_returns
from quantdesk.core.instruments.symbol import SymbolError, normalise
from quantdesk.core.strategies.parameters import read_outline, validate_params
from quantdesk.features.backtests import repository
from quantdesk.features.backtests.errors import (
    BacktestNotFinished,
    BacktestNotFound,
    BacktestRunning,
    BadParameters,
    ReportGone,
    StrategyUnusable,
    SymbolsWithoutBars,
)
from quantdesk.features.backtests.schemas import Backtest, BacktestCreate, BacktestUpdate
from quantdesk.features.backtests.tables import BacktestRow
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.schemas import TERMINAL, Job
from quantdesk.features.strategies import service as strategies
from quantdesk.features.strategies.schemas import LastBacktest
from quantdesk.features.trials import service as trials
from quantdesk.kit import clock, trash
from quantdesk.kit.context import Context
from quantdesk.kit.errors import Invalid
from quantdesk.kit.ids import new_id
from quantdesk.kit.pagination import Page
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.bar_store import BarStore
from quantdesk.ports.errors import NotFound

SPARKLINE_POINTS = 60


async def create(uow: UnitOfWork, context: Context, principal: Principal, body: BacktestCreate) -> str:
    """Check the request, write backtest and job, queue it after the commit; give the backtest's id.

    Raise StrategyNotFound, VersionNotFound, StrategyUnusable, BadParameters, SymbolsWithoutBars, Invalid.
    """
    owner = principal.user_id
    strategy = await strategies.get(uow, body.strategy_id, owner)
    version = await strategies.get_version(uow, context, strategy.id, owner, body.version or strategy.version)
    spec = await asyncio.to_thread(checked, context.bars, body.spec, version.code)
    name = body.name.strip() or f"{strategy.name} · {abridged(spec.symbols)}"[:120]
    backtest_id = new_id()
    job = await jobs.create(
        uow,
        context,
        owner_id=owner,
        kind="backtest",
        title=name,
        queue="backtest",
        payload={},
        subject_id=backtest_id,
    )
    uow.session.add(
        BacktestRow(
            id=backtest_id,
            owner_id=owner,
            job_id=job.id,
            strategy_id=strategy.id,
            version=version.number,
            name=name,
            spec=spec.model_dump(mode="json"),
            metrics=None,
            sparkline=None,
            report_key=None,
            created_at=clock.utcnow(),
        )
    )
    await uow.session.flush()
    return backtest_id


def checked(bars: BarStore, spec: BacktestSpec, code: str) -> BacktestSpec:
    """Give the spec with canonical symbols and typed parameters. Blocking.

    Raise StrategyUnusable, BadParameters, Invalid (a symbol that is none), SymbolsWithoutBars.
    """
    try:
        outline = read_outline(code)
    except StrategyError as error:
        raise StrategyUnusable(str(error), field="strategy_id", error=error.error.model_dump(mode="json")) from None
    if outline.selected is None:
        raise StrategyUnusable("the code has no strategy: define a class that extends bt.Strategy", field="strategy_id")
    try:
        params = validate_params(outline.parameters_of(), spec.params)
    except ParameterError as error:
        raise BadParameters(str(error), field="spec.params", parameters=error.problems) from None
    symbols = [_canonical(symbol, "spec.symbols") for symbol in spec.symbols]
    if repeated := {symbol for symbol in symbols if symbols.count(symbol) > 1}:
        raise Invalid(f"symbol {min(repeated)} is listed twice; list it once", field="spec.symbols")
    benchmark = _canonical(spec.benchmark, "spec.benchmark") if spec.benchmark else None
    fitted = spec.model_copy(update={"symbols": symbols, "benchmark": benchmark, "params": params})
    _require_bars(bars, fitted, symbols, "spec.symbols")
    if benchmark:
        _require_bars(bars, fitted, [benchmark], "spec.benchmark")
    return fitted


def abridged(symbols: list[str]) -> str:
    """Name the symbols in a title: the first three, and how many more."""
    return ", ".join(symbols[:3]) + (f" +{len(symbols) - 3}" if len(symbols) > 3 else "")


async def list_backtests(
    uow: UnitOfWork, owner_id: str, *, strategy_id: str | None, query: str, cursor: str | None, limit: int
) -> Page[Backtest]:
    """Give one's backtests, newest first."""
    rows, next_cursor = await repository.page(
        uow.session, owner_id, strategy_id=strategy_id, query=query.strip(), cursor=cursor, limit=limit
    )
    by_id = await jobs.get_many(uow, [row.job_id for row in rows])
    names = await strategies.names(uow, [row.strategy_id for row in rows])
    return Page(
        items=[_backtest(row, by_id[row.job_id], names[row.strategy_id]) for row in rows], next_cursor=next_cursor
    )


async def get(uow: UnitOfWork, backtest_id: str, owner_id: str) -> Backtest:
    """Give one of the owner's backtests, one in the trash too. Raise BacktestNotFound."""
    row = await _get(uow, backtest_id, owner_id)
    job = await jobs.get(uow, row.job_id, owner_id)
    names = await strategies.names(uow, [row.strategy_id])
    return _backtest(row, job, names[row.strategy_id])


async def rename(uow: UnitOfWork, backtest_id: str, owner_id: str, body: BacktestUpdate) -> Backtest:
    """Raise BacktestNotFound."""
    row = await _get(uow, backtest_id, owner_id)
    row.name = body.name.strip() or row.name
    await uow.session.flush()
    return await get(uow, backtest_id, owner_id)


async def delete(uow: UnitOfWork, principal: Principal, backtest_id: str) -> None:
    """Move a finished backtest to the trash. Raise BacktestNotFound, BacktestRunning."""
    row = await _get(uow, backtest_id, principal.user_id)
    job = await jobs.get(uow, row.job_id, principal.user_id)
    if job.state not in TERMINAL:
        raise BacktestRunning(f"the backtest is {job.state}; cancel it first")
    trash.put(uow, principal, "backtest", row)


async def restore(uow: UnitOfWork, principal: Principal, backtest_id: str) -> Backtest:
    """Bring it back from the trash. Raise BacktestNotFound."""
    row = await _get(uow, backtest_id, principal.user_id)
    trash.take_back(uow, principal, "backtest", row)
    await uow.session.flush()
    return await get(uow, backtest_id, principal.user_id)


async def report(uow: UnitOfWork, context: Context, backtest_id: str, owner_id: str) -> bytes:
    """Give the report as JSON. Raise BacktestNotFound, BacktestNotFinished, ReportGone."""
    row = await _get(uow, backtest_id, owner_id)
    if row.report_key is None:
        raise BacktestNotFinished("it has no report: it is still running, was cancelled or has failed")
    try:
        packed = await context.blobs.get(row.report_key)
    except NotFound as error:
        raise ReportGone from error
    return await asyncio.to_thread(gzip.decompress, packed)


async def finish(uow: UnitOfWork, backtest_id: str, strategy_id: str, report_key: str, result: BacktestResult) -> None:
    """Write what lists show of a finished backtest, in the transaction that ends its job."""
    row = await uow.session.get_one(BacktestRow, backtest_id)
    row.metrics = result.metrics.model_dump(mode="json")
    row.sparkline = sparkline(result)
    row.report_key = report_key
    await _note_trial(uow, row, result)
    last = LastBacktest(id=row.id, total_return=result.metrics.total_return, finished_at=clock.utcnow())
    await strategies.note_backtest(uow, strategy_id, last)


async def _note_trial(uow: UnitOfWork, row: BacktestRow, result: BacktestResult) -> None:
    """Enter the run in the strategy's ledger of trials."""
    job = (await jobs.get_many(uow, [row.job_id]))[row.job_id]
    equity = np.array([float(result.spec.cash), *result.series.equity])
    await trials.note(
        uow,
        owner_id=row.owner_id,
        strategy_id=row.strategy_id,
        version=row.version,
        code_hash=result.code_sha256,
        source="backtest",
        source_id=row.id,
        trials=[
            trials.NewTrial(
                number=0,
                spec=result.spec,
                returns=simple_returns(equity).astype(np.float64),
                seconds=(clock.utcnow() - job.started_at).total_seconds() if job.started_at else None,
            )
        ],
    )


def report_key(backtest_id: str) -> str:
    """Give the blob's key: of the backtest alone, so that a repeated run replaces its own report."""
    return f"reports/{backtest_id}.json.gz"


def pack(result: BacktestResult) -> bytes:
    """Give the report as it is stored. Blocking."""
    return gzip.compress(result.model_dump_json().encode(), 6, mtime=0)


def with_industries_of(result: BacktestResult, day: dt.date | None) -> BacktestResult:
    """Give the result with the day of which its attribution's industries are."""
    analysis = result.analysis
    if day is None or analysis is None or analysis.attribution.industries is None:
        return result
    attribution = analysis.attribution.model_copy(update={"industries_as_of": day})
    return result.model_copy(update={"analysis": analysis.model_copy(update={"attribution": attribution})})


def sparkline(result: BacktestResult) -> list[float]:
    """Thin the equity curve to a few points, the last one included."""
    equity = result.series.equity
    if len(equity) <= SPARKLINE_POINTS:
        return equity
    step = (len(equity) - 1) / (SPARKLINE_POINTS - 1)
    return [equity[round(n * step)] for n in range(SPARKLINE_POINTS)]


def _canonical(symbol: str, field: str) -> str:
    try:
        return normalise(symbol)
    except SymbolError as error:
        raise Invalid(str(error), field=field) from None


def _require_bars(bars: BarStore, spec: BacktestSpec, symbols: list[str], field: str) -> None:
    missing: dict[str, str] = {}
    for symbol in symbols:
        coverage = bars.coverage(symbol, spec.interval)
        if coverage is None:
            missing[symbol] = "no bars are stored"
        elif coverage.first > spec.end or coverage.last < spec.start:
            missing[symbol] = f"its bars are from {coverage.first} to {coverage.last}"
    if missing:
        listed = "; ".join(f"{symbol}: {why}" for symbol, why in list(missing.items())[:5])
        more = f"; and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise SymbolsWithoutBars(
            f"{listed}{more}. Import or fetch them, change the dates, or leave them out", field=field, symbols=missing
        )


async def _get(uow: UnitOfWork, backtest_id: str, owner_id: str) -> BacktestRow:
    row = await repository.get(uow.session, backtest_id, owner_id)
    if row is None:
        raise BacktestNotFound(f"there is no backtest {backtest_id}")
    return row


def _backtest(row: BacktestRow, job: Job, strategy_name: str) -> Backtest:
    return Backtest(
        id=row.id,
        name=row.name,
        strategy_id=row.strategy_id,
        strategy_name=strategy_name,
        version=row.version,
        spec=BacktestSpec.model_validate(row.spec),
        job=job,
        metrics=Metrics.model_validate(row.metrics) if row.metrics else None,
        sparkline=row.sparkline,
        created_at=row.created_at,
    )
