"""The document store on MongoDB: what goes wrong with a server, and what is sent to it. Against the stand-in only."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import bson
import pytest

from quantdesk.adapters.document_store.mongo import MongoDocumentStore
from quantdesk.ports.errors import NotFound, PortError, StoreFull
from tests.fakes.mongo import MongoStandIn


@pytest.fixture
async def store(mongo_fake: MongoStandIn) -> AsyncIterator[MongoDocumentStore]:
    store = MongoDocumentStore(mongo_fake.url, "quantdesk")
    yield store
    await store.close()


async def test_writes_wait_for_a_majority_and_the_journal(store: MongoDocumentStore, mongo_fake: MongoStandIn) -> None:
    await store.put("c", "1", {"n": 1})
    await store.delete("c", "1")
    writes = [one for one in mongo_fake.commands if next(iter(one)) in ("update", "delete")]
    assert [(next(iter(one)), one["$db"], one["writeConcern"]) for one in writes] == [
        ("update", "quantdesk", {"w": "majority", "j": True}),
        ("delete", "quantdesk", {"w": "majority", "j": True}),
    ]


async def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        store = MongoDocumentStore(f"mongodb://quantdesk:h3-Vq0@127.0.0.1:{free.getsockname()[1]}", "quantdesk")
        with pytest.raises(PortError, match=r"does not answer.*QD_DOCUMENTS__URL") as raised:
            await store.get("c", "1")
        assert not isinstance(raised.value, NotFound)
        assert "h3-Vq0" not in str(raised.value)
        await store.close()


@pytest.mark.parametrize("url", ["mongodb://", "http://127.0.0.1", "mongodb://a:b:c@host:x"])
async def test_an_address_that_is_none_names_the_setting(url: str) -> None:
    store = MongoDocumentStore(url, "quantdesk")
    with pytest.raises(PortError, match="QD_DOCUMENTS__URL"):
        await store.get("c", "1")


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        ((13, "not authorized on quantdesk to execute command"), PortError, "needs readWrite"),
        ((14031, "available disk space is less than required minimum"), StoreFull, "disk is full"),
        ((112, "WriteConflict"), PortError, "answers 112: WriteConflict"),
        ("cut", PortError, "does not answer"),
    ],
)
async def test_a_refused_write_is_told_and_the_next_one_works(
    store: MongoDocumentStore, mongo_fake: MongoStandIn, fault: tuple[int, str] | str, kind: type[PortError], said: str
) -> None:
    await store.put("c", "1", {"n": 1})
    mongo_fake.fault = lambda command: fault if command == "update" else None
    with pytest.raises(kind, match=said):
        await store.put("c", "1", {"n": 2})
    mongo_fake.fault = lambda command: None
    assert await store.get("c", "1") == {"n": 1}
    await store.put("c", "1", {"n": 3})
    assert await store.get("c", "1") == {"n": 3}


async def test_a_put_that_meets_another_one_s_insert_replaces_it(
    store: MongoDocumentStore, mongo_fake: MongoStandIn
) -> None:
    met = {"ok": 1.0, "n": 0, "writeErrors": [{"index": 0, "code": 11000, "errmsg": "E11000 duplicate key error"}]}
    answers = iter([met])
    mongo_fake.fault = lambda command: next(answers, None) if command == "update" else None
    await store.put("c", "1", {"n": 1})
    assert await store.get("c", "1") == {"n": 1}


async def test_a_document_above_the_server_s_limit_is_named(store: MongoDocumentStore) -> None:
    with pytest.raises(PortError, match="16 MB"):
        await store.put("c", "1", {"text": "x" * (17 << 20)})


async def test_a_scrub_compacts_every_collection(store: MongoDocumentStore, mongo_fake: MongoStandIn) -> None:
    await store.put("one", "1", {})
    await store.put("two", "1", {})
    await store.scrub()
    assert [one["compact"] for one in mongo_fake.commands if "compact" in one] == ["one", "two"]


async def test_the_stand_in_refuses_what_it_does_not_know(store: MongoDocumentStore, mongo_fake: MongoStandIn) -> None:
    await store.put("c", "1", {})
    assert store._database is not None
    for refused in (
        store._database.command("aggregate", "c", pipeline=[], cursor={}),
        store._database["c"].find({"body": "x"}).to_list(1),
        store._database["c"].update_one({"_id": "1"}, {"$set": {"body": "x"}}),
        store._database["c"].find({"_id": bson.Regex("^x")}).to_list(1),
    ):
        with pytest.raises(Exception, match="the stand-in"):
            await refused
