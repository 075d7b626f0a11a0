"""Jobs: the only place where a job's state changes. Services never commit; the caller's transaction does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import structlog
from sqlalchemy import ColumnElement

from quantdesk.features.jobs import repository
from quantdesk.features.jobs.errors import JobNotCancellable, JobNotFound, JobNotRetryable, LeaseLost
from quantdesk.features.jobs.events import JobChanged
from quantdesk.features.jobs.handlers import Cancelled, Failed, Outcome, Succeeded
from quantdesk.features.jobs.log import archive_log, clear_log, live_logs, read_log
from quantdesk.features.jobs.rules import sources, worker_lost
from quantdesk.features.jobs.schemas import TERMINAL, Job, JobError, JobKind, JobLog, JobProgress, JobState
from quantdesk.features.jobs.tables import JobRow
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.ids import new_id
from quantdesk.kit.logging import current_request_id
from quantdesk.kit.pagination import Page
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.job_queue import QueueName

log = structlog.get_logger(__name__)


async def create(
    uow: UnitOfWork,
    context: Context,
    *,
    owner_id: str,
    kind: JobKind,
    title: str,
    queue: QueueName,
    payload: dict[str, Any],
    subject_id: str | None = None,
    parent_id: str | None = None,
) -> Job:
    """Write the job's row in the caller's transaction; it is handed to the workers after the commit.

    A job with a parent (a job, or what it is made for) is a part of it: lists leave it out, and it is cancelled with
    its parent. `payload` is JSON and holds what the handler needs beyond the rows; a user's code never goes in there.
    """
    now = clock.utcnow()
    row = JobRow(
        id=new_id(),
        owner_id=owner_id,
        parent_id=parent_id,
        kind=kind,
        title=title[:200],
        queue=queue,
        state="queued",
        subject_id=subject_id,
        payload=payload,
        progress=None,
        error=None,
        attempt=0,
        request_id=current_request_id(),
        lease_token=None,
        lease_until=None,
        enqueued_at=now,
        created_at=now,
        started_at=None,
        finished_at=None,
    )
    uow.session.add(row)
    await uow.session.flush()
    _enqueue_after_commit(uow, context, row)
    return _publish_after_commit(uow, context, row)


async def get(uow: UnitOfWork, job_id: str, owner_id: str) -> Job:
    """Give one of the owner's jobs. Raise JobNotFound."""
    row = await repository.get(uow.session, job_id, owner_id)
    if row is None:
        raise JobNotFound(f"there is no job {job_id}")
    return repository.to_schema(row)


async def get_many(uow: UnitOfWork, job_ids: Collection[str]) -> dict[str, Job]:
    """Give the jobs by id, for lists of what they work for."""
    return {row.id: repository.to_schema(row) for row in await repository.get_many(uow.session, job_ids)}


async def list_jobs(
    uow: UnitOfWork,
    owner_id: str,
    *,
    states: Collection[JobState] | None = None,
    kinds: Collection[JobKind] | None = None,
    parent_id: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Job]:
    """Give the owner's jobs, newest first: those that stand alone, or the parts of one."""
    rows, next_cursor = await repository.page(uow.session, owner_id, states, kinds, parent_id, cursor, limit)
    return Page(items=[repository.to_schema(row) for row in rows], next_cursor=next_cursor)


async def cancel(uow: UnitOfWork, context: Context, job_id: str, owner_id: str) -> Job:
    """End a queued job, or tell a running one's worker, and so with its parts; cancelling twice is fine.

    Raise JobNotFound, JobNotCancellable.
    """
    job = await get(uow, job_id, owner_id)
    if job.state == "cancelling":
        return job
    await cancel_parts(uow, context, job_id)
    moved = await _move(uow, context, job_id, "cancelled", only_from={"queued"})
    moved = moved or await _move(uow, context, job_id, "cancelling")
    if moved is None:
        raise JobNotCancellable(f"the job is {job.state} already; only a queued or running one can be cancelled")
    return moved


@dataclass(frozen=True, slots=True)
class Part:
    """A job that is a part of another, as the other's handler sees it."""

    id: str
    state: JobState
    payload: dict[str, Any]
    error: JobError | None


async def parts(uow: UnitOfWork, job_id: str) -> list[Part]:
    """Give the parts of a job, oldest first."""
    return [
        Part(row.id, cast(JobState, row.state), row.payload, JobError.model_validate(row.error) if row.error else None)
        for row in await repository.parts(uow.session, job_id)
    ]


