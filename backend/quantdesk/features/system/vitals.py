"""Signs of life of the background processes, in Redis."""

from __future__ import annotations

import time
from dataclasses import dataclass

from redis.asyncio import Redis

_WORKERS = "qd:vitals:worker:"
_BEAT = "qd:vitals:beat"
LOST_SECONDS = 10
"""A worker not heard of for so long does not count as alive."""


@dataclass(frozen=True, slots=True)
class Worker:
    name: str
    """host:pid."""
    running: int
    """Jobs it works on."""
    age: float
    """Seconds since its last sign of life."""


async def beat_worker(redis: Redis, name: str, *, running: int) -> None:
    """Note that this worker lives."""
    async with redis.pipeline() as pipe:
        pipe.hset(_WORKERS + name, mapping={"at": time.time(), "running": running})
        pipe.expire(_WORKERS + name, LOST_SECONDS)
        await pipe.execute()


async def forget_worker(redis: Redis, name: str) -> None:
    await redis.delete(_WORKERS + name)


async def workers(redis: Redis) -> list[Worker]:
    """Give the workers that live, by name."""
    found = []
    async for key in redis.scan_iter(match=_WORKERS + "*", count=500):
        if fields := await redis.hgetall(key):
            age = max(0.0, time.time() - float(fields["at"]))
            found.append(Worker(key.removeprefix(_WORKERS), int(fields["running"]), age))
    return sorted(found, key=lambda worker: worker.name)


async def note_beat(redis: Redis) -> None:
    """Note that an errand of beat's has arrived."""
    await redis.set(_BEAT, time.time())


async def beat_age(redis: Redis) -> float | None:
    """Give the seconds since beat's last errand arrived; None when none ever did."""
    at = await redis.get(_BEAT)
    return None if at is None else max(0.0, time.time() - float(at))
