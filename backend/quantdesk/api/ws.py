"""The WebSocket `/api/v1/ws`: one listener on the event bus a process, fanned out by topic.

Opened with a one-use ticket (`POST /auth/ws-ticket`). A client that falls behind is closed with 4408 and comes back
with `last_event_id`; between its kept and its live events there is neither a gap nor a repeat.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect
from pydantic import TypeAdapter, ValidationError

from quantdesk.api.messages import (
    ClientMessage,
    Event,
    EventMessage,
    Ping,
    Pong,
    ServerMessage,
    Subscribe,
    Subscribed,
    Unsubscribe,
    WsError,
)
from quantdesk.api.security import CrossSite, check_same_origin
from quantdesk.features.auth import tickets
from quantdesk.features.auth.service import sessions_of
from quantdesk.features.auth.tables import ApiKeyRow, UserRow
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.errors import JobNotFound
from quantdesk.features.sources.events import TOPIC as SOURCES_TOPIC
from quantdesk.features.system.metrics import Metrics
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.principal import Principal
from quantdesk.ports.event_bus import BusMessage, EventsLost, order_of

UNAUTHENTICATED, ENDED, TOO_SLOW = 4401, 4403, 4408
"""Close codes: no good ticket; the session or key has ended; the client fell behind."""
PENDING_BYTES = 8_000_000
"""What may wait for one client."""
REPLAY_LIMIT = 5000
TOPIC_LIMIT = 200
ALIVE_SECONDS = 3.0
SEND_SECONDS = 20.0

router = APIRouter()
log = structlog.get_logger(__name__)
_client_message: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)
_event: TypeAdapter[Event] = TypeAdapter(Event)


class Connection:
    """One client: its topics and what waits to be sent."""

    def __init__(self, socket: WebSocket, principal: Principal) -> None:
        self.socket = socket
        self.principal = principal
        self.names: dict[str, str] = {}
        """Topic of the bus → the client's name of it."""
        self.overflown = asyncio.Event()
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._pending = 0
        self._held: list[BusMessage] | None = None
        self._last: dict[str, tuple[int, int]] = {}

    def offer(self, message: BusMessage) -> None:
        """Take a live event. One that was replayed already is dropped."""
        if self._held is not None:
            self._held.append(message)
            return
        order = order_of(message.id)
        if message.topic not in self.names or order <= self._last.get(message.topic, (0, 0)):
            return
        self._last[message.topic] = order
        try:
            event = _event.validate_json(message.body)
        except ValidationError:
            # A worker of another version: one odd event must not cost a page all the others.
            log.warning("an event of an unknown form was left out", id=message.id, topic=message.topic)
            return
        self.send(EventMessage(id=message.id, topic=self.names[message.topic], event=event))

    def send(self, message: ServerMessage) -> None:
        text = message.model_dump_json()
        self._pending += len(text)
        if self._pending > PENDING_BYTES:
            self.overflown.set()
        else:
            self._queue.put_nowait(text)

    def hold(self) -> None:
        """Keep live events back while kept ones are read."""
        self._held = []

    def release(self, kept: list[BusMessage]) -> None:
        """Send the kept events, then the live ones that came meanwhile."""
        held, self._held = self._held or [], None
        for message in (*kept, *held):
            self.offer(message)

    async def send_forever(self) -> None:
        while True:
            text = await self._queue.get()
            async with asyncio.timeout(SEND_SECONDS):
                await self.socket.send_text(text)
            self._pending -= len(text)


