"""The WebSocket of a document's kernel: passes typed messages between a page and the host of the kernels.

Opened with a one-use ticket (`POST /auth/ws-ticket`). A page that comes back says by `resume` what it has seen.
"""

from __future__ import annotations

import asyncio
import contextlib

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from quantdesk.api.security import CrossSite, check_same_origin
from quantdesk.features.auth import tickets
from quantdesk.features.auth.service import sessions_of
from quantdesk.features.notebooks import messages as m
from quantdesk.features.notebooks import service
from quantdesk.features.notebooks.errors import KernelsAway
from quantdesk.features.strategies import service as strategies
from quantdesk.features.strategies.errors import StrategyNotFound
from quantdesk.kit.context import Context
from quantdesk.kit.principal import Principal

UNAUTHENTICATED, ENDED, AWAY, UNKNOWN = 4401, 4403, 4410, 4404
"""Close codes: no good ticket; the session has ended; no host of kernels; no such document."""
ALIVE_SECONDS = 3.0

router = APIRouter()


@router.websocket("/kernels/{document}/ws")
async def websocket(socket: WebSocket, document: str, ticket: str = "") -> None:
    """Speak with a document's kernel; the messages are KernelRequest and KernelReply."""
    context: Context = socket.app.state.context
    try:
        check_same_origin(socket.headers, context.settings.api.public_url)
    except CrossSite:
        await socket.close(ENDED)  # before it is accepted: HTTP 403
        return
    principal = await tickets.redeem(context.redis, ticket)
    await socket.accept()
    if principal is None or not principal.may("trader", "strategies:write"):
        await socket.close(UNAUTHENTICATED, "the ticket is unknown, used or too old")
        return
    try:
        async with context.database.unit(write=False) as uow:
            await strategies.get(uow, document, principal.user_id)
        connection = await service.connect(context, principal.user_id, document)
    except StrategyNotFound:
        await socket.close(UNKNOWN, "there is no such document")
        return
    except KernelsAway:
        await socket.close(AWAY, "the host of the kernels does not answer")
        return
    code, reason = await _pump(socket, connection, context, principal)
    with contextlib.suppress(RuntimeError, TimeoutError):  # the client may be gone already
        async with asyncio.timeout(2):
            await socket.close(code, reason)


async def _pump(
    socket: WebSocket, connection: service.Connection, context: Context, principal: Principal
) -> tuple[int, str]:
    """Pass messages both ways until one side goes; give the close code and the reason."""
    tasks = {
        asyncio.create_task(_to_kernel(socket, connection)): (1000, ""),
        asyncio.create_task(_to_page(socket, connection)): (AWAY, "the host of the kernels has gone"),
        asyncio.create_task(_until_ended(context, principal)): (ENDED, "the session has ended"),
    }
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return tasks[done.pop()]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        connection.close()


async def _to_kernel(socket: WebSocket, connection: service.Connection) -> None:
    with contextlib.suppress(WebSocketDisconnect, KernelsAway):
        while True:
            text = await socket.receive_text()
            try:
                request = m.REQUEST.validate_json(text)
            except ValidationError as error:
                refused = m.Refused(code="bad_message", message=str(error.errors()[0]["msg"]))
                await socket.send_text(refused.model_dump_json())
                continue
            await connection.send(request)


async def _to_page(socket: WebSocket, connection: service.Connection) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while (text := await connection.receive()) is not None:
            await socket.send_text(text)


async def _until_ended(context: Context, principal: Principal) -> None:
    """Wait for the end of the session; an API key, which only opens the socket by a ticket, is not looked at again."""
    while True:
        await asyncio.sleep(ALIVE_SECONDS)
        if principal.session_id is not None and not await sessions_of(context).alive(principal.session_id):
            return
