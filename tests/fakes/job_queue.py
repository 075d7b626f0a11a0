"""A job queue that keeps what it is given."""

from __future__ import annotations

from dataclasses import dataclass, field

from quantdesk.ports.job_queue import QueueName


@dataclass(frozen=True, slots=True)
class Enqueued:
    job_id: str
    queue: QueueName
    request_id: str | None


@dataclass(slots=True)
class RecordingQueue:
    """Keeps the jobs in the order they were enqueued; no worker takes them."""

    enqueued: list[Enqueued] = field(default_factory=list)

    async def enqueue(self, job_id: str, queue: QueueName, *, request_id: str | None = None) -> None:
        self.enqueued.append(Enqueued(job_id, queue, request_id))

    async def depth(self, queue: QueueName) -> int:
        return sum(item.queue == queue for item in self.enqueued)
