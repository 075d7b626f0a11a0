"""Queries over strategies and their versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.strategies.tables import StrategyRow, StrategyVersionRow


async def get(
    session: AsyncSession, strategy_id: str, owner_id: str, *, for_update: bool = False
) -> StrategyRow | None:
    statement = select(StrategyRow).where(StrategyRow.id == strategy_id, StrategyRow.owner_id == owner_id)
    return (await session.scalars(statement.with_for_update() if for_update else statement)).one_or_none()


async def page(
    session: AsyncSession,
    owner_id: str,
    query: str,
    deleted: bool,
    before: tuple[dt.datetime, str] | None,
    limit: int,
) -> Sequence[StrategyRow]:
    """Give strategies, last changed first."""
    statement = select(StrategyRow).where(
        StrategyRow.owner_id == owner_id,
        StrategyRow.deleted_at.is_not(None) if deleted else StrategyRow.deleted_at.is_(None),
    )
    if query:
        statement = statement.where(StrategyRow.name.icontains(query, autoescape=True))
    if before is not None:
        changed, id = before
        statement = statement.where(
            or_(StrategyRow.updated_at < changed, and_(StrategyRow.updated_at == changed, StrategyRow.id < id))
        )
    ordered = statement.order_by(StrategyRow.updated_at.desc(), StrategyRow.id.desc()).limit(limit)
    return (await session.scalars(ordered)).all()


async def names(session: AsyncSession, ids: Sequence[str]) -> dict[str, str]:
    rows = await session.execute(select(StrategyRow.id, StrategyRow.name).where(StrategyRow.id.in_(ids)))
    return {row.id: row.name for row in rows}


async def version(session: AsyncSession, strategy_id: str, number: int) -> StrategyVersionRow | None:
    statement = select(StrategyVersionRow).where(
        StrategyVersionRow.strategy_id == strategy_id, StrategyVersionRow.number == number
    )
    return (await session.scalars(statement)).one_or_none()


async def versions(session: AsyncSession, strategy_id: str) -> Sequence[StrategyVersionRow]:
    """Give all versions, newest first."""
    statement = (
        select(StrategyVersionRow)
        .where(StrategyVersionRow.strategy_id == strategy_id)
        .order_by(StrategyVersionRow.number.desc())
    )
    return (await session.scalars(statement)).all()
