"""Jobs that are parts of another."""

from __future__ import annotations

import asyncio
import json

import pytest

from quantdesk.features.jobs import service
from quantdesk.features.jobs.handlers import JobHandler, Outcome, RunningJob, Succeeded
from quantdesk.features.jobs.runner import JobRunner
from quantdesk.features.jobs.schemas import Job, JobKind
from quantdesk.kit.context import Context
from tests.features.jobs.job_support import claim_job, make_owner, queue_job, read_row


async def queue_part(context: Context, parent: Job, owner: str, number: int = 0) -> Job:
    async with context.database.unit() as uow:
        return await service.create(
            uow,
            context,
            owner_id=owner,
            kind="sweep",
            title="a part",
            queue="backtest",
            payload={"number": number},
            parent_id=parent.id,
        )


@pytest.fixture
async def owner(context: Context) -> str:
    return await make_owner(context)


class LendingHandler:
    """Runs its parts in its own slot, one after another."""

    kind: JobKind = "demo"

    async def run(self, job: RunningJob) -> Outcome:
        assert job.run_part is not None
        for part_id in job.payload["parts"]:
            await job.run_part(part_id)
        return Succeeded()


class CountingHandler:
    kind: JobKind = "sweep"

    def __init__(self) -> None:
        self.ran: list[int] = []
        self.began = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def run(self, job: RunningJob) -> Outcome:
        self.ran.append(job.payload["number"])
        self.began.set()
        await self.go_on.wait()
        return Succeeded()


async def test_lists_leave_parts_out_and_give_them_by_their_parent(context: Context, owner: str) -> None:
    parent = await queue_job(context, owner)
    made = [await queue_part(context, parent, owner, number) for number in range(3)]
    stranger = await make_owner(context, "stranger")
    async with context.database.unit(write=False) as uow:
        assert [job.id for job in (await service.list_jobs(uow, owner)).items] == [parent.id]
        under = (await service.list_jobs(uow, owner, parent_id=parent.id)).items
        assert [job.id for job in under] == [job.id for job in reversed(made)]
        assert {job.parent_id for job in under} == {parent.id}
        assert (await service.list_jobs(uow, stranger, parent_id=parent.id)).items == []
        assert [part.payload["number"] for part in await service.parts(uow, parent.id)] == [0, 1, 2]


async def test_a_list_of_jobs_does_not_hear_of_parts(context: Context, owner: str) -> None:
    start = await context.events.publish("test", "{}")
    parent = await queue_job(context, owner)
    part = await queue_part(context, parent, owner)
    heard = await context.events.replay({f"jobs.user.{owner}"}, start)
    assert [json.loads(message.body)["job"]["id"] for message in heard] == [parent.id]
    assert len(await context.events.replay({f"jobs.{part.id}"}, start)) == 1


async def test_parts_are_cancelled_with_their_job(context: Context, owner: str) -> None:
    parent = await queue_job(context, owner)
    waiting, running, done = [await queue_part(context, parent, owner, number) for number in range(3)]
    assert await claim_job(context, running.id) is not None
    row = await claim_job(context, done.id)
    assert row is not None
    async with context.database.unit() as uow:
        await service.finish(uow, context, done.id, row.lease_token or "", Succeeded())
    async with context.database.unit() as uow:
        await service.cancel(uow, context, parent.id, owner)
    states = [(await read_row(context, job.id)).state for job in (parent, waiting, running, done)]
    assert states == ["cancelled", "cancelled", "cancelling", "succeeded"]


async def test_a_job_runs_its_parts_in_its_own_slot_but_those_that_others_have(context: Context, owner: str) -> None:
    counting = CountingHandler()
    handlers: dict[str, JobHandler] = {"sweep": counting, "demo": LendingHandler()}
    runner = JobRunner(context, lambda kind: handlers[kind])
    first = await queue_job(context, owner)
    made = [await queue_part(context, first, owner, number) for number in range(3)]
    assert await claim_job(context, made[1].id) is not None, "another worker"
    parent = await queue_job(context, owner, {"parts": [job.id for job in made]})
    await runner.run(parent.id)
    assert counting.ran == [0, 2]
    states = [(await read_row(context, job.id)).state for job in (parent, *made)]
    assert states == ["succeeded", "succeeded", "running", "succeeded"]


async def test_a_worker_that_stops_gives_back_both_the_job_and_the_part_in_its_slot(
    context: Context, owner: str
) -> None:
    counting = CountingHandler()
    counting.go_on.clear()
    handlers: dict[str, JobHandler] = {"sweep": counting, "demo": LendingHandler()}
    runner = JobRunner(context, lambda kind: handlers[kind])
    first = await queue_job(context, owner)
    part = await queue_part(context, first, owner)
    parent = await queue_job(context, owner, {"parts": [part.id]})
    running = asyncio.create_task(runner.run(parent.id))
    await counting.began.wait()
    await runner.stop()
    await running
    for job in (parent, part):
        row = await read_row(context, job.id)
        assert (row.state, row.attempt) == ("queued", 0)
