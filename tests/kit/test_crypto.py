"""Sealed values: what opens, and that nothing else does."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import select, update

from quantdesk.kit import crypto, data_keys
from quantdesk.kit.context import Context
from quantdesk.kit.crypto import Tampered
from quantdesk.kit.data_keys import DataKeyRow, KeyUnavailable

ALICE, BOB = "A" * 26, "B" * 26
PLAIN = "买入 = 1\n".encode()


async def seal(context: Context, owner: str = ALICE, *about: crypto.Part, plain: bytes = PLAIN) -> str:
    async with context.database.unit() as uow:
        return await crypto.seal(uow, context, owner, plain, *(about or ("code", "S1", 1)))


async def unseal(context: Context, text: str, owner: str = ALICE, *about: crypto.Part) -> bytes:
    async with context.database.unit(write=False) as uow:
        return await crypto.unseal(uow, context, owner, text, *(about or ("code", "S1", 1)))


async def test_what_is_sealed_is_opened_by_its_owner_for_what_it_is_about(context: Context) -> None:
    text = await seal(context)
    assert await unseal(context, text) == PLAIN
    assert await unseal(context, await seal(context, plain=b"")) == b""
    assert text != await seal(context), "each has a nonce of its own"


@pytest.mark.parametrize(
    ("owner", "about"),
    [
        (BOB, ("code", "S1", 1)),
        (ALICE, ("code", "S1", 2)),
        (ALICE, ("code", "S2", 1)),
        (ALICE, ("code", "S11")),
        (ALICE, ("codeS1", 1)),
        (ALICE, ("draft", "S1", 1)),
    ],
)
async def test_moved_to_another_owner_strategy_or_version_it_does_not_open(
    context: Context, owner: str, about: tuple[crypto.Part, ...]
) -> None:
    text = await seal(context)
    await seal(context, owner)  # has a key, too
    with pytest.raises(Tampered, match="outside of QuantDesk"):
        await unseal(context, text, owner, *about)


async def test_each_flipped_byte_is_tampering_and_never_garbage(context: Context) -> None:
    sealed = base64.b64decode(await seal(context))
    for place in range(len(sealed)):
        for bit in (0x01, 0x80):
            changed = bytearray(sealed)
            changed[place] ^= bit
            with pytest.raises(Tampered):
                await unseal(context, base64.b64encode(changed).decode())


async def test_each_changed_character_of_the_text_is_tampering(context: Context) -> None:
    text = await seal(context)
    for place in range(len(text)):
        other = "B" if text[place] == "A" else "A"
        with pytest.raises(Tampered):
            await unseal(context, text[:place] + other + text[place + 1 :])
    for broken in ("", text[:-4], text + "AAAA", text + "\n", "不是"):
        with pytest.raises(Tampered):
            await unseal(context, broken)


async def test_a_changed_wrapped_key_is_tampering(context: Context) -> None:
    text = await seal(context)
    async with context.database.unit() as uow:
        row = (await uow.session.scalars(select(DataKeyRow))).one()
        wrapped = base64.b64decode(row.wrapped)
    for place in range(len(wrapped)):
        changed = bytearray(wrapped)
        changed[place] ^= 4
        async with context.database.unit() as uow:
            await uow.session.execute(update(DataKeyRow).values(wrapped=base64.b64encode(changed).decode()))
        with pytest.raises(Tampered, match="data_keys"):
            await unseal(context, text)


async def test_keys_swapped_between_two_owners_are_tampering(context: Context) -> None:
    text = await seal(context)
    await seal(context, BOB)
    async with context.database.unit() as uow:
        one, two = (await uow.session.scalars(select(DataKeyRow).order_by(DataKeyRow.owner_id))).all()
        one.wrapped, two.wrapped = two.wrapped, one.wrapped
    with pytest.raises(Tampered):
        await unseal(context, text)


async def test_a_missing_master_key_is_no_tampering_and_is_named(context: Context) -> None:
    text = await seal(context)
    (context.settings.secrets_folder / "master-1.key").rename(context.settings.secrets_folder / "away")
    with pytest.raises(KeyUnavailable, match=r"master-1\.key"):
        await unseal(context, text)


async def test_no_key_is_in_what_a_data_key_prints(context: Context) -> None:
    async with context.database.unit() as uow:
        key = await data_keys.current(uow, context, ALICE)
    assert repr(key) == f"DataKey({key.id})"
