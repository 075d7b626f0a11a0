"""Queries over instruments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.market.tables import InstrumentRow

_CHUNK = 500
"""Symbols in one IN list; SQLite takes 32,766 variables, PostgreSQL's driver 32,767."""


async def get(session: AsyncSession, symbol: str) -> InstrumentRow | None:
    return await session.get(InstrumentRow, symbol)


async def get_many(
    session: AsyncSession, symbols: Iterable[str], *, for_update: bool = False
) -> dict[str, InstrumentRow]:
    wanted = list(symbols)
    found: dict[str, InstrumentRow] = {}
    for first in range(0, len(wanted), _CHUNK):
        part = wanted[first : first + _CHUNK]
        statement = select(InstrumentRow).where(InstrumentRow.symbol.in_(part))
        if for_update:
            # In one order, so that two writers wait for and do not deadlock one another.
            statement = statement.order_by(InstrumentRow.symbol).with_for_update()
        found.update((row.symbol, row) for row in await session.scalars(statement))
    return found


async def insert_missing(session: AsyncSession, rows: Sequence[dict[str, object]]) -> set[str]:
    """Insert those whose symbol is not there yet, whoever else does the same; give their symbols."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    inserted: set[str] = set()
    for first in range(0, len(rows), _CHUNK):
        statement = insert(InstrumentRow).values(list(rows[first : first + _CHUNK])).on_conflict_do_nothing()
        inserted.update(await session.scalars(statement.returning(InstrumentRow.symbol)))
    return inserted


async def all_rows(session: AsyncSession) -> Sequence[InstrumentRow]:
    return (await session.scalars(select(InstrumentRow))).all()


async def fingerprint(session: AsyncSession) -> tuple[int, dt.datetime | None]:
    """Give (rows, last change): differs whenever the table does."""
    count, newest = (await session.execute(select(func.count(), func.max(InstrumentRow.updated_at)))).one()
    return count, newest


async def delete_simulated(session: AsyncSession) -> None:
    await session.execute(delete(InstrumentRow).where(InstrumentRow.simulated))
