"""Queries over what happened to the sources, and over cross-checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.sources.tables import SourceCheckRow, SourceDifferenceRow, SourceEventRow
from quantdesk.kit.pagination import newest_first

_MANY = 500
"""Values of one IN: SQLite takes no more than some thousands."""


async def recent(
    session: AsyncSession, source: str, dataset: str, error_kind: str, since: dt.datetime
) -> SourceEventRow | None:
    """Give the run of such failures that goes on: not over yet, or lately."""
    statement = (
        select(SourceEventRow)
        .where(
            SourceEventRow.source == source,
            SourceEventRow.dataset == dataset,
            SourceEventRow.error_kind == error_kind,
            (SourceEventRow.recovered_at.is_(None)) | (SourceEventRow.last_at >= since),
        )
        .order_by(SourceEventRow.last_at.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def unrecovered(session: AsyncSession, source: str, dataset: str) -> Sequence[SourceEventRow]:
    statement = select(SourceEventRow).where(
        SourceEventRow.source == source, SourceEventRow.dataset == dataset, SourceEventRow.recovered_at.is_(None)
    )
    return (await session.scalars(statement)).all()


async def page_events(
    session: AsyncSession,
    *,
    source: str | None,
    since: dt.datetime,
    unrecovered_only: bool,
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[SourceEventRow], str | None]:
    """Give events, newest first, and the next cursor."""
    statement = select(SourceEventRow).where(SourceEventRow.last_at >= since)
    if source is not None:
        statement = statement.where(SourceEventRow.source == source)
    if unrecovered_only:
        statement = statement.where(SourceEventRow.recovered_at.is_(None))
    return await newest_first(session, statement, SourceEventRow.id, cursor, limit)


async def page_checks(
    session: AsyncSession, cursor: str | None, limit: int
) -> tuple[Sequence[SourceCheckRow], str | None]:
    return await newest_first(session, select(SourceCheckRow), SourceCheckRow.id, cursor, limit)


async def page_differences(
    session: AsyncSession,
    *,
    symbol: str | None,
    day: dt.date | None,
    settled: bool | None,
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[SourceDifferenceRow], str | None]:
    statement = select(SourceDifferenceRow)
    if symbol is not None:
        statement = statement.where(SourceDifferenceRow.symbol == symbol)
    if day is not None:
        statement = statement.where(SourceDifferenceRow.day == day)
    if settled is not None:
        column = SourceDifferenceRow.settled_at
        statement = statement.where(column.is_not(None) if settled else column.is_(None))
    return await newest_first(session, statement, SourceDifferenceRow.id, cursor, limit)


async def unsettled(session: AsyncSession, symbols: Collection[str]) -> list[SourceDifferenceRow]:
    """Give the differences of these symbols that the last check still saw, by symbol and day."""
    wanted = list(symbols)
    found: list[SourceDifferenceRow] = []
    for at in range(0, len(wanted), _MANY):
        statement = select(SourceDifferenceRow).where(
            SourceDifferenceRow.symbol.in_(wanted[at : at + _MANY]), SourceDifferenceRow.settled_at.is_(None)
        )
        found += (await session.scalars(statement)).all()
    return sorted(found, key=lambda row: (row.symbol, row.day, row.field))


async def of_days(
    session: AsyncSession, symbol: str, interval: str, first: dt.date, last: dt.date
) -> Sequence[SourceDifferenceRow]:
    """Give all differences of a symbol's days, settled ones too."""
    statement = select(SourceDifferenceRow).where(
        SourceDifferenceRow.symbol == symbol,
        SourceDifferenceRow.interval == interval,
        SourceDifferenceRow.day >= first,
        SourceDifferenceRow.day <= last,
    )
    return (await session.scalars(statement)).all()


async def forget(session: AsyncSession, events_before: dt.datetime, checks_before: dt.datetime) -> None:
    """Delete events that ended before an instant, and checks whose differences are all settled or newer."""
    await session.execute(delete(SourceEventRow).where(SourceEventRow.last_at < events_before))
    await session.execute(delete(SourceDifferenceRow).where(SourceDifferenceRow.settled_at < checks_before))
    still = select(SourceDifferenceRow.check_id)
    await session.execute(
        delete(SourceCheckRow).where(SourceCheckRow.at < checks_before, SourceCheckRow.id.not_in(still))
    )
