"""Queries over instruments and corporate actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.core.instruments.symbol import DEMO
from quantdesk.features.market.tables import CorporateActionRow, InstrumentRow

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
    await session.execute(delete(CorporateActionRow).where(CorporateActionRow.symbol.endswith(f".{DEMO}")))


async def actions(
    session: AsyncSession, symbols: Iterable[str], start: dt.date | None = None, end: dt.date | None = None
) -> list[CorporateActionRow]:
    """Give those of the symbols with an ex-date from `start` to `end`, both included, by symbol and date."""
    wanted = sorted(symbols)
    found: list[CorporateActionRow] = []
    for first in range(0, len(wanted), _CHUNK):
        statement = select(CorporateActionRow).where(CorporateActionRow.symbol.in_(wanted[first : first + _CHUNK]))
        if start is not None:
            statement = statement.where(CorporateActionRow.ex_date >= start)
        if end is not None:
            statement = statement.where(CorporateActionRow.ex_date <= end)
        found += await session.scalars(statement.order_by(CorporateActionRow.symbol, CorporateActionRow.ex_date))
    return found


async def listing_days(
    session: AsyncSession, symbols: Iterable[str]
) -> list[tuple[str, dt.date | None, dt.date | None]]:
    """Give (symbol, first day of trading, first day off the list) of those of the symbols that are known."""
    wanted = sorted(symbols)
    found: list[tuple[str, dt.date | None, dt.date | None]] = []
    for first in range(0, len(wanted), _CHUNK):
        columns = select(InstrumentRow.symbol, InstrumentRow.list_date, InstrumentRow.delist_date)
        rows = await session.execute(columns.where(InstrumentRow.symbol.in_(wanted[first : first + _CHUNK])))
        found += [(symbol, listed, delisted) for symbol, listed, delisted in rows]
    return found


async def put_actions(session: AsyncSession, rows: Sequence[dict[str, object]]) -> None:
    """Insert the rows, or put them in the place of those of the same symbol and ex-date."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for first in range(0, len(rows), _CHUNK):
        statement = insert(CorporateActionRow).values(list(rows[first : first + _CHUNK]))
        keys = ("symbol", "ex_date")
        changed = {column.name: column for column in statement.excluded if column.name not in keys}
        await session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))
