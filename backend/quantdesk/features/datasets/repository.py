"""Queries over the parts of tables and their writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.datasets.tables import DatasetPartitionRow, DatasetWriteRow

_CHUNK = 500
Part = DatasetPartitionRow


async def get(session: AsyncSession, dataset: str, partition: str) -> DatasetPartitionRow | None:
    """Give the part as the database has it now."""
    statement = select(Part).where(Part.dataset == dataset, Part.partition == partition)
    return (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()


async def parts(
    session: AsyncSession, dataset: str, *, after: str | None = None, limit: int | None = None
) -> Sequence[DatasetPartitionRow]:
    """Give the parts of a table, by name."""
    statement = select(Part).where(Part.dataset == dataset).order_by(Part.partition).limit(limit)
    if after is not None:
        statement = statement.where(Part.partition > after)
    return (await session.scalars(statement)).all()


async def summaries(session: AsyncSession) -> Sequence[Sequence[Any]]:
    """Give (dataset, source, parts, rows, first, last, newest change, newest look, oldest look), by both names."""
    statement = select(
        Part.dataset,
        Part.source,
        func.count(),
        func.sum(Part.rows),
        func.min(Part.first_day),
        func.max(Part.last_day),
        func.max(Part.fetched_at),
        func.max(Part.checked_at),
        func.min(Part.checked_at),
    ).group_by(Part.dataset, Part.source)
    return (await session.execute(statement.order_by(Part.dataset, Part.source))).all()


async def looked_at(session: AsyncSession, dataset: str, partition: str, at: dt.datetime) -> None:
    """Say that a source has nothing new."""
    mine = (Part.dataset == dataset, Part.partition == partition, Part.checked_at < at)
    await session.execute(update(Part).where(*mine).values(checked_at=at))


async def swap(session: AsyncSession, seen: int | None, values: dict[str, Any]) -> bool:
    """Put the values in the place of the part of this version, or where there is none; say whether it still was so."""
    if seen is None:
        add = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        added = add(Part).values(version=1, **values).on_conflict_do_nothing().returning(Part.version)
        return (await session.execute(added)).first() is not None
    named = {name: values[name] for name in ("dataset", "partition")}
    changed = {name: value for name, value in values.items() if name not in named}
    statement = update(Part).where(Part.version == seen).filter_by(**named)
    result = await session.execute(
        statement.values(version=seen + 1, **changed), execution_options={"synchronize_session": False}
    )
    return cast("CursorResult[Any]", result).rowcount == 1


async def add_write(session: AsyncSession, values: dict[str, Any], replaced: str | None) -> None:
    """Keep a write; the file of the write `replaced` is out of use from now on."""
    if replaced is not None:
        before = update(DatasetWriteRow).where(DatasetWriteRow.id == replaced)
        await session.execute(before.values(superseded_at=values["written_at"]))
    await session.execute(insert(DatasetWriteRow).values(**values))


async def writes(session: AsyncSession, ids: Iterable[str]) -> dict[str, DatasetWriteRow]:
    wanted = sorted(set(ids))
    found: dict[str, DatasetWriteRow] = {}
    for first in range(0, len(wanted), _CHUNK):
        statement = select(DatasetWriteRow).where(DatasetWriteRow.id.in_(wanted[first : first + _CHUNK]))
        found.update((row.id, row) for row in await session.scalars(statement))
    return found


async def out_of_use(session: AsyncSession, before: dt.datetime, limit: int) -> Sequence[DatasetWriteRow]:
    """Give some of the writes whose files were superseded before an instant and are still there."""
    row = DatasetWriteRow
    statement = select(row).where(row.superseded_at < before, row.blob_key.is_not(None)).limit(limit)
    return (await session.scalars(statement)).all()


async def files(session: AsyncSession) -> set[str]:
    """Give the keys of all files that a write made and that are not deleted."""
    return set(await session.scalars(select(DatasetWriteRow.blob_key).where(DatasetWriteRow.blob_key.is_not(None))))
