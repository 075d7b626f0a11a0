"""The API's side of the kernels: connections to their host."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from quantdesk.features.notebooks import messages as m
from quantdesk.features.notebooks.errors import KernelsAway
from quantdesk.features.notebooks.host import COLLECTION, LINE_BYTES, socket_path
from quantdesk.features.notebooks.schemas import Hello, KernelItem
from quantdesk.features.strategies import service as strategies
from quantdesk.kit.context import Context


class Connection:
    """One page's view of one document's kernel."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, request: m.KernelRequest) -> None:
        """Send a request. Raise KernelsAway."""
        try:
            self._writer.write(request.model_dump_json().encode() + b"\n")
            await self._writer.drain()
        except ConnectionError:
            raise KernelsAway from None

    async def receive(self) -> str | None:
        """Give the next reply as JSON of a KernelReply; None when the host has gone."""
        try:
            line = await self._reader.readline()
        except (ConnectionError, ValueError):
            return None
        return line.decode().rstrip() if line else None

    def close(self) -> None:
        self._writer.close()


async def connect(context: Context, owner_id: str, document: str) -> Connection:
    """Connect to the host for a document of this owner. Raise KernelsAway."""
    reader, writer = await open_host(context)
    writer.write(Hello(owner=owner_id, document=document).model_dump_json().encode() + b"\n")
    return Connection(reader, writer)


async def list_kernels(context: Context, owner_id: str) -> list[KernelItem]:
    """Give the owner's kernels. Raise KernelsAway."""
    return [KernelItem.model_validate(one) for one in await _listed(context) if one["owner"] == owner_id]


async def count_kernels(context: Context) -> int | None:
    """Give how many kernels run, of all users; None when their host does not answer."""
    try:
        return len(await _listed(context))
    except KernelsAway:
        return None


async def _listed(context: Context) -> list[dict[str, Any]]:
    reader, writer = await open_host(context)
    try:
        writer.write(b"list\n")
        listed = json.loads(await reader.readline() or b"[]")
    except (ConnectionError, ValueError):
        raise KernelsAway from None
    finally:
        writer.close()
    return [one for one in listed if one["state"] != "none"]


async def purge(context: Context) -> int:
    """Forget the outputs of documents that are gone for good; give how many."""
    gone, after = 0, ""
    while ids := await context.documents.ids(COLLECTION, after=after):
        after = ids[-1]
        async with context.database.unit(write=False) as uow:
            kept = await strategies.kept(uow, ids)
        for document in sorted(set(ids) - kept):
            await context.documents.delete(COLLECTION, document)
            gone += 1
    return gone


async def open_host(context: Context) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the host. The first line to it says what is wanted. Raise KernelsAway."""
    try:
        return await asyncio.open_unix_connection(str(socket_path(context.settings)), limit=4 * LINE_BYTES)
    except OSError:
        raise KernelsAway from None
