"""Queries over watchlists."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.watchlists.tables import WatchedRow, WatchlistRow


async def get(
    session: AsyncSession, watchlist_id: str, owner_id: str, *, deleted: bool = False, for_update: bool = False
) -> WatchlistRow | None:
    """Give one's watchlist, with `deleted` also one in the trash; locked, so that two writers take turns."""
    statement = select(WatchlistRow).where(WatchlistRow.id == watchlist_id, WatchlistRow.owner_id == owner_id)
    if not deleted:
        statement = statement.where(WatchlistRow.deleted_at.is_(None))
    if for_update:
        statement = statement.with_for_update()
    return (await session.scalars(statement)).one_or_none()


async def lists(session: AsyncSession, owner_id: str, *, for_update: bool = False) -> Sequence[WatchlistRow]:
    """Give one's watchlists in their order, without those in the trash."""
    statement = (
        select(WatchlistRow)
        .where(WatchlistRow.owner_id == owner_id, WatchlistRow.deleted_at.is_(None))
        .order_by(WatchlistRow.position, WatchlistRow.id)
    )
    return (await session.scalars(statement.with_for_update() if for_update else statement)).all()


async def sizes(session: AsyncSession, ids: Sequence[str]) -> dict[str, int]:
    """Give the number of symbols by watchlist; without those that have none."""
    statement = (
        select(WatchedRow.watchlist_id, func.count().label("symbols"))
        .where(WatchedRow.watchlist_id.in_(ids))
        .group_by(WatchedRow.watchlist_id)
    )
    return {row.watchlist_id: row.symbols for row in await session.execute(statement)}


async def watched(session: AsyncSession, watchlist_id: str) -> list[WatchedRow]:
    """Give a watchlist's symbols in their order."""
    statement = (
        select(WatchedRow)
        .where(WatchedRow.watchlist_id == watchlist_id)
        .order_by(WatchedRow.position, WatchedRow.symbol)
    )
    return list(await session.scalars(statement))


async def remove(session: AsyncSession, watchlist_id: str, symbol: str) -> None:
    await session.execute(
        delete(WatchedRow).where(WatchedRow.watchlist_id == watchlist_id, WatchedRow.symbol == symbol)
    )


async def symbols_of(session: AsyncSession, owner_id: str) -> list[str]:
    """Give the symbols of one's watchlists, each once, in order."""
    statement = (
        select(WatchedRow.symbol)
        .join(WatchlistRow, WatchlistRow.id == WatchedRow.watchlist_id)
        .where(WatchlistRow.owner_id == owner_id, WatchlistRow.deleted_at.is_(None))
        .distinct()
    )
    return sorted(await session.scalars(statement))


async def lists_with(session: AsyncSession, owner_id: str, symbol: str) -> list[str]:
    """Give the ids of one's watchlists that have the symbol, in their order."""
    statement = (
        select(WatchlistRow.id)
        .join(WatchedRow, WatchlistRow.id == WatchedRow.watchlist_id)
        .where(WatchlistRow.owner_id == owner_id, WatchlistRow.deleted_at.is_(None), WatchedRow.symbol == symbol)
        .order_by(WatchlistRow.position, WatchlistRow.id)
    )
    return list(await session.scalars(statement))
