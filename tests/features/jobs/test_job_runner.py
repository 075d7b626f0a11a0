"""A worker's loop: cancel, stop, lost lease, failing handlers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import update

from quantdesk.features.jobs import runner as runner_module
from quantdesk.features.jobs import service
from quantdesk.features.jobs.handlers import Cancelled, Failed, Outcome, RunningJob, Succeeded
from quantdesk.features.jobs.log import read_log
from quantdesk.features.jobs.runner import JobRunner
from quantdesk.features.jobs.schemas import JobError, JobKind
from quantdesk.features.jobs.tables import JobRow
from quantdesk.kit.context import Context
from quantdesk.kit.errors import Invalid
from quantdesk.kit.uow import UnitOfWork
from tests.features.jobs.job_support import make_owner, queue_job, read_row

Work = Callable[[RunningJob], Awaitable[Outcome]]
pytestmark = pytest.mark.timeout(30)


class Handler:
    """Does what the test says, and says when it is in the middle of it."""

    kind: JobKind = "demo"

    def __init__(self, work: Work) -> None:
        self._work = work
        self.started = asyncio.Event()
        self.interrupted = False
        self.runs = 0

    async def run(self, job: RunningJob) -> Outcome:
        self.runs += 1
        self.started.set()
        try:
            return await self._work(job)
        except asyncio.CancelledError:
            self.interrupted = True
            raise


def runner_for(context: Context, handler: Handler) -> JobRunner:
    return JobRunner(context, lambda _kind: handler)


@asynccontextmanager
async def running(context: Context, handler: Handler, job_id: str) -> AsyncIterator[JobRunner]:
    """Run the job beside the body, until its handler has started; wait for its end."""
    runner = runner_for(context, handler)
    task = asyncio.create_task(runner.run(job_id))
    await handler.started.wait()
    yield runner
    await task


@pytest.fixture
async def owner(context: Context) -> str:
    return await make_owner(context)


async def until_cancelled(job: RunningJob) -> Outcome:
    await job.cancelled.wait()
    return Cancelled()


async def forever(job: RunningJob) -> Outcome:
    await asyncio.Event().wait()
    return Succeeded()


async def quickly(job: RunningJob) -> Outcome:
    return Succeeded()


async def cancel(context: Context, job_id: str, owner: str) -> None:
    async with context.database.unit() as uow:
        await service.cancel(uow, context, job_id, owner)


async def test_a_job_runs_reports_and_ends_with_its_rows(context: Context, owner: str) -> None:
    async def work(job: RunningJob) -> Outcome:
        for done in range(50):
            job.progress(done + 1, 50, "bars")
        job.log("info", "一行")
        job.log("warning", "x" * 10_000)

        async def write(uow: UnitOfWork) -> None:
            await uow.session.execute(update(JobRow).where(JobRow.id == job.id).values(title="done"))

        return Succeeded(write)

    job = await queue_job(context, owner, {"a": [1, 2]})
    before = await context.events.publish("test", "{}")
    await runner_for(context, Handler(work)).run(job.id)
    row = await read_row(context, job.id)
    assert (row.state, row.title) == ("succeeded", "done")
    assert row.progress == {"done": 50, "total": 50, "unit": "bars", "message": None}
    lines = (await read_log(context.redis, context.blobs, job.id)).lines
    assert [(line.level, len(line.text)) for line in lines] == [("info", 2), ("warning", 4000)]
    events = await context.events.replay({f"jobs.{job.id}"}, before)
    kinds = [event.body.split('"', 4)[3] for event in events]
    assert kinds == ["job.changed", "job.log", "job.progress", "job.changed"]  # one progress of fifty


async def test_the_handlers_failure_and_its_rows_are_kept(context: Context, owner: str) -> None:
    error = JobError(code="strategy_error", message_zh="策略出错", message_en="The strategy failed", detail={"line": 7})

    async def work(job: RunningJob) -> Outcome:
        return Failed(error)

    job = await queue_job(context, owner)
    await runner_for(context, Handler(work)).run(job.id)
    row = await read_row(context, job.id)
    assert (row.state, row.error) == ("failed", error.model_dump())


@pytest.mark.parametrize(
    ("raised", "code"), [(Invalid("symbol X is unknown"), "invalid"), (ZeroDivisionError(), "internal_error")]
)
async def test_a_raised_error_fails_the_job(context: Context, owner: str, raised: Exception, code: str) -> None:
    async def work(job: RunningJob) -> Outcome:
        raise raised

    job = await queue_job(context, owner)
    await runner_for(context, Handler(work)).run(job.id)
    row = await read_row(context, job.id)
    assert row.state == "failed"
    assert row.error is not None
    assert row.error["code"] == code


async def test_rows_that_cannot_be_written_fail_the_job(context: Context, owner: str) -> None:
    async def work(job: RunningJob) -> Outcome:
        async def write(uow: UnitOfWork) -> None:
            await uow.session.execute(update(JobRow).where(JobRow.id == job.id).values(owner_id="nobody"))

        return Succeeded(write)

    job = await queue_job(context, owner)
    await runner_for(context, Handler(work)).run(job.id)
    row = await read_row(context, job.id)
    assert (row.state, row.owner_id) == ("failed", owner)


async def test_cancelled_without_a_cancel_is_the_handlers_failure(context: Context, owner: str) -> None:
    async def work(job: RunningJob) -> Outcome:
        return Cancelled()

    job = await queue_job(context, owner)
    await runner_for(context, Handler(work)).run(job.id)
    assert (await read_row(context, job.id)).state == "failed"


async def test_a_cancel_reaches_the_handler_over_the_bus(context: Context, owner: str) -> None:
    job = await queue_job(context, owner)
    async with running(context, Handler(until_cancelled), job.id) as runner:
        listening = asyncio.create_task(runner.hear_cancels_forever())
        await asyncio.sleep(0)
        await cancel(context, job.id, owner)
    listening.cancel()
    assert (await read_row(context, job.id)).state == "cancelled"


async def test_a_cancel_is_noticed_by_the_heartbeat_when_the_bus_is_deaf(
    context: Context, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context.settings.jobs, "heartbeat_seconds", 0.05)
    job = await queue_job(context, owner)
    async with running(context, Handler(until_cancelled), job.id):
        await cancel(context, job.id, owner)
    assert (await read_row(context, job.id)).state == "cancelled"


async def test_a_handler_that_ignores_the_cancel_is_stopped(
    context: Context, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context.settings.jobs, "heartbeat_seconds", 0.05)
    monkeypatch.setattr(runner_module, "CANCEL_SECONDS", 0.1)
    job = await queue_job(context, owner)
    handler = Handler(forever)
    async with running(context, handler, job.id):
        await cancel(context, job.id, owner)
    assert handler.interrupted
    assert (await read_row(context, job.id)).state == "cancelled"


async def test_a_worker_that_stops_gives_its_jobs_back(context: Context, owner: str) -> None:
    job = await queue_job(context, owner)
    handler = Handler(forever)
    async with running(context, handler, job.id) as runner:
        await runner.stop()
        assert runner.running == 0
    row = await read_row(context, job.id)
    assert (row.state, row.attempt, handler.interrupted) == ("queued", 0, True)
    await runner.run(job.id)  # it takes no more
    assert (await read_row(context, job.id)).state == "queued"


async def test_a_handler_whose_lease_is_lost_is_stopped_and_changes_nothing(
    context: Context, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context.settings.jobs, "heartbeat_seconds", 0.05)
    job = await queue_job(context, owner)
    handler = Handler(forever)
    async with running(context, handler, job.id), context.database.unit() as uow:
        await uow.session.execute(update(JobRow).where(JobRow.id == job.id).values(lease_token="another"))
    assert handler.interrupted
    row = await read_row(context, job.id)
    assert (row.state, row.lease_token) == ("running", "another")


async def test_a_job_delivered_twice_runs_once(context: Context, owner: str) -> None:
    job = await queue_job(context, owner)
    handler = Handler(quickly)
    runners = [runner_for(context, handler) for _ in range(3)]
    await asyncio.gather(*(runner.run(job.id) for runner in runners for _ in range(2)))
    await runners[0].run(job.id)
    assert handler.runs == 1
    assert (await read_row(context, job.id)).state == "succeeded"


async def test_a_job_of_an_unknown_id_is_passed_over(context: Context) -> None:
    await runner_for(context, Handler(quickly)).run("01NOSUCHJOB000000000000000")
