"""JSON documents by collection and id: strategy code, notification log."""

from __future__ import annotations

from typing import Any, Protocol

Document = dict[str, Any]


class DocumentStore(Protocol):
    """Documents are JSON objects. A put is atomic, durable when it returns, and replaces."""

    async def put(self, collection: str, id: str, document: Document) -> None: ...

    async def get(self, collection: str, id: str) -> Document:
        """Read. Raise NotFound."""
        ...

    async def get_many(self, collection: str, ids: list[str]) -> dict[str, Document]:
        """Read those that exist, by id."""
        ...

    async def delete(self, collection: str, id: str) -> None:
        """Remove; nothing happens when there is no such document."""
        ...

    async def ids(self, collection: str, *, after: str = "", limit: int = 500) -> list[str]:
        """Give the ids of a collection that come after this one, in order, at most `limit`."""
        ...

    async def scrub(self) -> None:
        """Leave nothing of what was replaced or deleted in the store's own files. It may take a while."""
        ...

    async def close(self) -> None: ...
