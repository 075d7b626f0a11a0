"""Queries over factors."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.factors.tables import FactorRow, FactorStudyRow
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


async def get_study(session: AsyncSession, study_id: str, owner_id: str) -> FactorStudyRow | None:
    statement = select(FactorStudyRow).where(FactorStudyRow.id == study_id, FactorStudyRow.owner_id == owner_id)
    return (await session.scalars(statement)).one_or_none()


async def forget_studies(session: AsyncSession, owner_id: str, kept: int) -> None:
    """Delete all studies of a user but the newest ones."""
    mine = select(FactorStudyRow.id).where(FactorStudyRow.owner_id == owner_id).order_by(FactorStudyRow.id.desc())
    old = (await session.scalars(mine.offset(kept))).all()
    if old:
        await session.execute(delete(FactorStudyRow).where(FactorStudyRow.id.in_(old)))
