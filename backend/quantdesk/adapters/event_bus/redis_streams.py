"""The event bus on one Redis stream."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any, cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from quantdesk.ports.event_bus import BusMessage, EventsLost, order_of

STREAM = "qd:events"
KEEP = 50_000
"""Messages kept, about; a client that was away for longer reloads instead of resuming."""
_Entry = tuple[str, dict[str, str]]
_Entries = list[_Entry]
_ID = re.compile(r"[0-9]{1,18}(-[0-9]{1,18})?")
log = structlog.get_logger(__name__)


class RedisEventBus:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def publish(self, topic: str, body: str) -> str:
        fields: dict[Any, Any] = {"topic": topic, "body": body}
        return cast(str, await self._redis.xadd(STREAM, fields, maxlen=KEEP, approximate=True))

    async def listen(self, after: str | None = None) -> AsyncIterator[BusMessage]:
        last = after
        pause = 0.1
        while True:
            try:
                if last is None:
                    newest = cast(_Entries, await self._redis.xrevrange(STREAM, count=1))
                    last = newest[0][0] if newest else "0-0"
                # Shorter than the client's socket timeout, which would take the wait for an outage.
                answer = await self._redis.xread({STREAM: last}, count=500, block=2000)
                pause = 0.1
            except (RedisConnectionError, RedisTimeoutError) as error:
                log.warning("event bus is away; trying again", error=str(error), pause=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)
                continue
            for _stream, entries in cast(list[tuple[str, _Entries]], answer or []):
                for entry in entries:
                    last = entry[0]
                    yield _message(entry)

    async def replay(self, topics: set[str], after: str, limit: int = 5000) -> list[BusMessage]:
        if not _ID.fullmatch(after):
            raise ValueError(f"{after!r} is not an id of the event bus")
        oldest = cast(_Entries, await self._redis.xrange(STREAM, count=1))
        if not oldest or order_of(after) < order_of(oldest[0][0]):
            raise EventsLost(f"messages after {after} are no longer kept")
        found: list[BusMessage] = []
        start = after
        while entries := cast(_Entries, await self._redis.xrange(STREAM, min=f"({start}", count=1000)):
            start = entries[-1][0]
            found += [_message(entry) for entry in entries if entry[1]["topic"] in topics]
            if len(found) > limit:
                raise EventsLost(f"more than {limit} messages came after {after}")
        return found


def _message(entry: _Entry) -> BusMessage:
    return BusMessage(id=entry[0], topic=entry[1]["topic"], body=entry[1]["body"])
