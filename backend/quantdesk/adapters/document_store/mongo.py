"""JSON documents in MongoDB, a collection of the database for each collection of the port."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from bson.errors import BSONError
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo.errors import (
    ConfigurationError,
    ConnectionFailure,
    DocumentTooLarge,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
)

from quantdesk.ports.document_store import Document
from quantdesk.ports.errors import NotFound, PortError, StoreFull

_ASKED_AT_ONCE = 1_000
_NOT_ALLOWED = (13, 18, 8000)
_FULL = (14031,)
_LARGEST_MB = 16


class MongoDocumentStore:
    """See the port. A put waits until a majority of the servers have it in their journals.

    A document is kept as JSON text, so that it comes back as it was: BSON knows neither large integers nor every name
    of a field.
    """

    def __init__(self, url: str, database: str) -> None:
        self._url = url
        self._name = database
        self._database: AsyncIOMotorDatabase[Any] | None = None

    async def put(self, collection: str, id: str, document: Document) -> None:
        body = {"body": json.dumps(document, ensure_ascii=False)}
        async with self._opened() as database:
            try:
                await database[collection].replace_one({"_id": id}, body, upsert=True)
            except DuplicateKeyError:  # another put has made it between the server's look and its insert
                await database[collection].replace_one({"_id": id}, body, upsert=True)

    async def get(self, collection: str, id: str) -> Document:
        found = await self.get_many(collection, [id])
        if id not in found:
            raise NotFound(f"no document {id} in {collection}")
        return found[id]

    async def get_many(self, collection: str, ids: list[str]) -> dict[str, Document]:
        found: dict[str, Document] = {}
        async with self._opened() as database:
            for first in range(0, len(ids), _ASKED_AT_ONCE):
                wanted = {"_id": {"$in": ids[first : first + _ASKED_AT_ONCE]}}
                async for row in database[collection].find(wanted):
                    found[row["_id"]] = json.loads(row["body"])
        return found

    async def delete(self, collection: str, id: str) -> None:
        async with self._opened() as database:
            await database[collection].delete_one({"_id": id})

    async def ids(self, collection: str, *, after: str = "", limit: int = 500) -> list[str]:
        async with self._opened() as database:
            rows = database[collection].find({"_id": {"$gt": after}}, {"_id": 1}).sort("_id", 1).limit(limit)
            return [row["_id"] async for row in rows]

    async def scrub(self) -> None:
        """Give the collections' free space back. The server's journal and oplog forget in their own time."""
        async with self._opened() as database:
            for collection in await database.list_collection_names():
                await database.command("compact", collection, force=True)

    async def close(self) -> None:
        if self._database is not None:
            self._database.client.close()
            self._database = None

    @contextlib.asynccontextmanager
    async def _opened(self) -> AsyncIterator[AsyncIOMotorDatabase[Any]]:
        """Give the database; turn the client's errors into those of a port, which say what to do."""
        try:
            if self._database is None:
                client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(
                    self._url,
                    io_loop=asyncio.get_running_loop(),
                    serverSelectionTimeoutMS=3_000,
                    connectTimeoutMS=3_000,
                    socketTimeoutMS=30_000,
                    w="majority",
                    journal=True,
                )
                self._database = client[self._name]
            yield self._database
        except DocumentTooLarge as error:
            raise PortError(f"the document is larger than the {_LARGEST_MB} MB that MongoDB holds") from error
        except ConnectionFailure as error:
            raise PortError("MongoDB does not answer; start it, or check QD_DOCUMENTS__URL") from error
        except OperationFailure as error:
            said = str((error.details or {}).get("errmsg") or error).splitlines()[0][:200]
            if error.code in _NOT_ALLOWED:
                what = f"check the user of QD_DOCUMENTS__URL: it needs readWrite and dbAdmin on {self._name}"
                raise PortError(f"MongoDB refuses ({said}); {what}") from error
            if error.code in _FULL or "No space left" in said:
                raise StoreFull(f"MongoDB's disk is full: {said}") from error
            raise PortError(f"MongoDB answers {error.code}: {said}") from error
        except ConfigurationError as error:
            raise PortError("QD_DOCUMENTS__URL is no mongodb:// address that can be used") from error
        except (PyMongoError, BSONError) as error:
            raise PortError(f"MongoDB cannot do this: {str(error).splitlines()[0][:200]}") from error
