"""Queries over uploads and imports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.data.tables import ImportRow, UploadRow


async def get_upload(session: AsyncSession, upload_id: str, owner_id: str) -> UploadRow | None:
    statement = select(UploadRow).where(UploadRow.id == upload_id, UploadRow.owner_id == owner_id)
    return (await session.scalars(statement)).one_or_none()


async def lock_uploads(session: AsyncSession, ids: Collection[str], owner_id: str) -> dict[str, UploadRow]:
    """Give the owner's uploads of these ids, which nobody else can lock until the transaction ends."""
    statement = select(UploadRow).where(UploadRow.id.in_(ids), UploadRow.owner_id == owner_id)
    rows = await session.scalars(statement.order_by(UploadRow.id).with_for_update())
    return {row.id: row for row in rows}


async def uploads_before(session: AsyncSession, before: dt.datetime) -> Sequence[UploadRow]:
    return (await session.scalars(select(UploadRow).where(UploadRow.created_at < before))).all()


async def upload_ids(session: AsyncSession) -> set[str]:
    return set(await session.scalars(select(UploadRow.id)))


async def get_import(session: AsyncSession, import_id: str, owner_id: str) -> ImportRow | None:
    statement = select(ImportRow).where(ImportRow.id == import_id, ImportRow.owner_id == owner_id)
    return (await session.scalars(statement)).one_or_none()


async def imports_since(session: AsyncSession, since: dt.datetime, owner_id: str | None = None) -> Sequence[ImportRow]:
    """Give the imports, of one owner or of all, that may have files uploaded since then."""
    statement = select(ImportRow).where(ImportRow.created_at >= since)
    if owner_id is not None:
        statement = statement.where(ImportRow.owner_id == owner_id)
    return (await session.scalars(statement)).all()


async def page_imports(session: AsyncSession, owner_id: str, before: str | None, limit: int) -> Sequence[ImportRow]:
    """Give imports, newest first."""
    statement = select(ImportRow).where(ImportRow.owner_id == owner_id)
    if before is not None:
        statement = statement.where(ImportRow.id < before)
    return (await session.scalars(statement.order_by(ImportRow.id.desc()).limit(limit))).all()
