"""Queries over instruments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.market.tables import InstrumentRow

_CHUNK = 500
"""Symbols in one IN list; SQLite takes 32,766 variables, PostgreSQL's driver 32,767."""


async def get(session: AsyncSession, symbol: str) -> InstrumentRow | None:
    return await session.get(InstrumentRow, symbol)


async def get_many(session: AsyncSession, symbols: Iterable[str]) -> dict[str, InstrumentRow]:
    wanted = list(symbols)
    found: dict[str, InstrumentRow] = {}
    for first in range(0, len(wanted), _CHUNK):
        part = wanted[first : first + _CHUNK]
        rows = await session.scalars(select(InstrumentRow).where(InstrumentRow.symbol.in_(part)))
        found.update((row.symbol, row) for row in rows)
    return found


async def all_rows(session: AsyncSession) -> Sequence[InstrumentRow]:
    return (await session.scalars(select(InstrumentRow))).all()


async def fingerprint(session: AsyncSession) -> tuple[int, dt.datetime | None]:
    """Give (rows, last change): differs whenever the table does."""
    count, newest = (await session.execute(select(func.count(), func.max(InstrumentRow.updated_at)))).one()
    return count, newest


async def delete_simulated(session: AsyncSession) -> None:
    await session.execute(delete(InstrumentRow).where(InstrumentRow.simulated))
