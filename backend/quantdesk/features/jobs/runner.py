"""Runs claimed jobs on a worker's event loop: lease, cancel, stop, and the one end of each."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import structlog
from sqlalchemy.exc import DBAPIError

from quantdesk.features.jobs import service
from quantdesk.features.jobs.errors import LeaseLost
from quantdesk.features.jobs.handlers import Cancelled, Failed, JobHandler, Outcome
from quantdesk.features.jobs.rules import internal_error
from quantdesk.features.jobs.running import RunningJob
from quantdesk.features.jobs.schemas import JobError, JobKind
from quantdesk.features.jobs.tables import JobRow
from quantdesk.kit.context import Context
from quantdesk.kit.errors import AppError

CANCEL_SECONDS = 5.0
"""A handler that has not ended so long after a cancel is stopped."""
Interrupt = Literal["lease_lost", "stopping", "cancel_ignored"]
log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class _Run:
    """One job in this process. It exists before the claim, so that a cancel right after is heard."""

    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    work: asyncio.Task[Outcome] | None = None
    interrupt: Interrupt | None = None

    def stop(self, why: Interrupt) -> None:
        if self.work and not self.work.done() and self.interrupt is None:
            self.interrupt = why
            self.work.cancel()

    def cancel(self) -> None:
        if not self.cancelled.is_set():
            self.cancelled.set()
            asyncio.get_running_loop().call_later(CANCEL_SECONDS, self.stop, "cancel_ignored")


class JobRunner:
    def __init__(self, context: Context, find_handler: Callable[[JobKind], JobHandler]) -> None:
        self._context = context
        self._find_handler = find_handler
        self._runs: dict[str, _Run] = {}
        self._idle = asyncio.Event()
        self._stopping = False
        self._parts: set[asyncio.Task[None]] = set()

    @property
    def running(self) -> int:
        return len(self._runs)

    @property
    def stopping(self) -> bool:
        return self._stopping

    async def run(self, job_id: str) -> None:
        """Claim the job and run it to its end; do nothing when it is not queued, or this worker stops."""
        if self._stopping or job_id in self._runs:
            return
        run = self._runs[job_id] = _Run()
        self._idle.clear()
        try:
            async with self._context.database.unit() as uow:
                row = await service.claim(uow, self._context, job_id)
            if row is not None:
                with structlog.contextvars.bound_contextvars(job_id=job_id, request_id=row.request_id):
                    await self._carry_out(run, row)
        finally:
            del self._runs[job_id]
            if not self._runs:
                self._idle.set()

    async def _run_part(self, job_id: str) -> None:
        """Run a part in a task of its own: it is claimed, leased and ended like any job, whatever ends its parent."""
        task = asyncio.create_task(self.run(job_id))
        self._parts.add(task)
        task.add_done_callback(self._parts.discard)
        await asyncio.shield(task)

    async def stop(self, grace: float = 5.0) -> None:
        """Interrupt all running jobs and give them back; wait for it at most `grace` seconds."""
        self._stopping = True
        for run in self._runs.values():
            run.stop("stopping")
        if self._runs:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), grace)

    async def hear_cancels_forever(self) -> None:
        """Follow the event bus, so that a cancel is noticed at once; the heartbeat notices it in any case."""
        async for message in self._context.events.listen():
            run = self._runs.get(message.topic.removeprefix("jobs."))
            if run is None:
                continue
            event = json.loads(message.body)
            if event["type"] == "job.changed" and event["job"]["state"] == "cancelling":
                run.cancel()

    async def _carry_out(self, run: _Run, row: JobRow) -> None:
        token = cast(str, row.lease_token)
        job = RunningJob(
            self._context,
            id=row.id,
            kind=cast(JobKind, row.kind),
            owner_id=row.owner_id,
            attempt=row.attempt,
            payload=row.payload,
            subject_id=row.subject_id,
            request_id=row.request_id,
        )
        job.cancelled = run.cancelled
        job.run_part = self._run_part
        log.info("job started", kind=job.kind, attempt=job.attempt)
        run.work = asyncio.create_task(self._work(job))
        if self._stopping:
            run.stop("stopping")
        async with _background(self._hold_lease(run, job, token)):
            async with _background(job.report_forever()):
                await asyncio.wait({run.work})
            await job.report()
            await self._end(run, job, token)

    async def _work(self, job: RunningJob) -> Outcome:
        try:
            outcome = await self._find_handler(job.kind).run(job)
        except AppError as error:
            log.info("job failed", code=error.code, detail=error.detail)
            return Failed(JobError(code=error.code, message_zh=error.detail, message_en=error.detail))
        except Exception:
            log.exception("job handler failed")
            return Failed(internal_error())
        if isinstance(outcome, Cancelled) and not job.cancelled.is_set():
            log.error("job handler gave Cancelled, but nobody cancelled")
            return Failed(internal_error())
        return outcome

    async def _hold_lease(self, run: _Run, job: RunningJob, token: str) -> None:
        clock = asyncio.get_running_loop().time
        settings = self._context.settings.jobs
        until = clock() + settings.lease_seconds
        while True:
            await asyncio.sleep(settings.heartbeat_seconds)
            asked = clock()
            try:
                async with self._context.database.unit() as uow:
                    state = await service.renew(uow, self._context, job.id, token, job.latest)
            except LeaseLost:
                run.stop("lease_lost")
                return
            except Exception as error:
                log.warning("lease not renewed", error=str(error))
                if clock() > until:
                    run.stop("lease_lost")
                    return
                continue
            until = asked + settings.lease_seconds
            if state == "cancelling":
                run.cancel()

    async def _end(self, run: _Run, job: RunningJob, token: str) -> None:
        assert run.work is not None  # noqa: S101 - for the type checker
        try:
            match run.interrupt:
                case "lease_lost":
                    raise LeaseLost(job.id)
                case "stopping":
                    await self._release(job, token)
                case "cancel_ignored":
                    await self._finish(job, token, Cancelled())
                case None:
                    outcome = Failed(internal_error()) if run.work.cancelled() else run.work.result()
                    await self._finish(job, token, outcome)
        except LeaseLost:
            log.warning("the lease was lost; another worker does this job, this one's work is dropped")

    async def _release(self, job: RunningJob, token: str) -> None:
        async with self._context.database.unit() as uow:
            await service.release(uow, self._context, job.id, token)
        log.info("job given back, as this worker stops")

    async def _finish(self, job: RunningJob, token: str, outcome: Outcome) -> None:
        """End the job; a database that is away is asked again for as long as the lease may hold."""
        pause = 0.1
        give_up = asyncio.get_running_loop().time() + self._context.settings.jobs.lease_seconds
        while True:
            try:
                async with self._context.database.unit() as uow:
                    ended = await service.finish(uow, self._context, job.id, token, outcome, job.latest)
                log.info("job ended", state=ended.state)
                return
            except LeaseLost:
                raise
            except DBAPIError as error:
                transient = error.connection_invalidated or "locked" in str(error.orig)
                if transient and asyncio.get_running_loop().time() < give_up:
                    log.warning("job's end not written; trying again", error=str(error.orig))
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 2.0)
                    continue
                log.exception("job's end could not be written")
            except Exception:
                log.exception("job's rows could not be written")
            if isinstance(outcome, Failed) and outcome.write is None:
                return  # the lease runs out, and the sweep takes over
            outcome = Failed(internal_error())


@contextlib.asynccontextmanager
async def _background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run it beside the body, and cancel it at the end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
