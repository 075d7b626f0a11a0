"""Statements on the jobs table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.jobs import schemas
from quantdesk.features.jobs.tables import JobRow
from quantdesk.kit.pagination import newest_first


def to_schema(row: JobRow) -> schemas.Job:
    return schemas.Job.model_validate(row, from_attributes=True)


async def get(session: AsyncSession, job_id: str, owner_id: str | None = None) -> JobRow | None:
    row = await session.get(JobRow, job_id, populate_existing=True)
    return row if row and owner_id in (None, row.owner_id) else None


async def get_many(session: AsyncSession, job_ids: Collection[str]) -> Sequence[JobRow]:
    return (await session.scalars(select(JobRow).where(JobRow.id.in_(job_ids)))).all()


async def page(
    session: AsyncSession,
    owner_id: str,
    states: Collection[str] | None,
    kinds: Collection[str] | None,
    parent_id: str | None,
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[JobRow], str | None]:
    """Give the owner's jobs, or one job's parts, newest first, and the next page's cursor."""
    query = select(JobRow).where(JobRow.owner_id == owner_id, JobRow.parent_id == parent_id)
    if states:
        query = query.where(JobRow.state.in_(states))
    if kinds:
        query = query.where(JobRow.kind.in_(kinds))
    return await newest_first(session, query, JobRow.id, cursor, limit)


async def parts(session: AsyncSession, parent_id: str) -> Sequence[JobRow]:
    """Give the parts of a job, oldest first."""
    query = select(JobRow).where(JobRow.parent_id == parent_id).order_by(JobRow.id)
    return (await session.scalars(query.execution_options(populate_existing=True))).all()


async def compare_and_set(
    session: AsyncSession, job_id: str, states: Collection[str], *where: ColumnElement[bool], **values: Any
) -> JobRow | None:
    """Change the row if it is in one of the states and meets the conditions; give it as it is then, else None."""
    statement = (
        update(JobRow)
        .where(JobRow.id == job_id, JobRow.state.in_(states), *where)
        .values(**values)
        .returning(JobRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await session.scalars(statement)).one_or_none()


async def expired(session: AsyncSession, now: dt.datetime, limit: int) -> Sequence[JobRow]:
    """Give the jobs whose worker has not renewed its lease in time."""
    query = select(JobRow).where(JobRow.state.in_(("running", "cancelling")), JobRow.lease_until < now)
    return (await session.scalars(query.order_by(JobRow.lease_until).limit(limit))).all()


async def count_queued(session: AsyncSession) -> dict[str, int]:
    """Count the queued jobs by queue."""
    query = select(JobRow.queue, func.count()).where(JobRow.state == "queued").group_by(JobRow.queue)
    return {row[0]: row[1] for row in await session.execute(query)}


async def count_states(session: AsyncSession) -> dict[str, int]:
    query = select(JobRow.state, func.count()).group_by(JobRow.state)
    return {row[0]: row[1] for row in await session.execute(query)}


async def queued_before(session: AsyncSession, queue: str, instant: dt.datetime, limit: int) -> Sequence[JobRow]:
    """Give queued jobs last handed to the queue before the instant, the longest waiting first."""
    query = select(JobRow).where(JobRow.state == "queued", JobRow.queue == queue, JobRow.enqueued_at < instant)
    return (await session.scalars(query.order_by(JobRow.enqueued_at).limit(limit))).all()
