"""A job's log: a Redis list while it runs, a blob afterwards. Bounded: the newest lines stay."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Sequence
from typing import cast

from redis.asyncio import Redis

from quantdesk.features.jobs.schemas import JobLog, LogLine
from quantdesk.ports.blob_store import BlobStore
from quantdesk.ports.errors import NotFound

KEEP_LINES = 2000
LINE_LIMIT = 4000
"""Characters of one line."""
_LIVE_SECONDS = 7 * 24 * 3600


def _list_key(job_id: str) -> str:
    return f"qd:job:{job_id}:log"


def _blob_key(job_id: str) -> str:
    return f"jobs/{job_id}/log.jsonl.gz"


async def append_lines(redis: Redis, job_id: str, lines: Sequence[LogLine]) -> None:
    """Add to the live log. One line more than is kept stays, so that a reader sees that some were dropped."""
    key = _list_key(job_id)
    async with redis.pipeline(transaction=True) as pipe:
        pipe.rpush(key, *(line.model_dump_json() for line in lines))
        pipe.ltrim(key, -(KEEP_LINES + 1), -1)
        pipe.expire(key, _LIVE_SECONDS)
        await pipe.execute()


async def read_log(redis: Redis, blobs: BlobStore, job_id: str) -> JobLog:
    """Give the live log or, when there is none, the archived one; empty when nothing was logged."""
    raw = cast(list[str], await redis.lrange(_list_key(job_id), 0, -1))
    if not raw:
        try:
            raw = gzip.decompress(await blobs.get(_blob_key(job_id))).decode().split("\n")
        except NotFound:
            raw = []
    return JobLog(
        lines=[LogLine.model_validate_json(line) for line in raw[-KEEP_LINES:]],
        truncated=len(raw) > KEEP_LINES,
    )


async def archive_log(redis: Redis, blobs: BlobStore, job_id: str) -> None:
    """Move the live log of a finished job to a blob."""
    key = _list_key(job_id)
    raw = cast(list[str], await redis.lrange(key, 0, -1))
    if raw:
        await blobs.put(_blob_key(job_id), gzip.compress("\n".join(raw).encode()), content_type="application/gzip")
        await redis.delete(key)


async def clear_log(redis: Redis, job_id: str) -> None:
    """Begin the live log anew."""
    await redis.delete(_list_key(job_id))


async def live_logs(redis: Redis) -> AsyncIterator[str]:
    """Yield the ids of the jobs that have a live log."""
    async for key in redis.scan_iter(match=_list_key("*"), count=500):
        yield key.split(":")[2]
