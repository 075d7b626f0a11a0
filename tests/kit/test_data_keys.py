"""Rotation of the keys: while everything goes on, cut off anywhere, by two at the same time."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import os

import pytest
from sqlalchemy import func, select

from quantdesk.kit import crypto, data_keys
from quantdesk.kit.context import Context
from quantdesk.kit.data_keys import DataKeyRow, KeyRotationRow
from quantdesk.ports.key_provider import KeyProvider, Wrapped
from tests.fakes.clock import FakeClock

OWNERS = [str(number) * 26 for number in range(6)]


async def seal(context: Context, owner: str, text: str) -> str:
    async with context.database.unit() as uow:
        return await crypto.seal(uow, context, owner, text.encode(), "test", text)


async def unseal(context: Context, owner: str, sealed: str, text: str) -> str:
    async with context.database.unit(write=False) as uow:
        return (await crypto.unseal(uow, context, owner, sealed, "test", text)).decode()


async def status(context: Context) -> data_keys.KeyStatus:
    async with context.database.unit(write=False) as uow:
        return await data_keys.status(uow, context)


class CutOffError(Exception):
    pass


class CutOff:
    """A provider that fails at the n-th call of a rotation, as a process that is killed there."""

    def __init__(self, keys: KeyProvider, calls: int) -> None:
        self._keys, self._left = keys, calls

    def __getattr__(self, name: str) -> object:
        return getattr(self._keys, name)

    def _call(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise CutOffError

    async def rotate(self, after: int) -> object:
        self._call()
        return await self._keys.rotate(after)

    async def wrap(self, data_key: bytes, about: bytes) -> Wrapped:
        self._call()
        return await self._keys.wrap(data_key, about)


async def test_after_a_rotation_old_values_open_and_new_ones_take_new_keys(context: Context) -> None:
    old = {owner: await seal(context, owner, "old") for owner in OWNERS}
    done = await data_keys.rotate(context)
    assert (done.version, done.wrapped) == (2, len(OWNERS))
    new = {owner: await seal(context, owner, "new") for owner in OWNERS}
    for owner in OWNERS:
        assert await unseal(context, owner, old[owner], "old") == "old"
        assert await unseal(context, owner, new[owner], "new") == "new"
        assert crypto.key_of(old[owner]) != crypto.key_of(new[owner])
    found = await status(context)
    assert (found.data_keys, found.in_use, found.outdated, found.unfinished) == (12, 6, 0, None)


@pytest.mark.parametrize("calls", range(7))
async def test_a_rotation_cut_off_anywhere_is_finished_by_the_next_call(
    context: Context, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_keys, "BATCH", 2)
    old = {owner: await seal(context, owner, "old") for owner in OWNERS}
    broken = dataclasses.replace(context, keys=CutOff(context.keys, calls))  # type: ignore[arg-type]
    with pytest.raises(CutOffError):
        await data_keys.rotate(broken)
    assert (await status(context)).unfinished == 2
    assert [await unseal(context, owner, old[owner], "old") for owner in OWNERS] == ["old"] * 6
    assert (await data_keys.rotate(context)).version == 2
    found = await status(context)
    assert (found.outdated, found.unfinished) == (0, None)
    assert [await unseal(context, owner, old[owner], "old") for owner in OWNERS] == ["old"] * 6


async def test_rotations_while_many_write_lose_nothing(context: Context) -> None:
    kept: list[tuple[str, str, str]] = []
    stop = asyncio.Event()

    async def write(owner: str) -> None:
        number = 0
        while not stop.is_set():
            text = f"{owner[0]}-{number}"
            kept.append((owner, text, await seal(context, owner, text)))
            number += 1

    writers = [asyncio.create_task(write(owner)) for owner in OWNERS]
    for _ in range(4):
        await asyncio.sleep(0)
        await data_keys.rotate(context)
    stop.set()
    await asyncio.gather(*writers)
    assert len(kept) >= len(OWNERS)
    for owner, text, sealed in kept:
        assert await unseal(context, owner, sealed, text) == text
    assert (await status(context)).master.version == 5
    async with context.database.unit(write=False) as uow:
        in_use = select(DataKeyRow.owner_id).where(DataKeyRow.replaced_at.is_(None)).group_by(DataKeyRow.owner_id)
        most = await uow.session.scalars(in_use.having(func.count() > 1))
        assert list(most) == []


async def test_two_rotations_at_the_same_time_leave_everything_readable(context: Context) -> None:
    old = {owner: await seal(context, owner, "old") for owner in OWNERS}
    await asyncio.gather(data_keys.rotate(context), data_keys.rotate(context))
    assert (await status(context)).outdated == 0
    for owner in OWNERS:
        assert await unseal(context, owner, old[owner], "old") == "old"


async def test_a_master_key_past_its_days_is_replaced_and_a_young_one_is_left(
    context: Context, clock: FakeClock
) -> None:
    await seal(context, OWNERS[0], "old")
    assert await data_keys.rotate_if_due(context) is None
    clock.advance(days=91)
    done = await data_keys.rotate_if_due(context)
    assert done is not None
    assert done.version == 2
    then = clock.utcnow().timestamp()
    os.utime(context.settings.secrets_folder / "master-2.key", (then, then))
    assert await data_keys.rotate_if_due(context) is None


async def test_a_rotation_that_was_cut_off_is_due_at_once(context: Context) -> None:
    await seal(context, OWNERS[0], "old")
    async with context.database.unit() as uow:
        uow.session.add(KeyRotationRow(master_version=2, started_at=dt.datetime.now(dt.UTC)))
    done = await data_keys.rotate_if_due(context)
    assert done is not None
    assert (done.version, done.wrapped) == (2, 1)