async def cancel_parts(uow: UnitOfWork, context: Context, job_id: str) -> None:
    """End the queued parts of a job, and tell the workers of its running ones."""
    for row in await repository.parts(uow.session, job_id):
        if row.state not in TERMINAL:
            await _move(uow, context, row.id, "cancelled", only_from={"queued"}) or await _move(
                uow, context, row.id, "cancelling"
            )


async def retry(uow: UnitOfWork, context: Context, job_id: str, owner_id: str) -> Job:
    """Queue a failed or cancelled job again, as new. Raise JobNotFound, JobNotRetryable."""
    job = await get(uow, job_id, owner_id)
    uow.after_commit(lambda: clear_log(context.redis, job_id))
    moved = await _move(
        uow,
        context,
        job_id,
        "queued",
        only_from={"failed", "cancelled"},
        attempt=0,
        progress=None,
        error=None,
        finished_at=None,
    )
    if moved is None:
        raise JobNotRetryable(f"the job is {job.state}; only a failed or cancelled one can be queued again")
    return moved


async def log_of(uow: UnitOfWork, context: Context, job_id: str, owner_id: str) -> JobLog:
    """Give the job's log. Raise JobNotFound."""
    await get(uow, job_id, owner_id)
    return await read_log(context.redis, context.blobs, job_id)


# What workers do. The lease token says who may.


async def claim(uow: UnitOfWork, context: Context, job_id: str) -> JobRow | None:
    """Take a queued job for this worker; None when it is not queued (any more). The row has the lease token."""
    moved = await _move(
        uow,
        context,
        job_id,
        "running",
        attempt=JobRow.attempt + 1,
        lease_token=new_id(),
        lease_until=_lease_until(context),
        started_at=clock.utcnow(),
        progress=None,
    )
    return await repository.get(uow.session, job_id) if moved else None


async def renew(
    uow: UnitOfWork, context: Context, job_id: str, lease_token: str, progress: JobProgress | None
) -> JobState:
    """Prolong the lease and keep the progress; give the state, so that the worker hears of a cancel.

    Raise LeaseLost.
    """
    row = await repository.compare_and_set(
        uow.session,
        job_id,
        ("running", "cancelling"),
        JobRow.lease_token == lease_token,
        lease_until=_lease_until(context),
        progress=progress.model_dump(mode="json") if progress else None,
    )
    if row is None:
        raise LeaseLost(job_id)
    return cast(JobState, row.state)


async def finish(
    uow: UnitOfWork,
    context: Context,
    job_id: str,
    lease_token: str,
    outcome: Outcome,
    progress: JobProgress | None = None,
) -> Job:
    """End the job and write the outcome's rows in the same transaction.

    Raise LeaseLost; then the caller's transaction must roll back, and nothing is written.
    """
    match outcome:
        case Succeeded():
            state: JobState = "succeeded"
        case Failed():
            state = "failed"
        case Cancelled():
            state = "cancelled"
    moved = await _move(
        uow,
        context,
        job_id,
        state,
        JobRow.lease_token == lease_token,
        only_from={"running", "cancelling"},
        error=outcome.error.model_dump(mode="json") if isinstance(outcome, Failed) else None,
        progress=progress.model_dump(mode="json") if progress else None,
    )
    if moved is None:
        raise LeaseLost(job_id)
    if outcome.write:
        await outcome.write(uow)
    uow.after_commit(lambda: archive_log(context.redis, context.blobs, job_id))
    return moved


async def release(uow: UnitOfWork, context: Context, job_id: str, lease_token: str) -> None:
    """Give a job back because this worker stops; the start does not count. Raise LeaseLost."""
    mine = JobRow.lease_token == lease_token
    moved = await _move(
        uow, context, job_id, "queued", mine, only_from={"running"}, attempt=JobRow.attempt - 1
    ) or await _move(uow, context, job_id, "cancelled", mine, only_from={"cancelling"})
    if moved is None:
        raise LeaseLost(job_id)


# What the beat has done from time to time.

SWEEP_LIMIT = 200
"""Jobs put right by one sweep; the next one takes the rest."""


async def sweep(context: Context) -> int:
    """Put right the jobs whose worker died, and hand over again those that the queue lost; give their number."""
    async with context.database.unit() as uow:
        dead = await _end_leases(uow, context)
    return dead + await _enqueue_lost(context)


