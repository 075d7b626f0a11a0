"""Finished backtests read back: to compare two of them, or to run one again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from quantdesk.core.backtest.diff import ReportDiff, diff_reports
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.strategies.project import Project
from quantdesk.features.backtests import service
from quantdesk.features.backtests.errors import BacktestNotFound
from quantdesk.features.backtests.tables import BacktestRow
from quantdesk.features.strategies import service as strategies
from quantdesk.kit.context import Context
from quantdesk.kit.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A finished backtest with what it was made from."""

    id: str
    name: str
    project: Project
    report: BacktestResult


async def stored_run(uow: UnitOfWork, context: Context, backtest_id: str, owner_id: str) -> StoredRun:
    """Give one of the owner's finished backtests with its code.

    Raise BacktestNotFound, BacktestNotFinished, ReportGone, StrategyNotFound, VersionNotFound.
    """
    found = await service.get(uow, backtest_id, owner_id)
    body = await service.report(uow, context, backtest_id, owner_id)
    version = await strategies.get_version(uow, context, found.strategy_id, owner_id, found.version)
    report = await asyncio.to_thread(BacktestResult.model_validate_json, body)
    return StoredRun(id=found.id, name=found.name, project=Project(version.code, tuple(version.files)), report=report)


async def diff(uow: UnitOfWork, context: Context, a: str, b: str, owner_id: str) -> ReportDiff:
    """Compare two of the owner's finished backtests. Raise as `stored_run` does."""
    first = await stored_run(uow, context, a, owner_id)
    second = await stored_run(uow, context, b, owner_id)
    return await asyncio.to_thread(diff_reports, first.report, second.report, first.project, second.project)


async def owner_of(uow: UnitOfWork, backtest_id: str) -> str:
    """Give the user a backtest belongs to: whoever is at the command line may read them all. Raise BacktestNotFound."""
    row = await uow.session.get(BacktestRow, backtest_id)
    if row is None:
        raise BacktestNotFound(f"there is no backtest {backtest_id}")
    return row.owner_id
