"""The rows of a refresh and its job: written, and opened again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from quantdesk.core.refresh.datasets import PLACES, Part
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.schemas import TERMINAL
from quantdesk.features.refresh import repository
from quantdesk.features.refresh.errors import RefreshRunning
from quantdesk.features.refresh.planning import MadePlan
from quantdesk.features.refresh.schemas import RefreshCreate
from quantdesk.features.refresh.tables import RefreshRow
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.ids import new_id
from quantdesk.kit.uow import UnitOfWork

_RECENT = 20
"""Refreshes among which one under way is looked for."""


async def write(
    uow: UnitOfWork,
    context: Context,
    owner_id: str,
    made: MadePlan,
    day: dt.date,
    *,
    asked: RefreshCreate | None = None,
    part: Part | None = None,
    due: dt.date | None = None,
) -> str:
    """Write what was planned, and its job; give the refresh's id."""
    refresh_id = new_id()
    fetches = sum(step.fetches for step in made.steps)
    job_id = await _queue(uow, context, owner_id, refresh_id, fetches, day)
    for row in await repository.to_go_on(uow.session, dt.datetime.max.replace(tzinfo=dt.UTC)):
        if row.part in (None, part) if part else asked is not None and asked.is_everything:
            row.goes_on_at = None  # the new one fetches what they lack
    uow.session.add(
        RefreshRow(
            id=refresh_id,
            owner_id=owner_id,
            job_id=job_id,
            part=part,
            due=due,
            day=day,
            newest=made.newest,
            asked=asked.model_dump(exclude_unset=True) if asked else None,
            missing=list(made.missing),
            stopped=None,
            goes_on_at=None,
            stops=0,
            created_at=clock.utcnow(),
        )
    )
    await uow.session.flush()
    await repository.put_items(
        uow.session,
        [
            {
                "refresh_id": refresh_id,
                "dataset": step.dataset,
                "key": step.key,
                "place": PLACES[step.dataset],
                "state": "pending" if step.fetches else "skipped",
                "reason": step.reason,
                "start": step.start,
                "end": step.end,
                "attempts": 0,
                "last": step.last,
            }
            for step in made.steps
        ],
    )
    return refresh_id


async def open_again(uow: UnitOfWork, context: Context, row: RefreshRow, states: Collection[str]) -> int:
    """Queue the refresh for its items in these states; give their number, and do nothing when there is none."""
    tallies = await repository.tallies(uow.session, [row.id])
    left = sum(tally.items for tally in tallies if tally.state in states)
    if not left:
        return 0
    await repository.open_again(uow.session, row.id, states)
    row.goes_on_at = row.stopped = None
    job = await jobs.get(uow, row.job_id, row.owner_id)
    if job.state in ("failed", "cancelled"):
        await jobs.retry(uow, context, row.job_id, row.owner_id)
    else:
        row.job_id = await _queue(uow, context, row.owner_id, row.id, left, row.day)
        await uow.session.flush()
    return left


async def running(uow: UnitOfWork) -> list[str]:
    """Give the jobs of refreshes that are under way."""
    found = await jobs.get_many(uow, await repository.newest_jobs(uow.session, _RECENT))
    return [job.id for job in found.values() if job.state not in TERMINAL]


async def insist_on_none_running(uow: UnitOfWork) -> None:
    """Raise RefreshRunning while one is under way."""
    if await running(uow):
        raise RefreshRunning("another refresh is under way; wait for its end, or cancel its job")


async def _queue(uow: UnitOfWork, context: Context, owner_id: str, refresh_id: str, items: int, day: dt.date) -> str:
    job = await jobs.create(
        uow,
        context,
        owner_id=owner_id,
        kind="refresh",
        title=f"更新 {items} 项数据至 {day}",
        queue="data",
        payload={},
        subject_id=refresh_id,
    )
    return job.id
