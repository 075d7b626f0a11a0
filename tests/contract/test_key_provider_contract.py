"""Every KeyProvider does this; below, what the file one does besides."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from quantdesk.adapters.key_provider.file import FileKeyProvider
from quantdesk.ports.errors import PortError
from quantdesk.ports.key_provider import KeyProvider


@pytest.fixture(params=["file"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> KeyProvider:
    return {"file": lambda: FileKeyProvider(tmp_path / "secrets")}[request.param]()


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
