"""Every DocumentStore does this."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from quantdesk.adapters.document_store.sqlite import SqliteDocumentStore
from quantdesk.ports.document_store import DocumentStore
from quantdesk.ports.errors import NotFound


@pytest.fixture(params=["sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[DocumentStore]:
    store = {"sqlite": lambda: SqliteDocumentStore(tmp_path / "documents.db")}[request.param]()
    yield store
    await store.close()


async def test_a_document_is_read_back_as_it_was_and_replaced(store: DocumentStore) -> None:
    document = {"code": "print('双均线')\n", "n": 1.5, "none": None, "list": [1, {"a": True}]}
    await store.put("strategy_code", "1", document)
    assert await store.get("strategy_code", "1") == document
    await store.put("strategy_code", "1", {"code": ""})
    assert await store.get("strategy_code", "1") == {"code": ""}


async def test_collections_do_not_mix_and_missing_ones_are_not_found(store: DocumentStore) -> None:
    await store.put("a", "1", {"in": "a"})
    with pytest.raises(NotFound, match="1 in b"):
        await store.get("b", "1")
    await store.delete("b", "1")
    assert await store.get("a", "1") == {"in": "a"}
    await store.delete("a", "1")
    with pytest.raises(NotFound):
        await store.get("a", "1")


async def test_get_many_gives_those_that_exist(store: DocumentStore) -> None:
    await asyncio.gather(*(store.put("c", str(n), {"n": n}) for n in range(600)))
    found = await store.get_many("c", [str(n) for n in range(0, 1200, 2)])
    assert {id: document["n"] for id, document in found.items()} == {str(n): n for n in range(0, 600, 2)}
    assert await store.get_many("c", []) == {}


async def test_what_was_put_survives_a_restart(tmp_path: Path) -> None:
    first = SqliteDocumentStore(tmp_path / "documents.db")
    await first.put("c", "1", {"n": 1})
    await first.close()
    second = SqliteDocumentStore(tmp_path / "documents.db")
    assert await second.get("c", "1") == {"n": 1}
    await second.close()
