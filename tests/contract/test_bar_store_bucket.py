"""The bar store in a bucket: its copies on the local disk, other hosts, and servers that fail."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantdesk.adapters.bar_store import bucket as bucket_files
from quantdesk.adapters.bar_store.bucket import BucketFiles
from quantdesk.adapters.bar_store.cache import Cache
from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.kit.bucket import Bucket
from quantdesk.ports.errors import PortError, StoreCorrupt, StoreFull
from tests.contract.bar_store_processes import NOW, SYMBOLS, bars
from tests.support.s3_server import S3Server


class Place:
    """One bucket as several hosts see it."""

    def __init__(self, server: S3Server, folder: Path) -> None:
        self._settings = server.bucket()
        self.folder = folder

    @property
    def bucket(self) -> Bucket:
        return Bucket(self._settings, "bars/", "QD_BARS")

    def host(self, name: str = "one", cache: int = 64 << 20, **options: Any) -> ParquetBarStore:
        return ParquetBarStore(BucketFiles(self.bucket, self.folder / name, cache), **options)


@pytest.fixture
def place(s3_server: S3Server, tmp_path: Path) -> Place:
    return Place(s3_server, tmp_path)


def names(place: Place) -> set[str]:
    return {one.name for one in place.bucket.list()}


def test_a_second_read_asks_the_server_for_the_manifest_only(failing_s3: S3Server, tmp_path: Path) -> None:
    place = Place(failing_s3, tmp_path)
    place.host("writer").merge([bars(SYMBOLS[0], 1.0, 500)], source="import", now=NOW)
    store = place.host("reader")
    assert store.read(SYMBOLS[0], "1d") is not None
    asked: list[str] = []
    failing_s3.app.refuse = lambda method, path: asked.append(path.rpartition("/")[2])  # type: ignore[func-returns-value]
    assert store.read(SYMBOLS[0], "1d") is not None
    assert asked == ["manifest.json"]


def test_many_reads_at_once_ask_for_the_manifest_once_and_a_writer_always(failing_s3: S3Server, tmp_path: Path) -> None:
    place = Place(failing_s3, tmp_path)
    files = BucketFiles(place.bucket, tmp_path / "reader", 64 << 20, fresh_s=3600)
    reader, writer = ParquetBarStore(files), place.host("writer")
    writer.merge([bars(symbol, 1.0) for symbol in SYMBOLS], source="import", now=NOW)
    assert len(reader.list_coverage("1d")) == 8
    asked: list[str] = []
    failing_s3.app.refuse = lambda method, path: asked.append(path)  # type: ignore[func-returns-value]
    assert all(reader.coverage(symbol, "1d") for symbol in SYMBOLS)
    assert asked == []
    writer.merge([bars("600100.SH", 1.0)], source="import", now=NOW)
    reader.merge([bars("600200.SH", 1.0)], source="import", now=NOW)
    assert len(reader.list_coverage("1d")) == 10, "its own write is seen at once, and what it was laid upon"


@pytest.mark.parametrize("damage", ["flip", "truncate", "empty", "missing"])
def test_a_damaged_copy_is_fetched_again(place: Place, damage: str) -> None:
    place.host().merge([bars(SYMBOLS[0], 1.0, 500)], source="import", now=NOW)
    [copy] = (place.folder / "one" / "files" / "1d").iterdir()
    data = bytearray(copy.read_bytes())
    match damage:
        case "flip":
            data[len(data) // 2] ^= 1
            copy.write_bytes(data)
        case "truncate":
            copy.write_bytes(data[:-5])
        case "empty":
            copy.write_bytes(b"")
        case "missing":
            copy.unlink()
    stored = place.host().read(SYMBOLS[0], "1d")
    assert stored is not None
    np.testing.assert_array_equal(stored.close, 1.0)
    assert len(copy.read_bytes()) == len(data), "and kept again"


def test_a_damaged_object_is_named_and_never_read_as_data(place: Place) -> None:
    place.host().merge([bars(SYMBOLS[0], 1.0, 500)], source="import", now=NOW)
    [name] = names(place) - {"manifest.json", "conditions"}
    data = bytearray(place.bucket.get(name))
    data[60] ^= 1
    place.bucket.put(name, bytes(data))
    with pytest.raises(StoreCorrupt, match=SYMBOLS[0]):
        place.host("other").read(SYMBOLS[0], "1d")
    place.bucket.delete(name)
    with pytest.raises(StoreCorrupt, match="missing"):
        place.host("third").read(SYMBOLS[0], "1d")


def test_the_copies_take_no_more_than_their_share(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 100_000)
    for number in range(60):
        cache.put(f"1d/{number}", bytes(5_000))
        cache.get("1d/0")  # asked for all the time
    sizes = [path.stat().st_size for path in (tmp_path / "1d").iterdir()]
    assert 50_000 < sum(sizes) <= 110_000
    assert cache.get("1d/59") == bytes(5_000)
    assert cache.get("1d/0") == bytes(5_000)
    assert cache.get("1d/1") is None


def test_a_disk_that_takes_no_copy_is_no_fault(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("quantdesk.adapters.bar_store.cache.os.replace", full)
    store = place.host()
    store.merge([bars(SYMBOLS[0], 1.0, 500)], source="import", now=NOW)
    assert store.read(SYMBOLS[0], "1d") is not None


def test_a_writer_that_was_overtaken_does_its_work_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the slow host's reading of the manifest and its commit another host writes the same symbol."""
    slow, quick = place.host("slow"), place.host("quick")
    quick.merge([bars(SYMBOLS[0], 1.0, 3)], source="quick", now=NOW)
    real, turns = BucketFiles.replace_manifest, iter(range(9))

    def replace(self: BucketFiles, data: bytes, before: Any) -> Any:
        if self is slow._files and next(turns) == 0:
            quick.merge([bars(SYMBOLS[0], 2.0, 2, "2024-02-01")], source="quick", now=NOW)
        return real(self, data, before)

    monkeypatch.setattr(BucketFiles, "replace_manifest", replace)
    receipt = slow.merge([bars(SYMBOLS[0], 3.0, 2, "2024-02-02")], source="slow", now=NOW)
    assert (receipt.inserted, receipt.updated) == (1, 1)
    stored = quick.read(SYMBOLS[0], "1d")
    assert stored is not None
    assert stored.close.tolist() == [1.0, 1.0, 1.0, 2.0, 3.0, 3.0]
    left = names(place)
    place.host("fourth", grace_s=0).compact(fully=True)
    assert len(left) == 5, "the manifest, the probe and three segments: what the first try wrote is gone"


