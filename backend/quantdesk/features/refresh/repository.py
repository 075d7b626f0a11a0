"""Queries over refreshes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import CursorResult, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.refresh.tables import RefreshRow, RefreshScheduleRow, RefreshSymbolRow
from quantdesk.kit.pagination import newest_first

_CHUNK = 500
"""Rows in one statement; SQLite takes 32,766 variables."""
MAX_ATTEMPTS = 2
"""Fetches of a symbol at most, since a person or a stop began them anew."""


async def get(session: AsyncSession, refresh_id: str, owner_id: str) -> RefreshRow | None:
    statement = select(RefreshRow).where(RefreshRow.id == refresh_id, RefreshRow.owner_id == owner_id)
    return (await session.scalars(statement)).one_or_none()


async def page(
    session: AsyncSession, owner_id: str, cursor: str | None, limit: int
) -> tuple[Sequence[RefreshRow], str | None]:
    """Give refreshes, newest first, and the next page's cursor."""
    statement = select(RefreshRow).where(RefreshRow.owner_id == owner_id)
    return await newest_first(session, statement, RefreshRow.id, cursor, limit)


async def newest_jobs(session: AsyncSession, limit: int) -> Sequence[str]:
    """Give the jobs of the newest refreshes, whoever's."""
    return (await session.scalars(select(RefreshRow.job_id).order_by(RefreshRow.id.desc()).limit(limit))).all()


async def last_due(session: AsyncSession) -> dt.date | None:
    return await session.scalar(select(func.max(RefreshRow.due)))


async def to_go_on(session: AsyncSession, now: dt.datetime) -> Sequence[RefreshRow]:
    """Give the stopped refreshes whose time has come, oldest first."""
    statement = select(RefreshRow).where(RefreshRow.goes_on_at <= now).order_by(RefreshRow.id)
    return (await session.scalars(statement)).all()


async def put_symbols(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    for first in range(0, len(rows), _CHUNK):
        await session.execute(insert(RefreshSymbolRow), list(rows[first : first + _CHUNK]))


async def symbols(
    session: AsyncSession, refresh_id: str, states: Collection[str] | None, after: str | None, limit: int
) -> Sequence[RefreshSymbolRow]:
    """Give what became of the symbols, by symbol."""
    statement = select(RefreshSymbolRow).where(RefreshSymbolRow.refresh_id == refresh_id)
    if states:
        statement = statement.where(RefreshSymbolRow.state.in_(states))
    if after is not None:
        statement = statement.where(RefreshSymbolRow.symbol > after)
    return (await session.scalars(statement.order_by(RefreshSymbolRow.symbol).limit(limit))).all()


async def tallies(session: AsyncSession, refresh_ids: Collection[str]) -> list[tuple[str, str, int, int, int]]:
    """Give (refresh, state, symbols, bars inserted, bars updated)."""
    row = RefreshSymbolRow
    inserted, updated = (func.coalesce(func.sum(column), 0) for column in (row.inserted, row.updated))
    statement = (
        select(row.refresh_id, row.state, func.count(), inserted, updated)
        .where(row.refresh_id.in_(refresh_ids))
        .group_by(row.refresh_id, row.state)
    )
    found = await session.execute(statement)
    return [
        (refresh_id, state, count, int(new or 0), int(changed or 0)) for refresh_id, state, count, new, changed in found
    ]


async def answered(session: AsyncSession) -> dict[str, dt.datetime]:
    """Give by symbol when a source last had an answer for it."""
    row = RefreshSymbolRow
    statement = select(row.symbol, func.max(row.at)).where(row.state.in_(("done", "unchanged"))).group_by(row.symbol)
    return {symbol: at for symbol, at in await session.execute(statement) if at is not None}


async def begin_next(session: AsyncSession, refresh_id: str, now: dt.datetime) -> RefreshSymbolRow | None:
    """Take the next pending symbol and count an attempt; None when there is none.

    Those not tried yet come first, so that one whose fetch was cut off waits for the end.
    """
    row = RefreshSymbolRow
    pending = (row.refresh_id == refresh_id, row.state == "pending", row.attempts < MAX_ATTEMPTS)
    while True:
        found = (
            await session.scalars(select(row).where(*pending).order_by(row.attempts, row.symbol).limit(1))
        ).one_or_none()
        if found is None:
            return None
        taken = (
            await session.scalars(
                update(row)
                .where(*pending, row.symbol == found.symbol, row.attempts == found.attempts)
                .values(attempts=row.attempts + 1, at=now)
                .returning(row)
                .execution_options(populate_existing=True)
            )
        ).one_or_none()
        if taken is not None:
            return taken


async def give_up_interrupted(session: AsyncSession, refresh_id: str, now: dt.datetime, message: str) -> None:
    """End the pending symbols that have no attempt left."""
    row = RefreshSymbolRow
    await session.execute(
        update(row)
        .where(row.refresh_id == refresh_id, row.state == "pending", row.attempts >= MAX_ATTEMPTS)
        .values(state="failed", at=now, error_kind=func.coalesce(row.error_kind, "interrupted"))
        .values(error=func.coalesce(row.error, message))
    )


async def skip_behind(session: AsyncSession, refresh_id: str, newest: dt.date, now: dt.datetime) -> int:
    """Skip the pending symbols that have the newest day anything had; give their number."""
    row = RefreshSymbolRow
    result = await session.execute(
        update(row)
        .where(row.refresh_id == refresh_id, row.state == "pending", row.reason == "behind", row.last == newest)
        .values(state="skipped", reason="no_new_day", at=now)
    )
    assert isinstance(result, CursorResult)  # noqa: S101 - what an UPDATE gives
    return result.rowcount


async def open_again(session: AsyncSession, refresh_id: str, states: Collection[str]) -> None:
    """Make symbols of these states pending, with all attempts."""
    row = RefreshSymbolRow
    await session.execute(
        update(row)
        .where(row.refresh_id == refresh_id, row.state.in_(states))
        .values(state="pending", attempts=0, error_kind=None, error=None)
    )


async def schedule(session: AsyncSession) -> RefreshScheduleRow | None:
    return await session.get(RefreshScheduleRow, 1)


async def delete_before(session: AsyncSession, when: dt.datetime, keep_jobs: Collection[str]) -> int:
    """Delete old refreshes, but never the newest scheduled one; give their number."""
    newest = select(func.max(RefreshRow.due)).scalar_subquery()
    old = select(RefreshRow.id).where(
        RefreshRow.created_at < when,
        RefreshRow.goes_on_at.is_(None),
        RefreshRow.job_id.not_in(keep_jobs),
        (RefreshRow.due.is_(None)) | (RefreshRow.due < newest),
    )
    ids = list(await session.scalars(old))
    for first in range(0, len(ids), _CHUNK):
        part = ids[first : first + _CHUNK]
        await session.execute(delete(RefreshSymbolRow).where(RefreshSymbolRow.refresh_id.in_(part)))
        await session.execute(delete(RefreshRow).where(RefreshRow.id.in_(part)))
    return len(ids)
