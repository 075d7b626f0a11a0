"""The WebSocket with a real client over a real server: sign-in, topics, resume, ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from quantdesk.api import ws
from quantdesk.features.auth import tickets
from quantdesk.features.auth.service import sessions_of
from quantdesk.features.jobs import service as jobs
from quantdesk.kit.context import Context
from quantdesk.kit.principal import Principal
from tests.features.jobs.job_support import claim_job, make_owner, queue_job
from tests.support.app import sign_in

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """host:port of the app, served on loopback."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="on", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"{host}:{port}"
    server.should_exit = True
    await serving


@dataclass
class Client:
    socket: ClientConnection

    async def send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def get(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(await self.socket.recv())
        return message

    async def subscribe(self, *topics: str, last_event_id: str | None = None) -> None:
        """Subscribe, and wait until it is confirmed."""
        await self.send(type="subscribe", topics=list(topics), last_event_id=last_event_id)
        assert (await self.get())["type"] == "subscribed"

    async def closed(self) -> int | None:
        """Read to the end; give the close code."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.socket.recv()
        return self.socket.close_code


@pytest.fixture
async def owner(context: Context) -> Principal:
    principal, _token = await sign_in(context, "owner", "trader")
    return principal


@contextlib.asynccontextmanager
async def opened(context: Context, address: str, principal: Principal) -> AsyncIterator[Client]:
    ticket = await tickets.issue(context.redis, principal)
    async with connect(f"ws://{address}/api/v1/ws?ticket={ticket}") as socket:
        yield Client(socket)


@pytest.mark.parametrize("query", ["", "?ticket=", "?ticket=invented"])
async def test_without_a_good_ticket_it_closes_with_4401(address: str, query: str) -> None:
    async with connect(f"ws://{address}/api/v1/ws{query}") as socket:
        assert await Client(socket).closed() == 4401


async def test_a_ticket_opens_once(context: Context, address: str, owner: Principal) -> None:
    url = f"ws://{address}/api/v1/ws?ticket={await tickets.issue(context.redis, owner)}"
    async with connect(url) as first, connect(url) as second:
        await Client(first).send(type="ping")
        assert await Client(first).get() == {"type": "pong"}
        assert await Client(second).closed() == 4401


async def test_another_sites_page_is_refused(context: Context, address: str, owner: Principal) -> None:
    url = f"ws://{address}/api/v1/ws?ticket={await tickets.issue(context.redis, owner)}"
    with pytest.raises(InvalidStatus, match="403"):
        await connect(url, origin="https://evil.example").__aenter__()  # type: ignore[arg-type]
    async with connect(url, origin=f"http://{address}") as socket:  # type: ignore[arg-type]
        await Client(socket).send(type="ping")
        assert await Client(socket).get() == {"type": "pong"}


async def test_a_jobs_changes_arrive_under_both_topics(context: Context, address: str, owner: Principal) -> None:
    job = await queue_job(context, owner.user_id)
    async with opened(context, address, owner) as client:
        await client.subscribe("jobs", f"jobs.{job.id}")
        await claim_job(context, job.id)
        got = [await client.get() for _ in range(2)]
        assert {message["topic"] for message in got} == {"jobs", f"jobs.{job.id}"}
        for message in got:
            assert (message["event"]["type"], message["event"]["job"]["state"]) == ("job.changed", "running")


async def test_others_jobs_stay_unseen(context: Context, address: str, owner: Principal) -> None:
    stranger = await make_owner(context, "stranger")
    theirs = await queue_job(context, stranger)
    wanted = [f"jobs.{theirs.id}", f"jobs.user.{stranger}", "jobs.user", "market.quotes", "jobs."]
    async with opened(context, address, owner) as client:
        await client.send(type="subscribe", topics=[*wanted, "jobs"])
        answers = [await client.get() for _ in range(len(wanted) + 1)]
        assert [answer.get("code") for answer in answers] == ["topic_unknown"] * len(wanted) + [None]
        assert answers[-1]["topics"] == ["jobs"]
        await claim_job(context, theirs.id)
        await queue_job(context, owner.user_id)
        assert (await client.get())["event"]["job"]["state"] == "queued"


async def test_after_unsubscribing_nothing_comes(context: Context, address: str, owner: Principal) -> None:
    async with opened(context, address, owner) as client:
        await client.subscribe("jobs")
        await client.send(type="unsubscribe", topics=["jobs"])
        assert await client.get() == {"type": "subscribed", "topics": []}
        job = await queue_job(context, owner.user_id)
        await client.subscribe(f"jobs.{job.id}")
        await claim_job(context, job.id)
        assert (await client.get())["topic"] == f"jobs.{job.id}"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"type":"shout"}', '{"type":"subscribe","topics":[]}', '{"type":1}'])
async def test_a_message_that_is_none_is_answered_with_an_error(
    context: Context, address: str, owner: Principal, text: str
) -> None:
    async with opened(context, address, owner) as client:
        await client.socket.send(text)
        assert (await client.get())["code"] == "message_invalid"
        await client.send(type="ping")
        assert await client.get() == {"type": "pong"}


async def test_a_returning_client_gets_each_missed_event_once_and_in_order(
    context: Context, address: str, owner: Principal
) -> None:
    """Events are published before, while and after it comes back; it counts them."""
    job = await queue_job(context, owner.user_id)
    topic = f"jobs.{job.id}"
    body = json.dumps({"type": "job.log", "job_id": job.id, "lines": []})
    async with opened(context, address, owner) as client:
        await client.subscribe(topic)
        last = await context.events.publish(topic, body)
        assert (await client.get())["id"] == last
    missed = [await context.events.publish(topic, body) for _ in range(50)]
    async with opened(context, address, owner) as client:

        async def publish() -> list[str]:
            ids = []
            for _ in range(200):
                ids.append(await context.events.publish(topic, body))
                await asyncio.sleep(0)
            return ids

        publishing = asyncio.create_task(publish())
        await client.send(type="subscribe", topics=[topic], last_event_id=last)
        assert (await client.get())["type"] == "subscribed"
        ids = [(await client.get())["id"] for _ in range(250)]
        assert ids == missed + await publishing


@pytest.mark.parametrize("id", ["1-1", "nonsense", "-"])
async def test_a_client_away_for_too_long_is_told_to_load_anew(
    context: Context, address: str, owner: Principal, id: str
) -> None:
    await context.events.publish("test", "{}")
    async with opened(context, address, owner) as client:
        await client.subscribe("jobs", last_event_id=id)
        assert (await client.get())["code"] == "resync"
        await queue_job(context, owner.user_id)
        assert (await client.get())["type"] == "event"


async def test_a_client_that_does_not_read_is_closed_and_the_others_go_on(
    context: Context, address: str, owner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ws, "PENDING_BYTES", 20_000)
    job = await queue_job(context, owner.user_id)
    lines = [{"at": "2026-01-05T01:02:03Z", "level": "info", "text": "x" * 4000}] * 50
    body = json.dumps({"type": "job.log", "job_id": job.id, "lines": lines})
    async with opened(context, address, owner) as slow, opened(context, address, owner) as other:
        await slow.subscribe(f"jobs.{job.id}")
        await other.subscribe("jobs")
        await context.events.publish(f"jobs.{job.id}", body)
        assert await slow.closed() == 4408
        await claim_job(context, job.id)
        assert (await other.get())["event"]["job"]["state"] == "running"


async def test_the_socket_ends_with_its_session(
    context: Context, address: str, owner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ws, "ALIVE_SECONDS", 0.05)
    async with opened(context, address, owner) as client:
        await client.send(type="ping")
        assert await client.get() == {"type": "pong"}
        assert await sessions_of(context).end(owner.user_id, owner.session_id or "")
        assert await client.closed() == 4403


async def test_a_finished_job_is_seen_by_everyone_who_watches(context: Context, address: str, owner: Principal) -> None:
    job = await queue_job(context, owner.user_id)
    async with contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(opened(context, address, owner)) for _ in range(5)]
        for client in clients:
            await client.subscribe("jobs")
        async with context.database.unit() as uow:
            await jobs.cancel(uow, context, job.id, owner.user_id)
        states = [(await client.get())["event"]["job"]["state"] for client in clients]
    assert states == ["cancelled"] * 5


async def test_an_event_of_an_unknown_form_is_left_out_and_the_rest_arrives(
    context: Context, address: str, owner: Principal
) -> None:
    job = await queue_job(context, owner.user_id)
    async with opened(context, address, owner) as client:
        await client.subscribe(f"jobs.{job.id}")
        await context.events.publish(f"jobs.{job.id}", '{"type": "job.of_another_version"}')
        await claim_job(context, job.id)
        assert (await client.get())["event"]["job"]["state"] == "running"
