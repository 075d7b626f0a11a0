"""What a slice writes to have work done in a worker.

A slice's tasks.py defines one handler per kind and lists them in HANDLERS; `quantdesk_worker.handlers` maps
each kind to its module, which is imported when the first job of that kind arrives.

    class FetchHandler:
        kind: JobKind = "fetch"

        async def run(self, job: RunningJob) -> Outcome:
            symbols = job.payload["symbols"]
            for done, symbol in enumerate(symbols):
                if job.cancelled.is_set():
                    return Cancelled()
                await fetch(job.context, symbol)
                job.progress(done + 1, len(symbols), "stocks", symbol)

            async def write(uow: UnitOfWork) -> None:
                await repository.mark_fetched(uow.session, job.subject_id)

            return Succeeded(write)

    HANDLERS: tuple[JobHandler, ...] = (FetchHandler(),)

Rules of a handler:

- A job may run again after its worker died, from the start: files and blobs are written under names that the
  job's id decides, and rows only in `write`. `write` runs in the transaction that ends the job, guarded by the
  lease, so it happens exactly once; it only writes rows, as everyone else's writes wait for it.
- `run` may be cancelled (asyncio.CancelledError) at any await, when the lease is lost, the worker stops, or
  `cancelled` was ignored for five seconds: end child processes in `finally`, and let the error pass.
- A raised AppError fails the job with that error's code; any other exception fails it as internal_error.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from quantdesk.features.jobs.running import RunningJob
from quantdesk.features.jobs.schemas import JobError, JobKind
from quantdesk.kit.uow import UnitOfWork

Write = Callable[[UnitOfWork], Awaitable[None]]
"""Writes the domain's rows in the transaction that ends the job."""


@dataclass(frozen=True, slots=True)
class Succeeded:
    write: Write | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    error: JobError
    write: Write | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The answer to `job.cancelled`; without it, it counts as a failure of the handler."""

    write: Write | None = None


Outcome = Succeeded | Failed | Cancelled


class JobHandler(Protocol):
    @property
    def kind(self) -> JobKind: ...

    async def run(self, job: RunningJob) -> Outcome: ...


__all__ = ["Cancelled", "Failed", "JobHandler", "Outcome", "RunningJob", "Succeeded", "Write"]
