"""Hands a committed job to the workers."""

from __future__ import annotations

from typing import Literal, Protocol

QueueName = Literal["backtest", "train", "data", "default"]
RUN_JOB = "quantdesk.run_job"
"""Name of the message that hands over a job."""


class JobQueue(Protocol):
    """A job may be delivered twice or, after a crash of the queue, not at all; the sweep repeats it."""

    async def enqueue(self, job_id: str, queue: QueueName, *, request_id: str | None = None) -> None: ...

    async def depth(self, queue: QueueName) -> int:
        """Give the number of messages waiting."""
        ...
