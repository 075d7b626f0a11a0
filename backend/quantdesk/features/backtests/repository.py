"""Queries over backtests."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.backtests.tables import BacktestRow
from quantdesk.kit.pagination import newest_first


async def get(session: AsyncSession, backtest_id: str, owner_id: str) -> BacktestRow | None:
    statement = select(BacktestRow).where(BacktestRow.id == backtest_id, BacktestRow.owner_id == owner_id)
    return (await session.scalars(statement)).one_or_none()


async def page(
    session: AsyncSession,
    owner_id: str,
    *,
    strategy_id: str | None,
    query: str,
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[BacktestRow], str | None]:
    """Give backtests that are not in the trash, newest first, and the next page's cursor."""
    statement = select(BacktestRow).where(BacktestRow.owner_id == owner_id, BacktestRow.deleted_at.is_(None))
    if strategy_id is not None:
        statement = statement.where(BacktestRow.strategy_id == strategy_id)
    if query:
        statement = statement.where(BacktestRow.name.icontains(query, autoescape=True))
    return await newest_first(session, statement, BacktestRow.id, cursor, limit)