async def _end_leases(uow: UnitOfWork, context: Context) -> int:
    now = clock.utcnow()
    rows = await repository.expired(uow.session, now, SWEEP_LIMIT)
    for row in rows:
        log.warning("a job's worker went away", job_id=row.id, state=row.state, attempt=row.attempt)
        gone = JobRow.lease_until < now
        if row.state == "cancelling":
            await _move(uow, context, row.id, "cancelled", gone)
        elif row.attempt < context.settings.jobs.max_attempts:
            await _move(uow, context, row.id, "queued", gone, only_from={"running"})
        else:
            error = worker_lost(row.attempt).model_dump(mode="json")
            await _move(uow, context, row.id, "failed", gone, only_from={"running"}, error=error)
    return len(rows)


async def _enqueue_lost(context: Context) -> int:
    """A queue shorter than its queued jobs has lost some. Which ones is not known, so the oldest go again: a job
    delivered twice runs once."""
    async with context.database.unit(write=False) as uow:
        queued = await repository.count_queued(uow.session)
    missing = {
        queue: count - depth
        for queue, count in queued.items()
        if (depth := await context.queue.depth(cast(QueueName, queue))) < count
    }
    if not missing:
        return 0
    # A job just created may be on its way to the queue, or from it to a worker.
    settled = clock.utcnow() - dt.timedelta(seconds=context.settings.jobs.sweep_seconds)
    found = 0
    async with context.database.unit() as uow:
        for queue, count in missing.items():
            for row in await repository.queued_before(uow.session, queue, settled, min(count, SWEEP_LIMIT)):
                row.enqueued_at = clock.utcnow()
                _enqueue_after_commit(uow, context, row)
                found += 1
    if found:
        log.warning("jobs were missing from the queue and are handed over again", count=found)
    return found


async def archive_leftovers(context: Context) -> int:
    """Archive the logs of finished jobs whose worker died before it did; give their number."""
    live = [job_id async for job_id in live_logs(context.redis)]
    async with context.database.unit(write=False) as uow:
        states = {row.id: row.state for row in await repository.get_many(uow.session, live)}
    done = [job_id for job_id in live if states.get(job_id) in TERMINAL]
    for job_id in done:
        await archive_log(context.redis, context.blobs, job_id)
    return len(done)


async def counts(uow: UnitOfWork) -> dict[str, int]:
    """Count the jobs by state, of all owners."""
    return await repository.count_states(uow.session)


# How a state changes.


async def _move(
    uow: UnitOfWork,
    context: Context,
    job_id: str,
    to: JobState,
    *where: ColumnElement[bool],
    only_from: Collection[JobState] | None = None,
    **values: Any,
) -> Job | None:
    """Move the job by the rule table, if it is in a state to do so and meets the conditions; tell after the commit."""
    allowed = sources(to) if only_from is None else sources(to) & set(only_from)
    if to not in ("running", "cancelling"):  # nobody works on it
        values |= {"lease_token": None, "lease_until": None}
    if to == "queued":
        values |= {"enqueued_at": clock.utcnow(), "started_at": None}
    elif to in TERMINAL:
        values |= {"finished_at": clock.utcnow()}
    row = await repository.compare_and_set(uow.session, job_id, allowed, *where, state=to, **values)
    if row is None:
        return None
    if to == "queued":
        _enqueue_after_commit(uow, context, row)
    return _publish_after_commit(uow, context, row)


def _lease_until(context: Context) -> dt.datetime:
    return clock.utcnow() + dt.timedelta(seconds=context.settings.jobs.lease_seconds)


def _enqueue_after_commit(uow: UnitOfWork, context: Context, row: JobRow) -> None:
    job_id, queue, request_id = row.id, cast(QueueName, row.queue), row.request_id
    uow.after_commit(lambda: context.queue.enqueue(job_id, queue, request_id=request_id))


def _publish_after_commit(uow: UnitOfWork, context: Context, row: JobRow) -> Job:
    job = repository.to_schema(row)
    body = JobChanged(job=job).model_dump_json()
    # A list of jobs does not show parts, and need not hear of them.
    for topic in (f"jobs.{row.id}", *([] if row.parent_id else [f"jobs.user.{row.owner_id}"])):
        uow.after_commit(partial(context.events.publish, topic, body))
    return job
