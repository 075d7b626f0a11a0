"""JSON documents in a SQLite file of their own: a put never waits for the relational database."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiosqlite

from quantdesk.ports.document_store import Document
from quantdesk.ports.errors import NotFound

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    collection TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (collection, id)
) WITHOUT ROWID
"""


class SqliteDocumentStore:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: aiosqlite.Connection | None = None
        self._opening = asyncio.Lock()

    async def _open(self) -> aiosqlite.Connection:
        async with self._opening:
            if self._connection is None:
                connection = await aiosqlite.connect(self._path, timeout=30, isolation_level=None)
                # secure_delete: what is replaced or deleted is overwritten, not only forgotten
                for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
                    await connection.execute(f"PRAGMA {pragma}")
                await connection.execute(_SCHEMA)
                self._connection = connection
            return self._connection

    async def put(self, collection: str, id: str, document: Document) -> None:
        connection = await self._open()
        await connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            (collection, id, json.dumps(document, ensure_ascii=False)),
        )

    async def get(self, collection: str, id: str) -> Document:
        found = await self.get_many(collection, [id])
        if id not in found:
            raise NotFound(f"no document {id} in {collection}")
        return found[id]

    async def get_many(self, collection: str, ids: list[str]) -> dict[str, Document]:
        connection = await self._open()
        found: dict[str, Document] = {}
        for first in range(0, len(ids), 500):
            part = ids[first : first + 500]
            marks = ",".join("?" * len(part))
            query = f"SELECT id, body FROM documents WHERE collection = ? AND id IN ({marks})"  # noqa: S608 - only marks
            # All rows at once: while a cursor is open nothing can scrub.
            for id, body in await connection.execute_fetchall(query, (collection, *part)):
                found[id] = json.loads(body)
        return found

    async def delete(self, collection: str, id: str) -> None:
        connection = await self._open()
        await connection.execute("DELETE FROM documents WHERE collection = ? AND id = ?", (collection, id))

    async def ids(self, collection: str, *, after: str = "", limit: int = 500) -> list[str]:
        connection = await self._open()
        query = "SELECT id FROM documents WHERE collection = ? AND id > ? ORDER BY id LIMIT ?"
        return [id for (id,) in await connection.execute_fetchall(query, (collection, after, limit))]

    async def scrub(self) -> None:
        # The file is written anew without its free pages; then the log, which may hold old pages, is emptied.
        connection = await self._open()
        await connection.execute("VACUUM")
        await connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        async with self._opening:
            if self._connection is not None:
                await self._connection.close()
                self._connection = None
