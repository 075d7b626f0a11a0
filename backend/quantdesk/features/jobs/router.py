"""Routes of jobs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from quantdesk.features.jobs import schemas, service
from quantdesk.features.jobs.errors import JobNotCancellable, JobNotFound, JobNotRetryable
from quantdesk.kit.http import (
    COMMON_PROBLEMS,
    ContextDep,
    Cursor,
    Limit,
    ReadUnit,
    WriteUnit,
    problems,
    require,
)
from quantdesk.kit.pagination import Page
from quantdesk.kit.principal import Principal

router = APIRouter(prefix="/jobs", tags=["jobs"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "jobs:read"))]
Writer = Annotated[Principal, Depends(require("trader", "jobs:write"))]


@router.get("")
async def list_jobs(
    principal: Reader,
    uow: ReadUnit,
    state: Annotated[list[schemas.JobState] | None, Query()] = None,
    kind: Annotated[list[schemas.JobKind] | None, Query()] = None,
    parent_id: Annotated[str | None, Query(max_length=26)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.Job]:
    """One's jobs, newest first: those that stand alone, or with `parent_id` the parts of one."""
    return await service.list_jobs(
        uow, principal.user_id, states=state, kinds=kind, parent_id=parent_id, cursor=cursor, limit=limit
    )


@router.get("/{job_id}", responses=problems(JobNotFound))
async def get_job(job_id: str, principal: Reader, uow: ReadUnit) -> schemas.Job:
    return await service.get(uow, job_id, principal.user_id)


@router.post("/{job_id}/cancel", responses=problems(JobNotFound, JobNotCancellable))
async def cancel_job(job_id: str, principal: Writer, uow: WriteUnit, context: ContextDep) -> schemas.Job:
    """Cancel a queued job at once, a running one within a second."""
    return await service.cancel(uow, context, job_id, principal.user_id)


@router.post("/{job_id}/retry", responses=problems(JobNotFound, JobNotRetryable))
async def retry_job(job_id: str, principal: Writer, uow: WriteUnit, context: ContextDep) -> schemas.Job:
    """Queue a failed or cancelled job again."""
    return await service.retry(uow, context, job_id, principal.user_id)


@router.get("/{job_id}/log", responses=problems(JobNotFound))
async def get_job_log(job_id: str, principal: Reader, uow: ReadUnit, context: ContextDep) -> schemas.JobLog:
    return await service.log_of(uow, context, job_id, principal.user_id)
