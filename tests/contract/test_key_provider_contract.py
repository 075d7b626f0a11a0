"""Every KeyProvider does this; below, what the file one does besides."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import stat
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from quantdesk.adapters.key_provider.file import FileKeyProvider
from quantdesk.adapters.key_provider.vault import VaultKeyProvider
from quantdesk.ports.errors import KeyMissing, KeyTampered, PortError
from quantdesk.ports.key_provider import KeyProvider, Wrapped
from tests.support.vault_server import TOKEN, VaultServer, running_vault

SECRET = bytes(range(32))


@pytest.fixture(params=["file", "vault"])
async def keys(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[KeyProvider]:
    if request.param == "file":
        yield FileKeyProvider(tmp_path / "secrets")
        return
    with running_vault() as vault:
        keys = VaultKeyProvider(vault.url, TOKEN)
        yield keys
        await keys.close()


@pytest.fixture
def vault() -> Iterator[VaultServer]:
    with running_vault() as server:
        yield server


async def test_what_is_wrapped_is_given_back_and_only_for_what_it_is_about(keys: KeyProvider) -> None:
    wrapped = await keys.wrap(SECRET, b"one")
    assert wrapped.version == 1
    assert await keys.unwrap(wrapped, b"one") == SECRET
    assert base64.b64encode(SECRET).decode() not in wrapped.text
    with pytest.raises(KeyTampered):
        await keys.unwrap(wrapped, b"other")


async def test_after_a_rotation_old_keys_open_and_new_ones_are_of_the_new_version(keys: KeyProvider) -> None:
    old = await keys.wrap(SECRET, b"one")
    assert (await keys.master()).version == 1
    assert (await keys.rotate(1)).version == 2
    new = await keys.wrap(SECRET, b"one")
    assert new.version == 2
    assert [await keys.unwrap(each, b"one") for each in (old, new)] == [SECRET, SECRET]
    assert (await keys.master()).created_at <= dt.datetime.now(dt.UTC)


async def test_a_rotation_asked_for_twice_makes_one_version(keys: KeyProvider) -> None:
    await keys.master()
    await keys.rotate(1)
    assert (await keys.rotate(1)).version == 2


async def test_each_flipped_byte_of_a_wrapped_key_is_found(keys: KeyProvider) -> None:
    wrapped = await keys.wrap(SECRET, b"one")
    head, _, text = wrapped.text.rpartition(":")
    sealed = base64.b64decode(text)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        flipped = f"{head}:{base64.b64encode(changed).decode()}".lstrip(":")
        with pytest.raises(KeyTampered):
            await keys.unwrap(Wrapped(wrapped.version, flipped), b"one")
    for text in ("", "vault:v1:", "!!", wrapped.text[:-8]):
        with pytest.raises((KeyTampered, PortError)):
            await keys.unwrap(Wrapped(wrapped.version, text), b"one")


async def test_a_version_that_the_provider_has_not_is_named(keys: KeyProvider) -> None:
    wrapped = await keys.wrap(SECRET, b"one")
    text = wrapped.text.replace("vault:v1:", "vault:v7:")
    with pytest.raises(KeyMissing, match="7"):
        await keys.unwrap(Wrapped(7, text), b"one")


async def test_masters_made_by_many_at_once_are_one(keys: KeyProvider) -> None:
    wrapped = await asyncio.gather(*(keys.wrap(SECRET, b"%d" % number) for number in range(8)))
    for number, each in enumerate(wrapped):
        assert await keys.unwrap(each, b"%d" % number) == SECRET


async def test_vault_is_not_asked_twice_for_the_same_key_and_says_what_is_wrong(vault: VaultServer) -> None:
    keys = VaultKeyProvider(vault.url, TOKEN)
    wrapped = await keys.wrap(SECRET, b"one")
    await keys.unwrap(wrapped, b"one")
    asked = len(vault.asked)
    assert await keys.unwrap(wrapped, b"one") == SECRET
    assert len(vault.asked) == asked
    vault.sealed = True
    with pytest.raises(PortError, match="unseal it"):
        await keys.wrap(SECRET, b"two")
    vault.sealed = False
    refused = VaultKeyProvider(vault.url, "wrong")
    with pytest.raises(PortError, match="QD_KEYS__TOKEN"):
        await refused.master()
    with pytest.raises(PortError, match="QD_KEYS__TOKEN"):
        refused.key("jwt")
    vault.close()
    gone = VaultKeyProvider("http://127.0.0.1:9", TOKEN)
    with pytest.raises(PortError, match="does not answer"):
        await gone.master()
    for each in (keys, refused, gone):
        await each.close()


def test_a_key_has_32_bytes_stays_the_same_and_differs_by_name(keys: KeyProvider) -> None:
    assert len(keys.key("jwt")) == 32
    assert keys.key("jwt") == keys.key("jwt")
    assert keys.key("jwt") != keys.key("envelope")


def test_a_key_made_by_many_at_once_is_one_key(keys: KeyProvider) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(keys.key, ["jwt"] * 32))) == 1


@pytest.mark.parametrize("name", ["", "../x", "A", "a/b", "a.key", "x" * 60])
def test_a_name_that_is_not_plain_is_refused(keys: KeyProvider, name: str) -> None:
    with pytest.raises(PortError, match="key name"):
        keys.key(name)


def test_the_file_is_private_and_one_that_others_can_read_is_refused(tmp_path: Path) -> None:
    keys = FileKeyProvider(tmp_path / "secrets")
    key = keys.key("jwt")
    path = tmp_path / "secrets" / "jwt.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [p.name for p in path.parent.iterdir()] == ["jwt.key"]
    path.chmod(0o644)
    with pytest.raises(PortError, match="chmod 600"):
        keys.key("jwt")
    path.chmod(0o600)
    assert FileKeyProvider(tmp_path / "secrets").key("jwt") == key


def test_a_cut_off_key_file_is_refused(tmp_path: Path) -> None:
    keys = FileKeyProvider(tmp_path)
    keys.key("jwt")
    (tmp_path / "jwt.key").write_bytes(b"short")
    with pytest.raises(PortError, match="5 bytes instead of 32"):
        keys.key("jwt")
