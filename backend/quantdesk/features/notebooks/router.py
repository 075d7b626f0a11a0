"""Routes of the kernels. A document is a strategy; the page uses the WebSocket, a program may use the rest."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response, status

from quantdesk.features.notebooks import messages as m
from quantdesk.features.notebooks import schemas, service
from quantdesk.features.notebooks.errors import KernelsAway
from quantdesk.features.strategies import service as strategies
from quantdesk.features.strategies.errors import StrategyNotFound
from quantdesk.kit.context import Context
from quantdesk.kit.http import COMMON_PROBLEMS, ContextDep, ReadUnit, problems, require
from quantdesk.kit.principal import Principal

router = APIRouter(prefix="/kernels", tags=["notebooks"], responses=COMMON_PROBLEMS)
Writer = Annotated[Principal, Depends(require("trader", "strategies:write"))]
Document = Annotated[str, Path(max_length=40, description="Id of the strategy")]


@router.get("")
async def list_kernels(context: ContextDep, principal: Writer) -> schemas.KernelList:
    """Give your kernels with what they take."""
    try:
        return schemas.KernelList(hosted=True, items=await service.list_kernels(context, principal.user_id))
    except KernelsAway:
        return schemas.KernelList(hosted=False, items=[])


@router.post("/{document}/run", responses=problems(StrategyNotFound, KernelsAway))
async def run_code(
    document: Document, body: schemas.RunCode, context: ContextDep, uow: ReadUnit, principal: Writer
) -> schemas.RunResult:
    """Run code in the document's kernel, which is started if there is none, and give all that it gave."""
    await strategies.get(uow, document, principal.user_id)
    connection = await service.connect(context, principal.user_id, document)
    cell = f"api-{secrets.token_hex(8)}"
    replies: list[m.KernelReply] = []
    try:
        await connection.send(m.Resume(after=2**53))
        await connection.send(m.Execute(cell=cell, code=body.code))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(body.timeout_s):
                await _collect(connection, cell, replies)
        if not replies or not isinstance(replies[-1], m.CellDone):
            await connection.send(m.Interrupt())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(5):
                    await _collect(connection, cell, replies)
    finally:
        connection.close()
    return schemas.RunResult(replies=replies)


@router.post("/{document}/interrupt", status_code=204, responses=problems(StrategyNotFound, KernelsAway))
async def interrupt_kernel(document: Document, context: ContextDep, uow: ReadUnit, principal: Writer) -> Response:
    """Stop the running cell; those that wait are aborted."""
    return await _tell(context, uow, principal, document, m.Interrupt())


@router.post("/{document}/restart", status_code=204, responses=problems(StrategyNotFound, KernelsAway))
async def restart_kernel(document: Document, context: ContextDep, uow: ReadUnit, principal: Writer) -> Response:
    """Begin with an empty kernel."""
    return await _tell(context, uow, principal, document, m.Restart())


@router.delete("/{document}", status_code=204, responses=problems(StrategyNotFound, KernelsAway))
async def end_kernel(document: Document, context: ContextDep, uow: ReadUnit, principal: Writer) -> Response:
    """End the kernel and give its memory back; outputs stay."""
    return await _tell(context, uow, principal, document, m.Shutdown())


async def _tell(
    context: Context, uow: ReadUnit, principal: Principal, document: str, request: m.KernelRequest
) -> Response:
    await strategies.get(uow, document, principal.user_id)
    connection = await service.connect(context, principal.user_id, document)
    try:
        await connection.send(request)
        # Its answer to this says that the request before has been taken.
        await connection.send(m.Resume(after=0))
        await connection.receive()
    finally:
        connection.close()
    return Response(status_code=status.HTTP_204_NO_CONTENT)


async def _collect(connection: service.Connection, cell: str, replies: list[m.KernelReply]) -> None:
    """Receive what a cell tells, until it is done. Raise KernelsAway."""
    while (text := await connection.receive()) is not None:
        reply = m.REPLY.validate_json(text)
        if getattr(reply, "cell", None) == cell:
            replies.append(reply)
            if isinstance(reply, m.CellDone):
                return
    raise KernelsAway
