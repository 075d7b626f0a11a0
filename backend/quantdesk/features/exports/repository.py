"""Queries over exports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.exports.tables import ExportRow
from quantdesk.kit.pagination import newest_first


async def get(session: AsyncSession, export_id: str, owner_id: str) -> ExportRow | None:
    statement = select(ExportRow).where(ExportRow.id == export_id, ExportRow.owner_id == owner_id)
    return (await session.scalars(statement)).one_or_none()


async def page(
    session: AsyncSession, owner_id: str, cursor: str | None, limit: int
) -> tuple[Sequence[ExportRow], str | None]:
    """Give a page of exports, newest first, and the next one's cursor."""
    statement = select(ExportRow).where(ExportRow.owner_id == owner_id)
    return await newest_first(session, statement, ExportRow.id, cursor, limit)


async def expired(session: AsyncSession, now: dt.datetime) -> Sequence[ExportRow]:
    return (await session.scalars(select(ExportRow).where(ExportRow.expires_at < now))).all()


async def ids(session: AsyncSession) -> set[str]:
    return set(await session.scalars(select(ExportRow.id)))
