"""Errors of jobs."""

from __future__ import annotations

from quantdesk.kit.errors import Conflict, NotFound


class JobNotFound(NotFound):
    code = "job_not_found"
    title = "There is no such job"


class JobNotCancellable(Conflict):
    code = "job_not_cancellable"
    title = "Only a queued or running job can be cancelled"


class JobNotRetryable(Conflict):
    code = "job_not_retryable"
    title = "Only a failed or cancelled job can be queued again"


class LeaseLost(Exception):
    """Another worker has, or had, this job: what this one did for it does not count."""
