"""Named bytes: reports, artifacts, exports."""

from __future__ import annotations

from typing import Protocol


class BlobStore(Protocol):
    """Keys are slash-separated relative paths of [A-Za-z0-9._-] parts. A put is atomic and replaces."""

    async def put(self, key: str, data: bytes, *, content_type: str = "application/octet-stream") -> None:
        """Store. Raise StoreFull."""
        ...

    async def get(self, key: str) -> bytes:
        """Read. Raise NotFound."""
        ...

    async def delete(self, key: str) -> None:
        """Remove; nothing happens when there is no such key."""
        ...

    async def keys(self, prefix: str = "") -> list[str]:
        """Give the keys that start with the prefix, sorted."""
        ...
