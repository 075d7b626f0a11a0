"""The event bus on one Redis stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import structlog
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from quantdesk.ports.event_bus import BusMessage

STREAM = "qd:events"
KEEP = 50_000
"""Messages kept, about; a client that was away for longer reloads instead of resuming."""
log = structlog.get_logger(__name__)


class RedisEventBus:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def publish(self, topic: str, body: str) -> str:
        id: str = await self._redis.xadd(STREAM, {"topic": topic, "body": body}, maxlen=KEEP, approximate=True)
        return id

    async def listen(self, after: str | None = None) -> AsyncIterator[BusMessage]:
        last = after
        pause = 0.1
        while True:
            try:
                if last is None:
                    newest = await self._redis.xrevrange(STREAM, count=1)
                    last = newest[0][0] if newest else "0-0"
                answer = await self._redis.xread({STREAM: last}, count=500, block=2000)  # below the client's socket timeout
                pause = 0.1
            except (RedisConnectionError, RedisTimeoutError) as error:
                log.warning("event bus is away; trying again", error=str(error), pause=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)
                continue
            for _stream, entries in answer or []:
                for id, fields in entries:
                    last = id
                    yield BusMessage(id=id, topic=fields["topic"], body=fields["body"])

    async def replay(self, topics: set[str], after: str, limit: int = 5000) -> list[BusMessage]:
        found: list[BusMessage] = []
        start = f"({after}"
        while len(found) < limit:
            try:
                entries = await self._redis.xrange(STREAM, min=start, count=1000)
            except ResponseError as error:
                raise ValueError(f"last_event_id {after!r} is not an id of this bus") from error
            if not entries:
                break
            found += [
                BusMessage(id=id, topic=fields["topic"], body=fields["body"])
                for id, fields in entries
                if fields["topic"] in topics
            ]
            start = f"({entries[-1][0]}"
        return found[:limit]
