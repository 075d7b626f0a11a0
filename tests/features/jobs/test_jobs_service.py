"""States of jobs: who may move one, and that each ends once."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import get_args

import pytest

from quantdesk.features.jobs import service
from quantdesk.features.jobs.errors import JobNotCancellable, JobNotFound, JobNotRetryable, LeaseLost
from quantdesk.features.jobs.handlers import Cancelled, Failed, Outcome, Succeeded
from quantdesk.features.jobs.log import append_lines, read_log
from quantdesk.features.jobs.rules import MOVES, internal_error, sources
from quantdesk.features.jobs.schemas import TERMINAL, JobProgress, JobState, LogLine
from quantdesk.features.jobs.tables import JobRow
from quantdesk.kit.context import Context
from quantdesk.kit.uow import UnitOfWork
from tests.fakes.clock import FakeClock
from tests.fakes.job_queue import RecordingQueue
from tests.features.jobs.job_support import claim_job, make_owner, queue_job, read_row


async def end(context: Context, row: JobRow, outcome: Outcome) -> None:
    async with context.database.unit() as uow:
        await service.finish(uow, context, row.id, row.lease_token or "", outcome)


async def claimed(context: Context, owner: str) -> JobRow:
    job = await queue_job(context, owner)
    row = await claim_job(context, job.id)
    assert row is not None
    return row


@pytest.fixture
async def owner(context: Context) -> str:
    return await make_owner(context)


def test_every_state_has_its_moves_and_a_succeeded_job_has_none() -> None:
    assert set(MOVES) == set(get_args(JobState))
    assert MOVES["succeeded"] == frozenset()
    assert sources("running") == {"queued"}
    for state, targets in MOVES.items():
        assert state not in targets
    assert all(MOVES[state] <= {"queued"} for state in MOVES if state in TERMINAL)


async def test_a_job_is_enqueued_after_the_commit_with_its_request_id(
    context: Context, owner: str, queue: RecordingQueue
) -> None:
    async with context.database.unit() as uow:
        job = await service.create(
            uow, context, owner_id=owner, kind="demo", title="t" * 300, queue="data", payload={"a": 1}
        )
        assert queue.enqueued == []
    assert [item.job_id for item in queue.enqueued] == [job.id]
    assert (job.state, job.attempt, len(job.title)) == ("queued", 0, 200)


async def test_a_rolled_back_job_is_neither_stored_nor_enqueued(
    context: Context, owner: str, queue: RecordingQueue
) -> None:
    made: list[str] = []

    async def change_my_mind() -> None:
        async with context.database.unit() as uow:
            job = await service.create(uow, context, owner_id=owner, kind="demo", title="t", queue="data", payload={})
            made.append(job.id)
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await change_my_mind()
    assert queue.enqueued == []
    async with context.database.unit(write=False) as uow:
        with pytest.raises(JobNotFound):
            await service.get(uow, made[0], owner)


async def test_of_many_workers_one_gets_the_job(context: Context, owner: str) -> None:
    job = await queue_job(context, owner)
    rows = await asyncio.gather(*(claim_job(context, job.id) for _ in range(8)))
    assert len([row for row in rows if row is not None]) == 1
    row = await read_row(context, job.id)
    assert (row.state, row.attempt) == ("running", 1)


async def test_the_outcomes_rows_are_written_once_with_the_end(context: Context, owner: str) -> None:
    row = await claimed(context, owner)
    runs = 0

    async def write(uow: UnitOfWork) -> None:
        nonlocal runs
        runs += 1
        found = await uow.session.get(JobRow, row.id)
        assert found is not None
        found.title = "written"

    await end(context, row, Succeeded(write))
    with pytest.raises(LeaseLost):
        await end(context, row, Succeeded(write))
    ended = await read_row(context, row.id)
    assert (ended.state, ended.title, ended.lease_token, runs) == ("succeeded", "written", None, 1)
    assert ended.finished_at is not None


async def test_a_write_that_fails_leaves_the_job_running(context: Context, owner: str) -> None:
    row = await claimed(context, owner)

    async def write(uow: UnitOfWork) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await end(context, row, Succeeded(write))
    assert (await read_row(context, row.id)).state == "running"


async def test_a_failure_keeps_its_error_and_can_be_retried_as_new(
    context: Context, owner: str, queue: RecordingQueue
) -> None:
    row = await claimed(context, owner)
    await end(context, row, Failed(internal_error()))
    failed = await read_row(context, row.id)
    assert failed.state == "failed"
    assert failed.error is not None
    assert failed.error["code"] == "internal_error"
    async with context.database.unit() as uow:
        job = await service.retry(uow, context, row.id, owner)
    assert (job.state, job.attempt, job.error, job.finished_at) == ("queued", 0, None, None)
    assert len(queue.enqueued) == 2


async def test_cancelling_a_queued_job_ends_it_at_once(context: Context, owner: str) -> None:
    job = await queue_job(context, owner)
    async with context.database.unit() as uow:
        assert (await service.cancel(uow, context, job.id, owner)).state == "cancelled"
    assert await claim_job(context, job.id) is None


async def test_cancelling_a_running_job_tells_its_worker(context: Context, owner: str) -> None:
    row = await claimed(context, owner)
    for _ in range(2):  # a second click is no error
        async with context.database.unit() as uow:
            assert (await service.cancel(uow, context, row.id, owner)).state == "cancelling"
    async with context.database.unit() as uow:
        assert await service.renew(uow, context, row.id, row.lease_token or "", None) == "cancelling"
    await end(context, row, Cancelled())
    assert (await read_row(context, row.id)).state == "cancelled"
    async with context.database.unit() as uow:
        with pytest.raises(JobNotCancellable):
            await service.cancel(uow, context, row.id, owner)


async def test_a_job_that_succeeded_before_it_heard_of_the_cancel_has_succeeded(context: Context, owner: str) -> None:
    row = await claimed(context, owner)
    async with context.database.unit() as uow:
        await service.cancel(uow, context, row.id, owner)
    await end(context, row, Succeeded())
    assert (await read_row(context, row.id)).state == "succeeded"
    async with context.database.unit() as uow:
        with pytest.raises(JobNotRetryable):
            await service.retry(uow, context, row.id, owner)


async def test_nobody_sees_or_cancels_anothers_job(context: Context, owner: str) -> None:
    job = await queue_job(context, owner)
    stranger = await make_owner(context, "stranger")
    async with context.database.unit() as uow:
        with pytest.raises(JobNotFound):
            await service.get(uow, job.id, stranger)
        with pytest.raises(JobNotFound):
            await service.cancel(uow, context, job.id, stranger)
        assert (await service.list_jobs(uow, stranger)).items == []


async def test_the_heartbeat_prolongs_the_lease_and_keeps_the_progress(
    context: Context, owner: str, clock: FakeClock
) -> None:
    row = await claimed(context, owner)
    clock.advance(seconds=10)
    progress = JobProgress(done=3, total=10, unit="bars")
    async with context.database.unit() as uow:
        assert await service.renew(uow, context, row.id, row.lease_token or "", progress) == "running"
    renewed = await read_row(context, row.id)
    assert renewed.lease_until == clock.now + dt.timedelta(seconds=context.settings.jobs.lease_seconds)
    assert renewed.progress == progress.model_dump()


async def test_a_dead_workers_job_is_queued_again_and_the_dead_one_has_no_say(
    context: Context, owner: str, clock: FakeClock, queue: RecordingQueue
) -> None:
    row = await claimed(context, owner)
    clock.advance(seconds=context.settings.jobs.lease_seconds - 1)
    assert await service.sweep(context) == 0
    clock.advance(seconds=2)
    queue.enqueued.clear()
    assert await service.sweep(context) == 1
    assert [item.job_id for item in queue.enqueued] == [row.id]
    with pytest.raises(LeaseLost):
        await end(context, row, Succeeded())
    async with context.database.unit() as uow:
        with pytest.raises(LeaseLost):
            await service.renew(uow, context, row.id, row.lease_token or "", None)
    again = await claim_job(context, row.id)
    assert again is not None
    assert again.attempt == 2
    with pytest.raises(LeaseLost):
        await end(context, row, Succeeded())
    await end(context, again, Succeeded())
    assert (await read_row(context, row.id)).state == "succeeded"


async def test_a_job_that_loses_its_worker_each_time_fails(context: Context, owner: str, clock: FakeClock) -> None:
    job = await queue_job(context, owner)
    for _ in range(context.settings.jobs.max_attempts):
        assert await claim_job(context, job.id) is not None
        clock.advance(seconds=60)
        await service.sweep(context)
    row = await read_row(context, job.id)
    assert row.state == "failed"
    assert row.error is not None
    assert row.error["code"] == "worker_lost"


async def test_a_cancelled_job_whose_worker_died_is_cancelled(context: Context, owner: str, clock: FakeClock) -> None:
    row = await claimed(context, owner)
    async with context.database.unit() as uow:
        await service.cancel(uow, context, row.id, owner)
    clock.advance(seconds=60)
    await service.sweep(context)
    assert (await read_row(context, row.id)).state == "cancelled"


async def test_a_job_given_back_does_not_count_as_a_start(context: Context, owner: str, queue: RecordingQueue) -> None:
    row = await claimed(context, owner)
    async with context.database.unit() as uow:
        await service.release(uow, context, row.id, row.lease_token or "")
    back = await read_row(context, row.id)
    assert (back.state, back.attempt, back.lease_token) == ("queued", 0, None)
    assert len(queue.enqueued) == 2


async def test_jobs_the_queue_lost_are_handed_over_again_and_do_not_pile_up(
    context: Context, owner: str, clock: FakeClock, queue: RecordingQueue
) -> None:
    jobs = [await queue_job(context, owner) for _ in range(5)]
    assert await service.sweep(context) == 0  # all five wait in the queue
    del queue.enqueued[:3]
    assert await service.sweep(context) == 0  # just created: they may be on their way
    clock.advance(seconds=60)
    assert await service.sweep(context) == 3
    assert len(queue.enqueued) == len(jobs)
    for _ in range(3):
        clock.advance(seconds=60)
        assert await service.sweep(context) == 0
    assert len(queue.enqueued) == len(jobs)


async def test_the_list_pages_through_all_newest_first(context: Context, owner: str) -> None:
    made = [(await queue_job(context, owner)).id for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    async with context.database.unit(write=False) as uow:
        while True:
            page = await service.list_jobs(uow, owner, cursor=cursor, limit=2)
            seen += [job.id for job in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert sorted(seen, reverse=True) == sorted(made, reverse=True)
        assert seen == sorted(seen, reverse=True)
        assert (await service.list_jobs(uow, owner, states=["running"])).items == []
        assert len((await service.list_jobs(uow, owner, kinds=["demo"])).items) == 5


async def test_the_log_is_read_live_then_from_the_archive_and_is_bounded(
    context: Context, owner: str, clock: FakeClock
) -> None:
    row = await claimed(context, owner)
    lines = [LogLine(at=clock.now, level="info", text=f"行 {number}\u2028\n") for number in range(2100)]
    await append_lines(context.redis, row.id, lines)
    live = await read_log(context.redis, context.blobs, row.id)
    await end(context, row, Succeeded())
    assert await context.redis.keys("qd:job:*") == []
    archived = await read_log(context.redis, context.blobs, row.id)
    assert live == archived
    assert live.truncated
    assert live.lines == lines[-2000:]


async def test_a_log_left_by_a_dead_worker_is_archived_by_the_housekeeping(
    context: Context, owner: str, clock: FakeClock
) -> None:
    done, busy = await claimed(context, owner), await claimed(context, owner)
    await end(context, done, Succeeded())
    for row in (done, busy):
        await append_lines(context.redis, row.id, [LogLine(at=clock.now, level="info", text="late")])
    assert await service.archive_leftovers(context) == 1
    assert await context.redis.keys("qd:job:*") == [f"qd:job:{busy.id}:log"]
    assert len((await read_log(context.redis, context.blobs, done.id)).lines) == 1
