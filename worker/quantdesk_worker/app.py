"""The Celery app: one task that runs any job, and the errands that beat sends.

Errands (the sweep, the daily housekeeping) come on a queue of their own and are taken by the consumer's thread, not
by the pool: they must not wait behind jobs that fill all of a worker's slots.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, get_args

import structlog
from celery import Celery, bootsteps
from celery.exceptions import Reject
from celery.signals import setup_logging, worker_shutting_down
from kombu import Consumer, Queue
from kombu.message import Message

from quantdesk.features.jobs import service as jobs
from quantdesk.features.refresh import service as refresh
from quantdesk.features.system.vitals import note_beat
from quantdesk.kit.context import Context
from quantdesk.ports.job_queue import RUN_JOB, QueueName
from quantdesk.settings import Settings
from quantdesk_worker.housekeeping import keep_house
from quantdesk_worker.loop import WorkerLoop
from quantdesk_worker.schedule import ERRANDS, HOUSEKEEPING, REFRESH, SWEEP

JOB_QUEUES: tuple[str, ...] = get_args(QueueName)
log = structlog.get_logger(__name__)


def add_tasks(app: Celery, loop: WorkerLoop) -> None:
    """Register the job task and the consumer of errands, both run by the worker's loop."""

    @app.task(name=RUN_JOB)  # type: ignore[untyped-decorator]
    def run_job(job_id: str) -> None:
        if loop.runner.stopping:
            raise Reject("this worker stops", requeue=True)
        loop.submit(loop.runner.run(job_id)).result()

    errands: dict[str, Callable[[], Any]] = {
        SWEEP: lambda: _sweep(loop.context),
        HOUSEKEEPING: lambda: keep_house(loop.context),
        REFRESH: lambda: refresh.tick(loop.context),
    }

    class Errands(bootsteps.ConsumerStep):  # type: ignore[misc]
        def get_consumers(self, channel: Any) -> list[Consumer]:
            return [Consumer(channel, queues=[Queue(ERRANDS)], callbacks=[self.take], accept=["json"])]

        def take(self, body: Any, message: Message) -> None:
            message.ack()
            if errand := errands.get(message.headers.get("task", "")):
                loop.submit(errand()).add_done_callback(_tell)

    app.steps["consumer"].add(Errands)


def run_worker(app: Celery, settings: Settings, loop: WorkerLoop) -> None:
    """Take jobs until TERM; then give back what runs, within seconds."""
    setup_logging.connect(lambda **_: None, weak=False)  # ours is configured; Celery keeps its hands off
    worker_shutting_down.connect(lambda **_: loop.give_back(), weak=False)
    loop.start()
    try:
        app.Worker(
            pool="threads",
            concurrency=settings.jobs.concurrency,
            queues=JOB_QUEUES,
            hostname=f"{settings.environment}@{loop.name}",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
        ).start()
    finally:
        loop.stop()


async def _sweep(context: Context) -> None:
    await note_beat(context.redis)
    await jobs.sweep(context)


def _tell(done: Future[Any]) -> None:
    if error := done.exception():
        log.error("errand failed", exc_info=error)
