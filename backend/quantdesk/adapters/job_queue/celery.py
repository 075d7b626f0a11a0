"""The job queue on Celery: the producer's side."""

from __future__ import annotations

import asyncio

from celery import Celery
from redis.asyncio import Redis

from quantdesk.ports.job_queue import RUN_JOB, QueueName


def celery_broker_url(redis_url: str) -> str:
    """Give the URL as kombu spells it; a unix socket has a scheme of its own."""
    if redis_url.startswith("unix://"):
        path, _, query = redis_url.removeprefix("unix://").partition("?")
        database = query.removeprefix("db=") or "0"
        return f"redis+socket://{path}?virtual_host={database}"
    return redis_url


def make_celery(redis_url: str) -> Celery:
    """Make the Celery app of producer and worker. The jobs table is the truth, so there is no result backend.

    The visibility timeout is longer than any job: a lost worker is noticed by its lease in SQL, not by Redis.
    """
    app = Celery("quantdesk", broker=celery_broker_url(redis_url))
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_ignore_result=True,
        task_default_queue="default",
        task_serializer="json",
        accept_content=["json"],
        enable_utc=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_enable_remote_control=False,
        broker_transport_options={
            "visibility_timeout": 7 * 24 * 3600,
            "unacked_restore_interval": 1,
            "unacked_restore_throttle": 1,
            "socket_connect_timeout": 3,
        },
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
    )
    return app


class CeleryJobQueue:
    def __init__(self, app: Celery, redis: Redis) -> None:
        self._app = app
        self._redis = redis

    async def enqueue(self, job_id: str, queue: QueueName, *, request_id: str | None = None) -> None:
        # kombu's Redis transport blocks; a thread keeps the loop free when Redis is slow to answer.
        await asyncio.to_thread(
            self._app.send_task,
            RUN_JOB,
            args=(job_id,),
            queue=queue,
            headers={"request_id": request_id or ""},
            retry=False,
        )

    async def depth(self, queue: QueueName) -> int:
        return int(await self._redis.llen(queue))
