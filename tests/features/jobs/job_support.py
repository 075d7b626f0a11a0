"""What the tests of jobs share."""

from __future__ import annotations

from typing import Any

from quantdesk.features.jobs import service
from quantdesk.features.jobs.schemas import Job, JobKind
from quantdesk.features.jobs.tables import JobRow
from quantdesk.kit.context import Context
from tests.support.app import sign_in


async def make_owner(context: Context, name: str = "owner") -> str:
    """Make a user; give the id."""
    principal, _token = await sign_in(context, name, "trader")
    return principal.user_id


async def queue_job(
    context: Context, owner_id: str, payload: dict[str, Any] | None = None, kind: JobKind = "demo"
) -> Job:
    async with context.database.unit() as uow:
        return await service.create(
            uow, context, owner_id=owner_id, kind=kind, title="a job", queue="data", payload=payload or {}
        )


async def read_row(context: Context, job_id: str) -> JobRow:
    async with context.database.unit(write=False) as uow:
        row = await uow.session.get(JobRow, job_id)
    assert row is not None
    return row


async def claim_job(context: Context, job_id: str) -> JobRow | None:
    async with context.database.unit() as uow:
        return await service.claim(uow, context, job_id)
