"""Queries over factors."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.factors.tables import FactorRow
from quantdesk.kit.pagination import newest_first


async def get(session: AsyncSession, factor_id: str, owner_id: str) -> FactorRow | None:
    statement = select(FactorRow).where(FactorRow.id == factor_id, FactorRow.owner_id == owner_id)
    return (await session.scalars(statement)).one_or_none()


async def named(session: AsyncSession, owner_id: str, name: str) -> FactorRow | None:
    statement = select(FactorRow).where(FactorRow.owner_id == owner_id, FactorRow.name == name)
    return (await session.scalars(statement)).one_or_none()


async def page(
    session: AsyncSession, owner_id: str, cursor: str | None, limit: int
) -> tuple[Sequence[FactorRow], str | None]:
    """Give factors, newest first, and the next cursor."""
    statement = select(FactorRow).where(FactorRow.owner_id == owner_id)
    return await newest_first(session, statement, FactorRow.id, cursor, limit)