class Hub:
    """All clients of this process."""

    def __init__(self, context: Context, metrics: Metrics) -> None:
        self.context = context
        self.metrics = metrics
        self._topics: defaultdict[str, set[Connection]] = defaultdict(set)

    async def listen_forever(self) -> None:
        """Fan out the bus's messages; run one of these a process."""
        while True:
            try:
                async for message in self.context.events.listen():
                    for connection in tuple(self._topics.get(message.topic, ())):
                        connection.offer(message)
            except Exception:
                log.exception("the event listener failed; starting it again")
                await asyncio.sleep(1)

    def leave(self, connection: Connection, topics: set[str]) -> None:
        for topic in topics:
            connection.names.pop(topic, None)
            self._topics[topic].discard(connection)
            if not self._topics[topic]:
                del self._topics[topic]

    async def answer(self, connection: Connection, message: ClientMessage) -> None:
        match message:
            case Ping():
                connection.send(Pong())
            case Subscribe():
                await self._subscribe(connection, message)
            case Unsubscribe():
                wanted = set(message.topics)
                self.leave(connection, {topic for topic, name in connection.names.items() if name in wanted})
                connection.send(Subscribed(topics=sorted(connection.names.values())))

    async def _subscribe(self, connection: Connection, message: Subscribe) -> None:
        joined: set[str] = set()
        for name in dict.fromkeys(message.topics):
            topic = await self._bus_topic(connection.principal, name)
            if topic is None:
                connection.send(WsError(code="topic_unknown", message=f"there is no topic {name} for you"))
            elif len(connection.names) >= TOPIC_LIMIT and topic not in connection.names:
                connection.send(
                    WsError(code="too_many_topics", message=f"more than {TOPIC_LIMIT} topics on one socket")
                )
            else:
                connection.names[topic] = name
                joined.add(topic)
        connection.send(Subscribed(topics=sorted(connection.names.values())))
        connection.hold()
        kept: list[BusMessage] = []
        try:
            for topic in joined:
                self._topics[topic].add(connection)
            if message.last_event_id and joined:
                kept = await self.context.events.replay(joined, message.last_event_id, REPLAY_LIMIT)
        except (EventsLost, ValueError) as error:
            connection.send(WsError(code="resync", message=f"{error}; load the state anew"))
        finally:
            connection.release(kept)

    async def _bus_topic(self, principal: Principal, name: str) -> str | None:
        """Give the bus's topic of the client's name; None when there is none, or it is somebody else's."""
        if name == "jobs":
            return f"jobs.user.{principal.user_id}"
        if name == SOURCES_TOPIC:
            return name if principal.may("viewer", "market:read") else None
        area, _, job_id = name.partition(".")
        if area != "jobs" or "." in job_id:
            return None
        async with self.context.database.unit(write=False) as uow:
            try:
                await jobs.get(uow, job_id, principal.user_id)
            except JobNotFound:
                return None
        return name

    async def alive(self, principal: Principal) -> bool:
        """Say whether the session or API key behind the socket goes on; a socket does not prolong it."""
        if principal.session_id is not None:
            return await sessions_of(self.context).alive(principal.session_id)
        async with self.context.database.unit(write=False) as uow:
            key = await uow.session.get(ApiKeyRow, principal.api_key_id)
            user = await uow.session.get(UserRow, principal.user_id)
        if key is None or user is None or key.revoked_at is not None or user.disabled:
            return False
        return key.expires_at is None or key.expires_at > clock.utcnow()


@asynccontextmanager
async def running_hub(app: FastAPI) -> AsyncIterator[None]:
    """Give the app, whose state has `context` and `metrics`, its hub, and let it listen while the body runs."""
    app.state.hub = Hub(app.state.context, app.state.metrics)
    listening = asyncio.create_task(app.state.hub.listen_forever())
    try:
        yield
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


@router.websocket("/ws")
async def websocket(socket: WebSocket, ticket: str = "") -> None:
    """Stream events; the messages are ClientMessage and ServerMessage."""
    hub: Hub = socket.app.state.hub
    try:
        check_same_origin(socket.headers, hub.context.settings.api.public_url)
    except CrossSite:
        await socket.close(ENDED)  # before it is accepted: HTTP 403
        return
    principal = await tickets.redeem(hub.context.redis, ticket)
    await socket.accept()
    if principal is None:
        await socket.close(UNAUTHENTICATED, "the ticket is unknown, used or too old")
        return
    connection = Connection(socket, principal)
    hub.metrics.sockets.inc()
    try:
        code, reason = await _serve(hub, connection)
    finally:
        hub.metrics.sockets.dec()
        hub.leave(connection, set(connection.names))
    with contextlib.suppress(RuntimeError, TimeoutError):  # the client may be gone already
        async with asyncio.timeout(2):
            await socket.close(code, reason)


async def _serve(hub: Hub, connection: Connection) -> tuple[int, str]:
    """Serve until one of the reasons to stop; give the close code and the reason."""
    tasks: dict[asyncio.Task[object], tuple[int, str]] = {
        asyncio.create_task(_receive_forever(hub, connection)): (1000, ""),
        asyncio.create_task(connection.send_forever()): (TOO_SLOW, "too slow; come back with last_event_id"),
        asyncio.create_task(connection.overflown.wait()): (TOO_SLOW, "too slow; come back with last_event_id"),
        asyncio.create_task(_until_ended(hub, connection.principal)): (ENDED, "the session has ended"),
    }
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for task, result in zip(tasks, results, strict=True):
        if (
            task in done
            and isinstance(result, Exception)
            and not isinstance(result, WebSocketDisconnect | TimeoutError)
        ):
            log.error("websocket failed", exc_info=result)
            return 1011, "something went wrong on our side"
    return next(tasks[task] for task in tasks if task in done)


async def _receive_forever(hub: Hub, connection: Connection) -> None:
    while True:
        text = await connection.socket.receive_text()
        try:
            message = _client_message.validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            connection.send(WsError(code="message_invalid", message=f"{where}: {first['msg']}"))
            continue
        await hub.answer(connection, message)


async def _until_ended(hub: Hub, principal: Principal) -> None:
    while True:
        await asyncio.sleep(ALIVE_SECONDS)
        try:
            if not await hub.alive(principal):
                return
        except Exception as error:
            log.warning("cannot tell whether a session goes on", error=str(error))
