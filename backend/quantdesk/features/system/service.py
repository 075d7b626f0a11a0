"""What the installation says about itself."""

from __future__ import annotations

import asyncio
from typing import get_args

from sqlalchemy import make_url

from quantdesk import __version__
from quantdesk.core.instruments.symbol import is_simulated
from quantdesk.features.jobs import service as jobs
from quantdesk.features.system import checks, vitals
from quantdesk.features.system.metrics import Gauges, QueueGauge
from quantdesk.features.system.schemas import Doctor, Readiness, SystemInfo
from quantdesk.kit.context import Context
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.job_queue import QueueName


async def readiness(context: Context) -> Readiness:
    """Say whether what every request needs answers."""
    found = await asyncio.gather(*(checks.run(name, probe, context) for name, probe in checks.READINESS.items()))
    failed = [check.name for check in found if check.status == "failed"]
    return Readiness(ready=not failed, failed=failed)


async def doctor(context: Context) -> Doctor:
    """Look at everything."""
    found = await asyncio.gather(*(checks.run(name, probe, context) for name, probe in checks.ALL.items()))
    return Doctor(checks=list(found))


async def info(context: Context) -> SystemInfo:
    settings = context.settings
    stored = await asyncio.to_thread(context.bars.list_coverage, "1d")
    return SystemInfo(
        version=__version__,
        environment=settings.environment,
        database="sqlite" if make_url(settings.database_url).get_backend_name() == "sqlite" else "postgresql",
        redis="embedded" if settings.redis.url is None else "server",
        online_sources=list(context.sources),
        demo=any(is_simulated(coverage.symbol) for coverage in stored),
    )


async def gauges(uow: UnitOfWork, context: Context) -> Gauges:
    """Read what the metrics show of jobs, queues and background processes."""
    queues: tuple[QueueName, ...] = get_args(QueueName)
    return Gauges(
        jobs=await jobs.counts(uow),
        queues=[QueueGauge(queue, await context.queue.depth(queue)) for queue in queues],
        workers=await vitals.workers(context.redis),
        beat_age=await vitals.beat_age(context.redis),
    )
