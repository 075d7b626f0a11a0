"""What every event bus promises. `own_redis` is stopped and started by the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from quantdesk.adapters.event_bus import redis_streams
from quantdesk.adapters.event_bus.redis_streams import RedisEventBus
from quantdesk.bootstrap import make_redis
from quantdesk.ports.event_bus import BusMessage, EventBus, EventsLost
from quantdesk.settings import Settings
from tests.support.redis_server import RedisServer

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
async def bus(own_redis: RedisServer) -> AsyncIterator[EventBus]:
    client = make_redis(Settings.model_validate({"redis": {"url": own_redis.url}}))
    yield RedisEventBus(client)
    await client.aclose()


async def collect(bus: EventBus, count: int, after: str) -> list[BusMessage]:
    found: list[BusMessage] = []
    async with aclosing(bus.listen(after)) as messages:  # type: ignore[type-var]
        async for message in messages:
            found.append(message)
            if len(found) == count:
                break
    return found


async def test_a_listener_gets_every_message_after_its_id_in_order(bus: EventBus) -> None:
    first = await bus.publish("a", "0")
    ids = [await bus.publish("ab"[number % 2], str(number)) for number in range(1200)]
    found = await collect(bus, 1200, first)
    assert [message.id for message in found] == ids
    assert [message.body for message in found] == [str(number) for number in range(1200)]
    assert {message.topic for message in found} == {"a", "b"}


async def test_a_listener_without_an_id_begins_now(bus: EventBus) -> None:
    await bus.publish("a", "before")
    async with aclosing(bus.listen()) as messages:  # type: ignore[type-var]
        waiting = asyncio.ensure_future(anext(messages))
        while not waiting.done():  # it may not listen yet when the first is published
            await bus.publish("a", "after")
            await asyncio.wait({waiting}, timeout=0.05)
        assert waiting.result().body == "after"


async def test_a_listener_goes_on_after_the_server_was_away(bus: EventBus, own_redis: RedisServer) -> None:
    mark = await bus.publish("a", "mark")
    async with aclosing(bus.listen(mark)) as messages:  # type: ignore[type-var]
        await bus.publish("a", "one")
        assert (await anext(messages)).body == "one"
        waiting = asyncio.ensure_future(anext(messages))
        await asyncio.wait({waiting}, timeout=0.1)
        own_redis.stop()
        await asyncio.wait({waiting}, timeout=0.5)
        own_redis.start()
        await bus.publish("a", "two")
        assert (await waiting).body == "two"


async def test_a_listener_outlasts_a_silence_longer_than_the_clients_timeout(
    bus: EventBus, caplog: pytest.LogCaptureFixture
) -> None:
    """The wait for messages must end before the client takes it for an outage."""
    mark = await bus.publish("a", "mark")
    async with aclosing(bus.listen(mark)) as messages:  # type: ignore[type-var]
        waiting = asyncio.ensure_future(anext(messages))
        await asyncio.wait({waiting}, timeout=6)
        assert not waiting.done()
        await bus.publish("a", "late")
        assert (await waiting).body == "late"
    assert "event bus is away" not in caplog.text


async def test_a_replay_gives_the_wanted_topics_after_the_id(bus: EventBus) -> None:
    ids = [await bus.publish("abc"[number % 3], str(number)) for number in range(2400)]
    found = await bus.replay({"a", "c"}, ids[299])
    assert [int(message.body) for message in found] == [n for n in range(300, 2400) if n % 3 != 1]
    assert await bus.replay({"a"}, ids[-1]) == []


async def test_a_replay_that_would_have_a_gap_is_refused(bus: EventBus, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EventsLost):
        await bus.replay({"a"}, "1-0")  # nothing is kept, and yet the client has an id
    monkeypatch.setattr(redis_streams, "KEEP", 100)
    ids = [await bus.publish("a", "x") for _ in range(1000)]
    with pytest.raises(EventsLost):
        await bus.replay({"a"}, ids[0])
    with pytest.raises(EventsLost):
        await bus.replay({"a"}, ids[-51], limit=49)
    assert len(await bus.replay({"a"}, ids[-51], limit=50)) == 50


@pytest.mark.parametrize("id", ["", "x", "1-", "-1", "1-1-1", "9" * 40, "1\n"])
async def test_what_is_no_id_is_refused(bus: EventBus, id: str) -> None:
    with pytest.raises(ValueError, match="is not an id"):
        await bus.replay({"a"}, id)
