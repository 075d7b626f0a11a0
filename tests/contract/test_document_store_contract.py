"""Every DocumentStore does this."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from quantdesk.adapters.document_store.mongo import MongoDocumentStore
from quantdesk.adapters.document_store.sqlite import SqliteDocumentStore
from quantdesk.ports.document_store import DocumentStore
from quantdesk.ports.errors import NotFound

Open = Callable[[], DocumentStore]


@pytest.fixture(params=["sqlite", "mongo"])
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same store again and again."""
    if request.param == "sqlite":
        return lambda: SqliteDocumentStore(tmp_path / "documents.db")
    mongo = request.getfixturevalue("mongo")
    return lambda: MongoDocumentStore(mongo.url, mongo.database)


@pytest.fixture
async def store(opening: Open) -> AsyncIterator[DocumentStore]:
    store = opening()
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


async def test_ids_are_given_in_order_a_page_at_a_time(store: DocumentStore) -> None:
    for id in ("b", "c", "a"):
        await store.put("one", id, {})
    await store.put("two", "d", {})
    assert await store.ids("one") == ["a", "b", "c"]
    assert await store.ids("one", after="a", limit=1) == ["b"]
    assert await store.ids("one", after="c") == []


async def test_documents_are_as_they_were_after_a_scrub(store: DocumentStore) -> None:
    await store.put("c", "1", {"text": "old"})
    await store.put("c", "1", {"text": "new"})
    await store.delete("c", "2")
    await store.scrub()
    assert await store.get("c", "1") == {"text": "new"}


async def test_the_files_hold_nothing_of_what_was_replaced_once_they_are_scrubbed(tmp_path: Path) -> None:
    store = SqliteDocumentStore(tmp_path / "documents.db")
    for number in range(50):
        await store.put("c", str(number), {"text": f"marker-{number}-" * 200})
    for number in range(50):
        await store.put("c", str(number), {"text": "new"})
    await store.scrub()
    assert not [path for path in tmp_path.iterdir() if b"marker-" in path.read_bytes()]  # noqa: ASYNC240
    await store.close()


async def test_what_was_put_survives_a_restart(opening: Open) -> None:
    first = opening()
    await first.put("c", "1", {"n": 1})
    await first.close()
    second = opening()
    assert await second.get("c", "1") == {"n": 1}
    await second.close()


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"big": 2**80, "small": -(2**70), "half": 0.1 + 0.2, "true": True, "one": 1, "float": 1.0},
        {"a.b": 1, "$set": {"$gt": ""}, "": 0, "_id": "mine", "nul\0": "in a name"},
        {"text": "nul\0 and \u2028 and 😀", "nested": [[[{"x": []}]]]},
    ],
    ids=["empty", "numbers", "names", "text"],
)
async def test_any_json_comes_back_as_it_was(store: DocumentStore, document: dict[str, Any]) -> None:
    await store.put("c", "1", document)
    found = await store.get("c", "1")
    assert found == document
    assert [type(value) for value in found.values()] == [type(value) for value in document.values()]


@pytest.mark.parametrize("id", ["$where", "a.b", "", "{$gt: 1}", "' OR 1=1", "字", "nul\0"])
async def test_a_hostile_id_is_nothing_but_an_id(store: DocumentStore, id: str) -> None:
    await store.put("c", id, {"n": 1})
    await store.put("c", "other", {"n": 2})
    assert await store.get_many("c", [id, "none"]) == {id: {"n": 1}}
    await store.delete("c", id)
    assert await store.get_many("c", [id, "other"]) == {"other": {"n": 2}}


async def test_a_large_document_and_concurrent_puts_are_whole(store: DocumentStore) -> None:
    texts = [letter * 2_000_000 for letter in "abcd"]
    await asyncio.gather(*(store.put("c", "1", {"text": text}) for text in texts))
    assert (await store.get("c", "1"))["text"] in texts
