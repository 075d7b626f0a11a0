"""Events of jobs.

On the bus: `jobs.<id>` has everything of one job, `jobs.user.<owner_id>` each change of state of any of a user's
jobs but those that are parts of another. A WebSocket client subscribes to `jobs.<id>` and to `jobs`, which the hub
maps to the user's own.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from quantdesk.features.jobs.schemas import Job, JobProgress, LogLine


class JobChanged(BaseModel):
    type: Literal["job.changed"] = "job.changed"
    job: Job


class JobProgressed(BaseModel):
    type: Literal["job.progress"] = "job.progress"
    job_id: str
    progress: JobProgress


class JobLogged(BaseModel):
    type: Literal["job.log"] = "job.log"
    job_id: str
    lines: list[LogLine]


class PartialEquity(BaseModel):
    """The equity curve so far, thinned; replaces the one before."""

    type: Literal["job.equity"] = "job.equity"
    job_id: str
    date: list[dt.date]
    equity: list[float]


JobEvent = Annotated[JobChanged | JobProgressed | JobLogged | PartialEquity, Field(discriminator="type")]
