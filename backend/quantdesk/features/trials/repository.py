"""Statements on the ledger of trials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.trials.tables import TrialRow

_BATCH = 500
"""Rows of one insert; SQLite takes at most 32,766 values."""


async def add(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, but those whose source, source_id and number are there already."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for start in range(0, len(rows), _BATCH):
        await session.execute(insert(TrialRow).values(rows[start : start + _BATCH]).on_conflict_do_nothing())


async def of_strategy(session: AsyncSession, strategy_id: str) -> Sequence[TrialRow]:
    """Give all trials of a strategy, oldest first."""
    return (
        await session.scalars(select(TrialRow).where(TrialRow.strategy_id == strategy_id).order_by(TrialRow.id))
    ).all()


async def of_source(session: AsyncSession, source: str, source_id: str, owner_id: str) -> TrialRow | None:
    """Give the first trial of a source."""
    query = select(TrialRow).where(
        TrialRow.source == source, TrialRow.source_id == source_id, TrialRow.owner_id == owner_id
    )
    return (await session.scalars(query.order_by(TrialRow.number).limit(1))).first()


async def speeds(session: AsyncSession, strategy_id: str, source: str, limit: int) -> Sequence[float]:
    """Give the seconds a bar of the newest measured trials."""
    query = (
        select(TrialRow.seconds / TrialRow.bars)
        .where(
            TrialRow.strategy_id == strategy_id,
            TrialRow.source == source,
            TrialRow.seconds.is_not(None),
            TrialRow.bars > 0,
        )
        .order_by(TrialRow.id.desc())
        .limit(limit)
    )
    return [float(value) for value in await session.scalars(query) if value is not None]
