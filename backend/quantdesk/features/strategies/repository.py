"""Queries over strategies and their versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.strategies.tables import StrategyRow, StrategyVersionRow


async def get(
    session: AsyncSession, strategy_id: str, owner_id: str, *, for_update: bool = False
) -> StrategyRow | None:
    statement = select(StrategyRow).where(
        StrategyRow.id == strategy_id, StrategyRow.owner_id == owner_id, StrategyRow.purged_at.is_(None)
    )
    return (await session.scalars(statement.with_for_update() if for_update else statement)).one_or_none()


async def page(
    session: AsyncSession,
    owner_id: str,
    query: str,
    deleted: bool,
    before: tuple[dt.datetime, str] | None,
    limit: int,
) -> Sequence[StrategyRow]:
    """Give strategies, last changed first."""
    statement = select(StrategyRow).where(
        StrategyRow.owner_id == owner_id,
        StrategyRow.purged_at.is_(None),
        StrategyRow.deleted_at.is_not(None) if deleted else StrategyRow.deleted_at.is_(None),
    )
    if query:
        statement = statement.where(StrategyRow.name.icontains(query, autoescape=True))
    if before is not None:
        changed, id = before
        statement = statement.where(
            or_(StrategyRow.updated_at < changed, and_(StrategyRow.updated_at == changed, StrategyRow.id < id))
        )
    ordered = statement.order_by(StrategyRow.updated_at.desc(), StrategyRow.id.desc()).limit(limit)
    return (await session.scalars(ordered)).all()


async def newest(
    session: AsyncSession, owner_id: str, start: tuple[dt.datetime, str] | None, limit: int
) -> Sequence[tuple[StrategyRow, StrategyVersionRow]]:
    """Give strategies that are not in the trash with their newest versions, last changed first, `start` too."""
    statement = (
        select(StrategyRow, StrategyVersionRow)
        .join(
            StrategyVersionRow,
            and_(StrategyVersionRow.strategy_id == StrategyRow.id, StrategyVersionRow.number == StrategyRow.version),
        )
        .where(StrategyRow.owner_id == owner_id, StrategyRow.purged_at.is_(None), StrategyRow.deleted_at.is_(None))
    )
    if start is not None:
        changed, id = start
        statement = statement.where(
            or_(StrategyRow.updated_at < changed, and_(StrategyRow.updated_at == changed, StrategyRow.id <= id))
        )
    ordered = statement.order_by(StrategyRow.updated_at.desc(), StrategyRow.id.desc()).limit(limit)
    return [(strategy, version) for strategy, version in await session.execute(ordered)]


async def names(session: AsyncSession, ids: Sequence[str]) -> dict[str, str]:
    rows = await session.execute(select(StrategyRow.id, StrategyRow.name).where(StrategyRow.id.in_(ids)))
    return {row.id: row.name for row in rows}


async def kept(session: AsyncSession, ids: Sequence[str]) -> set[str]:
    """Give those of the strategies that are there, in the trash too."""
    wanted = select(StrategyRow.id).where(StrategyRow.id.in_(ids), StrategyRow.purged_at.is_(None))
    return set(await session.scalars(wanted))


async def version(session: AsyncSession, strategy_id: str, number: int) -> StrategyVersionRow | None:
    statement = select(StrategyVersionRow).where(
        StrategyVersionRow.strategy_id == strategy_id, StrategyVersionRow.number == number
    )
    return (await session.scalars(statement)).one_or_none()


async def versions(
    session: AsyncSession,
    strategy_id: str,
    *,
    query: str = "",
    labelled: bool = False,
    before: int | None = None,
    limit: int | None = None,
) -> Sequence[StrategyVersionRow]:
    """Give versions, newest first: those whose message, label, author or number match."""
    statement = select(StrategyVersionRow).where(StrategyVersionRow.strategy_id == strategy_id)
    if query:
        texts = (StrategyVersionRow.message, StrategyVersionRow.label, StrategyVersionRow.author)
        matches: list[ColumnElement[bool]] = [column.icontains(query, autoescape=True) for column in texts]
        number = query.removeprefix("v")
        if number.isascii() and number.isdigit() and len(number) < 10:
            matches.append(StrategyVersionRow.number == int(number))
        statement = statement.where(or_(*matches))
    if labelled:
        statement = statement.where(StrategyVersionRow.label.is_not(None))
    if before is not None:
        statement = statement.where(StrategyVersionRow.number < before)
    return (await session.scalars(statement.order_by(StrategyVersionRow.number.desc()).limit(limit))).all()


async def of_name(session: AsyncSession, owner_id: str, name: str) -> StrategyRow | None:
    """Give the owner's strategy of this name that is not in the trash, the last changed of several."""
    statement = (
        select(StrategyRow)
        .where(StrategyRow.owner_id == owner_id, StrategyRow.name == name, StrategyRow.deleted_at.is_(None))
        .order_by(StrategyRow.updated_at.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def to_export(session: AsyncSession, owner_id: str, ids: Sequence[str] | None) -> Sequence[StrategyRow]:
    """Give the owner's strategies that are not in the trash, by name: those of the ids, or all."""
    statement = select(StrategyRow).where(
        StrategyRow.owner_id == owner_id, StrategyRow.deleted_at.is_(None), StrategyRow.purged_at.is_(None)
    )
    if ids is not None:
        statement = statement.where(StrategyRow.id.in_(ids))
    return (await session.scalars(statement.order_by(StrategyRow.name, StrategyRow.id))).all()