def test_a_commit_whose_answer_was_lost_counts(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Bucket.put_if

    def lost(self: Bucket, name: str, data: bytes, etag: str | None) -> str:
        answer = real(self, name, data, etag)
        if name == "manifest.json":
            raise PortError("the answer was lost")
        return answer

    monkeypatch.setattr(Bucket, "put_if", lost)
    assert place.host().merge([bars(SYMBOLS[0], 1.0)], source="import", now=NOW).inserted == 20
    stored = place.host("other").read(SYMBOLS[0], "1d")
    assert stored is not None
    assert len(stored) == 20


def test_a_server_that_ignores_conditions_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def ignoring(self: Bucket, name: str, data: bytes, etag: str | None) -> str:
        self.put(name, data)
        return "etag"

    monkeypatch.setattr(Bucket, "put_if", ignoring)
    with pytest.raises(PortError, match=r"ignores If-Match.*QD_BARS__KIND"):
        place.host().merge([bars(SYMBOLS[0], 1.0)], source="import", now=NOW)
    assert names(place) == {bucket_files._PROBE}


@pytest.mark.parametrize("fails_at", range(1, 4))
def test_a_full_server_at_any_object_writes_nothing(failing_s3: S3Server, tmp_path: Path, fails_at: int) -> None:
    place = Place(failing_s3, tmp_path)
    store = place.host(base_rows=1)
    store.merge([bars(symbol, 1.0) for symbol in SYMBOLS[:2]], source="import", now=NOW)
    before = names(place)
    calls = iter(range(1, 99))
    failing_s3.app.refuse = lambda method, path: (
        "XMinioStorageFull" if method == "PUT" and "x-amz-copy" not in path and next(calls) >= fails_at else None
    )
    with pytest.raises((StoreFull, PortError)):
        store.merge([bars(symbol, 2.0) for symbol in SYMBOLS[:2]], source="import", now=NOW)
    failing_s3.app.refuse = lambda method, path: None
    assert names(place) == before
    stored = store.read(SYMBOLS[0], "1d")
    assert stored is not None
    np.testing.assert_array_equal(stored.close, 1.0)
    assert store.merge([bars(symbol, 2.0) for symbol in SYMBOLS[:2]], source="import", now=NOW).updated == 40


def test_a_server_that_is_not_there_is_named(s3_server: S3Server, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings = s3_server.bucket(endpoint=f"http://127.0.0.1:{free.getsockname()[1]}")
        store = ParquetBarStore(BucketFiles(Bucket(settings, "bars/", "QD_BARS"), tmp_path, 1 << 24))
        with pytest.raises(PortError, match=r"does not answer.*QD_BARS__ENDPOINT"):
            store.read(SYMBOLS[0], "1d")
        with pytest.raises(PortError, match="does not answer"):
            store.merge([bars(SYMBOLS[0], 1.0)], source="import", now=NOW)
