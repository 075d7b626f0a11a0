"""Every BlobStore does this."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path

import pytest

from quantdesk.adapters.blob_store.file import FileBlobStore
from quantdesk.adapters.blob_store.minio import MinioBlobStore
from quantdesk.kit.bucket import Bucket
from quantdesk.ports.blob_store import BlobStore
from quantdesk.ports.errors import NotFound, PortError, StoreFull


@pytest.fixture(params=["file", "minio"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "file":
        return FileBlobStore(tmp_path / "blobs")
    return MinioBlobStore(Bucket(request.getfixturevalue("s3_server").bucket(), "blobs/", "QD_BLOB"))


async def test_what_was_put_is_read_back_and_replaced(store: BlobStore) -> None:
    await store.put("reports/a.json.gz", b"one")
    assert await store.get("reports/a.json.gz") == b"one"
    await store.put("reports/a.json.gz", b"two")
    assert await store.get("reports/a.json.gz") == b"two"


async def test_keys_are_given_of_a_prefix_sorted(store: BlobStore) -> None:
    assert await store.keys() == []
    for key in ("b/2", "a/1", "b/1"):
        await store.put(key, b"")
    assert await store.keys() == ["a/1", "b/1", "b/2"]
    assert await store.keys("b/") == ["b/1", "b/2"]


async def test_a_missing_blob_is_not_found_and_deleting_it_is_nothing(store: BlobStore) -> None:
    with pytest.raises(NotFound, match="reports/none"):
        await store.get("reports/none")
    await store.delete("reports/none")
    await store.put("reports/x", b"1")
    await store.delete("reports/x")
    with pytest.raises(NotFound):
        await store.get("reports/x")


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../secrets/jwt.key", "a/../../b", "a//b", "a/\0", ".hidden", "a\\b"]
)
async def test_a_key_cannot_leave_the_store(store: BlobStore, key: str) -> None:
    with pytest.raises(PortError, match="blob key"):
        await store.put(key, b"x")
    with pytest.raises(PortError, match="blob key"):
        await store.get(key)


async def test_a_reader_never_sees_half_of_a_concurrent_put(store: BlobStore) -> None:
    bodies = [bytes([n]) * 200_000 for n in range(8)]
    await store.put("x", bodies[0])
    _, *seen = await asyncio.gather(
        asyncio.gather(*(store.put("x", body) for body in bodies)), *(store.get("x") for _ in range(30))
    )
    assert all(body in bodies for body in seen)


async def test_a_full_disk_is_named_and_leaves_the_old_blob(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FileBlobStore(tmp_path)
    await store.put("x", b"old")

    def full(_fd: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("quantdesk.adapters.blob_store.file.os.fsync", full)
    with pytest.raises(StoreFull, match="free some disk space"):
        await store.put("x", b"new")
    monkeypatch.undo()
    assert await store.get("x") == b"old"
    assert os.listdir(tmp_path) == ["x"]


async def test_a_file_is_taken_in_and_streamed_in_parts(store: BlobStore, tmp_path: Path) -> None:
    body = bytes(range(256)) * 20_000
    (tmp_path / "draft").write_bytes(body)
    await store.put_file("exports/1/a.csv", tmp_path / "draft")
    assert await store.size("exports/1/a.csv") == len(body)
    assert await store.get("exports/1/a.csv") == body
    for start, length in ((0, None), (5, None), (1_100_000, 3_000_000), (len(body) - 1, 10), (len(body), None), (7, 0)):
        found = b"".join([piece async for piece in store.stream("exports/1/a.csv", start=start, length=length)])
        assert found == body[start : None if length is None else start + length]


async def test_a_stream_goes_on_with_what_it_began_whatever_happens_to_the_blob(store: BlobStore) -> None:
    await store.put("x", b"a" * 3_000_000)
    stream = store.stream("x")
    pieces = [await anext(stream)]
    await store.put("x", b"b")
    await store.delete("x")
    pieces += [piece async for piece in stream]
    assert b"".join(pieces) == b"a" * 3_000_000


async def test_a_missing_blob_has_no_size_and_no_bytes(store: BlobStore) -> None:
    with pytest.raises(NotFound, match="none"):
        await store.size("none")
    with pytest.raises(NotFound, match="none"):
        await anext(store.stream("none"))


async def test_a_file_from_another_file_system_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FileBlobStore(tmp_path / "blobs")
    (tmp_path / "draft").write_bytes(b"body")

    def elsewhere(_self: Path, _target: Path) -> Path:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(Path, "rename", elsewhere)
    await store.put_file("x", tmp_path / "draft")
    assert await store.get("x") == b"body"
