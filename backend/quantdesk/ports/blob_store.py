"""Named bytes: reports, artifacts, exports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol


class BlobStore(Protocol):
    """Keys are slash-separated relative paths of [A-Za-z0-9._-] parts. A put is atomic and replaces."""

    async def put(self, key: str, data: bytes, *, content_type: str = "application/octet-stream") -> None:
        """Store. Raise StoreFull."""
        ...

    async def get(self, key: str) -> bytes:
        """Read. Raise NotFound."""
        ...

    async def put_file(self, key: str, path: Path, *, content_type: str = "application/octet-stream") -> None:
        """Store a local file's bytes in bounded memory; the file may be gone afterwards. Raise StoreFull."""
        ...

    async def size(self, key: str) -> int:
        """Give the number of bytes. Raise NotFound."""
        ...

    def stream(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Yield the bytes from `start` on, at most `length`, in pieces. Raise NotFound when the first is asked for.

        A put or delete meanwhile does not change what comes.
        """
        ...

    async def delete(self, key: str) -> None:
        """Remove; nothing happens when there is no such key."""
        ...

    async def keys(self, prefix: str = "") -> list[str]:
        """Give the keys that start with the prefix, sorted."""
        ...
