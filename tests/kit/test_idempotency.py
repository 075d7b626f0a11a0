from __future__ import annotations

import asyncio

import pytest
from pydantic import BaseModel
from sqlalchemy import func, select

from quantdesk.kit import idempotency
from quantdesk.kit.idempotency import IdempotencyKeyReused, IdempotencyRow, once
from quantdesk.kit.ids import new_id
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import Database
from tests.fakes.clock import FakeClock

ALICE = Principal(user_id="A" * 26, username="alice", role="trader")
BOB = Principal(user_id="B" * 26, username="bob", role="trader")


class Body(BaseModel):
    name: str


class Maker:
    """Counts what was really made."""

    def __init__(self) -> None:
        self.made: list[str] = []

    async def __call__(self) -> str:
        self.made.append(new_id())
        return self.made[-1]


async def post(database: Database, maker: Maker, key: str | None, body: Body, principal: Principal = ALICE) -> str:
    async with database.unit(write=True) as uow:
        return await once(uow, principal, key, "create_thing", body, maker)


async def test_without_a_key_each_request_makes_its_own(database: Database) -> None:
    maker = Maker()
    assert await post(database, maker, None, Body(name="x")) != await post(database, maker, None, Body(name="x"))


async def test_a_repeat_gives_the_same_resource(database: Database) -> None:
    maker = Maker()
    first = await post(database, maker, "k1", Body(name="x"))
    assert await post(database, maker, "k1", Body(name="x")) == first
    assert maker.made == [first]


async def test_two_at_the_same_time_make_one(database: Database) -> None:
    maker = Maker()
    ids = await asyncio.gather(*(post(database, maker, "k1", Body(name="x")) for _ in range(5)))
    assert set(ids) == set(maker.made)
    assert len(maker.made) == 1


async def test_another_body_under_the_same_key_is_refused(database: Database) -> None:
    maker = Maker()
    await post(database, maker, "k1", Body(name="x"))
    with pytest.raises(IdempotencyKeyReused, match="take a new key"):
        await post(database, maker, "k1", Body(name="y"))
    assert len(maker.made) == 1


async def test_keys_of_two_users_do_not_meet(database: Database) -> None:
    maker = Maker()
    await post(database, maker, "k1", Body(name="x"), ALICE)
    await post(database, maker, "k1", Body(name="y"), BOB)
    assert len(maker.made) == 2


async def test_a_failed_creation_leaves_the_key_free(database: Database) -> None:
    async def fail() -> str:
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError):
        async with database.unit(write=True) as uow:
            await once(uow, ALICE, "k1", "create_thing", Body(name="x"), fail)
    maker = Maker()
    await post(database, maker, "k1", Body(name="x"))
    assert len(maker.made) == 1


async def test_after_a_day_the_key_may_be_used_again(database: Database, clock: FakeClock) -> None:
    maker = Maker()
    await post(database, maker, "k1", Body(name="x"))
    clock.advance(hours=24, seconds=1)
    await post(database, maker, "k1", Body(name="y"))
    assert len(maker.made) == 2


async def test_purge_removes_only_old_keys(database: Database, clock: FakeClock) -> None:
    await post(database, Maker(), "old", Body(name="x"))
    clock.advance(hours=25)
    await post(database, Maker(), "new", Body(name="x"))
    async with database.unit(write=True) as uow:
        await idempotency.purge(uow)
        assert (await uow.session.execute(select(func.count()).select_from(IdempotencyRow))).scalar_one() == 1
