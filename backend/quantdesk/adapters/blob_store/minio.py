"""Blobs in a bucket of MinIO or another S3 server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

from quantdesk.adapters.blob_store.keys import checked
from quantdesk.kit.bucket import Bucket, PastTheEnd

_PIECE = 1 << 20


class MinioBlobStore:
    """See the port. A put is atomic since the server shows an object when all of its bytes have come.

    The client blocks, so each call has a thread.
    """

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    async def put(self, key: str, data: bytes, *, content_type: str = "application/octet-stream") -> None:
        await asyncio.to_thread(self._bucket.put, checked(key), data, content_type)

    async def put_file(self, key: str, path: Path, *, content_type: str = "application/octet-stream") -> None:
        await asyncio.to_thread(self._bucket.put_file, checked(key), path, content_type)
        await asyncio.to_thread(path.unlink, missing_ok=True)

    async def get(self, key: str) -> bytes:
        return await asyncio.to_thread(self._bucket.get, checked(key))

    async def size(self, key: str) -> int:
        return await asyncio.to_thread(self._bucket.size, checked(key))

    async def stream(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        if length == 0:
            await self.size(key)
            return
        try:
            opened = await asyncio.to_thread(self._bucket.open, checked(key), start, length or 0)
        except PastTheEnd:
            return
        with closing(opened):
            while piece := await asyncio.to_thread(opened.read, _PIECE):
                yield piece

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._bucket.delete, checked(key))

    async def keys(self, prefix: str = "") -> list[str]:
        return [one.name for one in await asyncio.to_thread(self._bucket.list, prefix)]
