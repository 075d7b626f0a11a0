"""Import of qlib folders: our own export comes back unchanged, every broken byte is named, archives are not trusted."""

from __future__ import annotations

import datetime as dt
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.features.data.importer import import_file
from quantdesk.features.data.importer.qlib_folder import inspect_qlib, is_qlib
from quantdesk.features.data.schemas import FileOptions, FileReport
from tests.fakes.rough_bars import rough_bars
from tests.features.exports.conftest import NOW, export_to

STOCKS = [rough_bars("600519.SH", 1, days=90), rough_bars("000001.SZ", 2, first=30, days=100)]
CLOSE = "features/sh600519/close.day.bin"
Change = Callable[[Path], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return export_to(tmp_path / "q", STOCKS, format="qlib")


def run(path: Path, store: ParquetBarStore) -> FileReport:
    return import_file(path, FileOptions(), store, now=NOW, today=dt.date(2026, 1, 1))[0]


def pack(folder: Path, target: Path, top: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, top + path.relative_to(folder).as_posix())
    return target


def test_our_own_export_changes_nothing_where_it_came_from(folder: Path, tmp_path: Path) -> None:
    report = run(folder, ParquetBarStore(tmp_path / "bars"))
    assert (report.status, report.inserted, report.updated) == ("unchanged", 0, 0)
    assert report.unchanged == report.accepted == sum(map(len, STOCKS))


@pytest.mark.parametrize("top", ["", "cn_data/"])
def test_an_archive_fills_an_empty_store(folder: Path, tmp_path: Path, top: str) -> None:
    path = pack(folder, tmp_path / "cn.zip", top)
    store = ParquetBarStore(tmp_path / "empty")
    report = run(path, store)
    assert (report.status, report.symbols) == ("stored", ["000001.SZ", "600519.SH"])
    for bars in STOCKS:
        found = store.read(bars.symbol, "1d")
        assert found is not None
        for name in ("time", "open", "high", "low", "close", "suspended"):
            np.testing.assert_array_equal(getattr(found, name), getattr(bars, name), err_msg=name)
    inspection = inspect_qlib(path, "cn.zip")
    assert (inspection.format, inspection.rows, inspection.missing) == ("qlib", report.rows, [])


def rewrite(name: str, data: bytes) -> Change:
    return lambda folder: (folder / name).write_bytes(data)


def remove(name: str) -> Change:
    return lambda folder: (folder / name).unlink()


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (rewrite(CLOSE, b""), "qlib_bin_short", CLOSE),
        (rewrite(CLOSE, struct.pack("<2f", 0, 1)[:-1]), "qlib_bin_short", "7 bytes"),
        (rewrite(CLOSE, struct.pack("<2f", 0.5, 1)), "qlib_bin_start", "0.5"),
        (rewrite(CLOSE, struct.pack("<2f", 9999, 1)), "qlib_bin_start", "9999"),
        (rewrite(CLOSE, struct.pack("<500f", *range(500))), "qlib_bin_long", "past the end"),
        (rewrite(CLOSE, struct.pack("<3f", 0, 1, float("inf"))), "qlib_bin_value", "inf"),
        (remove(CLOSE), "qlib_file_missing", CLOSE),
        (remove("features/sz000001/factor.day.bin"), "qlib_file_missing", "sz000001/factor"),
        (remove("instruments/all.txt"), "qlib_file_missing", "instruments/all.txt"),
        (rewrite("instruments/all.txt", b"AAPL\t2020-01-01\t2020-02-01\n"), "qlib_instrument_unknown", "AAPL"),
        (rewrite("instruments/all.txt", b"SH600519 2020\n"), "qlib_instrument_line", "Line 1"),
        (rewrite("calendars/day.txt", b"2020-01-03\n2020-01-02\n"), "qlib_calendar_order", "Line 2"),
        (rewrite("calendars/day.txt", b"\xff\xfe"), "qlib_not_text", "UTF-8"),
    ],
)
def test_each_broken_byte_is_named_and_nothing_is_stored(
    folder: Path, tmp_path: Path, change: Change, code: str, words: str
) -> None:
    change(folder)
    store = ParquetBarStore(tmp_path / "empty")
    for path in (folder, pack(folder, tmp_path / "q.zip")):
        report = run(path, store)
        assert report.status == "refused"
        assert report.error is not None
        assert report.error.code == code
        assert words in report.error.message_en
    assert store.list_coverage("1d") == []


def test_a_price_that_cannot_be_is_a_bad_row(folder: Path, tmp_path: Path) -> None:
    data = bytearray((folder / CLOSE).read_bytes())
    data[4:8] = struct.pack("<f", -1)
    (folder / CLOSE).write_bytes(data)
    report = run(folder, ParquetBarStore(tmp_path / "empty"))
    assert (report.status, report.error and report.error.code, report.rejected) == ("refused", "bad_rows", 1)
    assert report.errors[0].field in ("close", "high")


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_read(folder: Path, tmp_path: Path) -> None:
    path = pack(folder, tmp_path / "q.zip")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb", "w") as file:
        for _ in range(1100):
            file.write(bytes(1 << 20))
    report = run(path, ParquetBarStore(tmp_path / "empty"))
    assert report.error is not None
    assert report.error.code == "too_large"


def test_a_damaged_archive_is_named(folder: Path, tmp_path: Path) -> None:
    path = pack(folder, tmp_path / "q.zip")
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo("calendars/day.txt").header_offset + 60
    data[at : at + 8] = b"\0" * 8
    path.write_bytes(data)
    report = run(path, ParquetBarStore(tmp_path / "empty"))
    assert report.status == "refused"
    assert report.error is not None


def test_what_is_no_qlib_folder_is_read_as_before(folder: Path, tmp_path: Path) -> None:
    assert is_qlib(folder)
    shutil.rmtree(folder / "calendars")
    assert not is_qlib(folder)
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.csv", "x")
    assert not is_qlib(other)
    report = run(other, ParquetBarStore(tmp_path / "empty"))
    assert report.error is not None
    assert report.error.code == "compressed"
