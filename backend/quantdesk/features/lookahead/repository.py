"""Queries over checks for look-ahead."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.lookahead.tables import LookaheadCheckRow


async def of_version(session: AsyncSession, strategy_id: str, version: int) -> LookaheadCheckRow | None:
    statement = select(LookaheadCheckRow).where(
        LookaheadCheckRow.strategy_id == strategy_id, LookaheadCheckRow.version == version
    )
    return (await session.scalars(statement)).one_or_none()
