"""Files that must be refused: each with its own clear error, and the store byte-identical afterwards."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import os
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.features.data.importer import FileRefused, import_file, inspect_file
from quantdesk.features.data.schemas import FileOptions

NOW = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 20)
HEADER = "date,code,open,high,low,close,volume,amount\n"
GOOD = "2024-01-02,sh.600519,10,11,9,10.5,1000,10500\n"


def csv_with(row: str, header: str = HEADER) -> bytes:
    return (header + GOOD.replace("01-02", "01-01") + row).encode()


def columns(**changes: object) -> bytes:
    table: dict[str, object] = {
        "date": ["2024-01-02"],
        "code": ["sh.600519"],
        "open": [10.0],
        "high": [11.0],
        "low": [9.0],
        "close": [10.5],
        "volume": [1000],
    }
    table |= changes
    buffer = io.BytesIO()
    pq.write_table(pa.table({name: values for name, values in table.items() if values is not None}), buffer)
    return buffer.getvalue()


def day(*records: tuple[int, int, int, int, int, float, int], tail: bytes = b"") -> bytes:
    return b"".join(struct.pack("<IiiiifII", *record, 0) for record in records) + tail


def zipped(payload: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("daily.csv", payload)
    return buffer.getvalue()


GOOD_DAY = (20240102, 1000, 1100, 900, 1050, 10500.0, 1000)
BOMB = b"0" * (20 << 20)

# name of the case: (file name, content, code of the file's problem, code of its first row error, line, field)
CASES: dict[str, tuple[str, bytes, str, str | None, int | None, str | None]] = {
    "empty": ("a.csv", b"", "empty", None, None, None),
    "header only": ("a.csv", HEADER.encode(), "header_only", None, None, None),
    "header without line end": ("a.csv", HEADER.strip().encode(), "header_only", None, None, None),
    "blank lines only": ("a.csv", b"\n\n\n\n", "no_columns", None, None, None),
    "one word": ("a.csv", b"hello\nworld\n", "no_columns", None, None, None),
    "rows without a header": ("a.csv", GOOD.encode() * 2, "columns_missing", None, None, None),
    "binary named csv": ("a.csv", bytes(range(256)) * 40, "binary", None, None, None),
    "control characters far in": (
        "a.csv",
        (HEADER + GOOD * 200).encode() + b"\x07bell",
        "binary_line",
        None,
        None,
        None,
    ),
    "executable named csv": ("a.csv", b"\x7fELF" + b"\x01" * 100, "foreign", None, None, None),
    "gzip named csv": ("a.csv", gzip.compress(csv_with(GOOD)), "compressed", None, None, None),
    "gzip bomb named csv": ("a.csv", gzip.compress(BOMB), "compressed", None, None, None),
    "zip bomb named csv": ("a.csv", zipped(BOMB), "compressed", None, None, None),
    "zip named parquet": ("a.parquet", zipped(b"x"), "compressed", None, None, None),
    "zip named day": ("sh600519.day", zipped(b"x"), "compressed", None, None, None),
    "xlsx": ("a.xlsx", zipped(b"<xml/>"), "compressed", None, None, None),
    "old xls": ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "foreign", None, None, None),
    "error page named csv": ("a.csv", b"<!DOCTYPE html><html>429</html>\n" * 3, "markup", None, None, None),
    "json named csv": ("a.csv", b'{"data": []}\n', "markup", None, None, None),
    "utf-16": ("a.csv", (HEADER + GOOD).encode("utf-16"), "utf16", None, None, None),
    "utf-16 without mark": ("a.csv", (HEADER + GOOD).encode("utf-16-le"), "binary", None, None, None),
    "neither utf-8 nor gbk": (
        "a.csv",
        HEADER.encode() + GOOD.encode() + b"2024-01-03,\xff\xff\xfe,1,1,1,1,1,1\n",
        "encoding_unknown",
        None,
        None,
        None,
    ),
    "old Mac line ends": ("a.csv", (HEADER + GOOD).replace("\n", "\r").encode(), "line_ends", None, None, None),
    "one line of 100 KB": ("a.csv", b"1," * 50_000, "line_too_long", None, None, None),
    "long line far in": (
        "a.csv",
        csv_with("9" * 70_000 + "\n"),
        "line_too_long",
        None,
        None,
        None,
    ),
    "quote never closed": (
        "a.csv",
        csv_with('2024-01-02,"sh.600519,10,11,9,10.5,1,1\n' + GOOD),
        "quote_open",
        None,
        None,
        None,
    ),
    "quote open at the end": ("a.csv", csv_with('2024-01-02,"sh.600519'), "quote_open", None, None, None),
    "missing column": (
        "a.csv",
        csv_with("", header=HEADER.replace("close", "price")),
        "columns_missing",
        None,
        None,
        None,
    ),
    "repeated column": (
        "a.csv",
        csv_with("", header=HEADER.replace("amount", "close")),
        "columns_repeated",
        None,
        None,
        None,
    ),
    "201 columns": ("a.csv", (",".join(f"c{i}" for i in range(201)) + "\n").encode(), "too_many_columns", *[None] * 3),
    "no symbol anywhere": (
        "a.csv",
        b"date,open,high,low,close,volume\n2024-01-02,1,1,1,1,1\n",
        "symbol_missing",
        *[None] * 3,
    ),
    "ragged row, too many cells": (
        "a.csv",
        csv_with(GOOD.strip() + ",1,2\n"),
        "bad_rows",
        "ragged_row",
        3,
        "row",
    ),
    "ragged row, too few cells": ("a.csv", csv_with("2024-01-02,sh.600519,10\n"), "bad_rows", "ragged_row", 3, "row"),
    "negative price": ("a.csv", csv_with(GOOD.replace(",9,", ",-9,")), "bad_rows", "not_positive", 3, "low"),
    "zero price": ("a.csv", csv_with(GOOD.replace(",10,", ",0,")), "bad_rows", "not_positive", 3, "open"),
    "high below low": ("a.csv", csv_with(GOOD.replace(",11,9,", ",9,11,")), "bad_rows", "high_below", 3, "high"),
    "low above close": ("a.csv", csv_with(GOOD.replace(",9,10.5", ",10.8,10.5")), "bad_rows", "low_above", 3, "low"),
    "negative volume": ("a.csv", csv_with(GOOD.replace(",1000,", ",-1000,")), "bad_rows", "negative", 3, "volume"),
    "negative amount": ("a.csv", csv_with(GOOD.replace(",10500", ",-1")), "bad_rows", "negative", 3, "amount"),
    "repeated date": ("a.csv", csv_with(GOOD + GOOD), "bad_rows", "duplicate_date", 4, "date"),
    "repeated date in two spellings": (
        "a.csv",
        csv_with(GOOD + GOOD.replace("sh.600519", "600519.SH").replace("2024-01-02", "20240102")),
        "bad_rows",
        "duplicate_date",
        4,
        "date",
    ),
    "future date": ("a.csv", csv_with(GOOD.replace("2024", "2027")), "bad_rows", "in_future", 3, "date"),
    "date before the exchanges": ("a.csv", csv_with(GOOD.replace("2024", "1024")), "bad_rows", "too_early", 3, "date"),
    "30 February": ("a.csv", csv_with(GOOD.replace("01-02", "02-30")), "bad_rows", "no_such_date", 3, "date"),
    "day and month swapped": (
        "a.csv",
        csv_with(GOOD.replace("2024-01-02", "02/01/2024")),
        "bad_rows",
        "not_a_date",
        3,
        "date",
    ),
    "word for a date": ("a.csv", csv_with(GOOD.replace("2024-01-02", "today")), "bad_rows", "not_a_date", 3, "date"),
    "empty date": ("a.csv", csv_with(GOOD.replace("2024-01-02", "")), "bad_rows", "missing", 3, "date"),
    "minute bar": ("a.csv", csv_with(GOOD.replace("01-02", "01-02 09:35:00")), "bad_rows", "date_has_time", 3, "date"),
    "text in a number": ("a.csv", csv_with(GOOD.replace(",10.5,", ",ten,")), "bad_rows", "not_a_number", 3, "close"),
    "number with a unit": (
        "a.csv",
        csv_with(GOOD.replace(",1000,", ",1.2万,")),
        "bad_rows",
        "not_a_number",
        3,
        "volume",
    ),
    "NaN price": ("a.csv", csv_with(GOOD.replace(",10.5,", ",NaN,")), "bad_rows", "missing", 3, "close"),
    "infinite price": ("a.csv", csv_with(GOOD.replace(",11,", ",inf,")), "bad_rows", "not_finite", 3, "high"),
    "overflowing number": ("a.csv", csv_with(GOOD.replace(",11,", ",1e999,")), "bad_rows", "not_finite", 3, "high"),
    "empty volume": ("a.csv", csv_with(GOOD.replace(",1000,", ",,")), "bad_rows", "missing", 3, "volume"),
    "decimal comma": (
        "a.csv",
        csv_with(GOOD.replace(",", ";").replace("10.5", "10,5"), header=HEADER.replace(",", ";")).replace(
            b"2024-01-01,sh.600519,10,11,9,10.5,1000,10500", b"2024-01-01;sh.600519;10;11;9;10;1000;10500"
        ),
        "bad_rows",
        "decimal_comma",
        3,
        "close",
    ),
    "formula in a number": ("a.csv", csv_with(GOOD.replace(",10.5,", ",=1+1,")), "bad_rows", "formula", 3, "close"),
    "formula in the code": (
        "a.csv",
        csv_with(GOOD.replace("sh.600519", "=cmd|' /C calc'!A0")),
        "bad_rows",
        "formula",
        3,
        "symbol",
    ),
    "unknown symbol": (
        "a.csv",
        csv_with(GOOD.replace("sh.600519", "sh.777777")),
        "bad_rows",
        "unknown_symbol",
        3,
        "symbol",
    ),
    "symbol of another market": (
        "a.csv",
        csv_with(GOOD.replace("sh.600519", "AAPL")),
        "bad_rows",
        "symbol_format",
        3,
        "symbol",
    ),
    "path for a symbol": (
        "a.csv",
        csv_with(GOOD.replace("sh.600519", "../../etc")),
        "bad_rows",
        "symbol_format",
        3,
        "symbol",
    ),
    "suspended with volume": (
        "a.csv",
        b"date,code,open,high,low,close,volume,tradestatus\n2024-01-02,sh.600519,1,1,1,1,5,0\n",
        "bad_rows",
        "suspended_traded",
        2,
        "trading",
    ),
    "status that is no flag": (
        "a.csv",
        b"date,code,open,high,low,close,volume,tradestatus\n2024-01-02,sh.600519,1,1,1,1,5,7\n",
        "bad_rows",
        "not_a_flag",
        2,
        "trading",
    ),
    "truncated parquet": ("a.parquet", columns()[:-40], "parquet_corrupt", None, None, None),
    "parquet of four bytes": ("a.parquet", b"PAR1", "parquet_corrupt", None, None, None),
    "parquet with a broken page": (
        "a.parquet",
        b"PAR1" + b"\x00" * 60 + columns()[64:],
        "parquet_corrupt",
        None,
        None,
        None,
    ),
    "text named parquet": ("a.parquet", csv_with(GOOD), "parquet_corrupt", None, None, None),
    "parquet without rows": (
        "a.parquet",
        columns(
            **{name: pa.array([], pa.string()) for name in ("date", "code", "open", "high", "low", "close", "volume")}
        ),
        "header_only",
        None,
        None,
        None,
    ),
    "nested parquet": ("a.parquet", columns(close=[[10.5]]), "column_nested", None, None, None),
    "parquet of bytes": ("a.parquet", columns(close=[b"10.5"]), "column_nested", None, None, None),
    "parquet without close": ("a.parquet", columns(close=None), "columns_missing", None, None, None),
    "parquet with text in a number": ("a.parquet", columns(close=["x"]), "bad_rows", "not_a_number", 1, "close"),
    "parquet with NaN": ("a.parquet", columns(open=[float("nan")]), "bad_rows", "missing", 1, "open"),
    "parquet with infinity": ("a.parquet", columns(open=[float("inf")]), "bad_rows", "not_finite", 1, "open"),
    "parquet with a null date": (
        "a.parquet",
        columns(date=pa.array([None], pa.date32())),
        "bad_rows",
        "missing",
        1,
        "date",
    ),
    "parquet of minutes": (
        "a.parquet",
        columns(date=np.array(["2024-01-02T09:35"], "datetime64[ms]")),
        "bad_rows",
        "date_has_time",
        1,
        "date",
    ),
    "parquet with a flag for a price": ("a.parquet", columns(open=[True]), "bad_rows", "not_a_number", 1, "open"),
    "day file of a wrong length": ("sh600519.day", day(GOOD_DAY, tail=b"\1"), "tdx_length", None, None, None),
    "day file without a symbol": ("x.day", day(GOOD_DAY), "symbol_missing", None, None, None),
    "day file with a crazy date": (
        "sh600519.day",
        day(GOOD_DAY, (99999999, *GOOD_DAY[1:])),
        "bad_rows",
        "no_such_date",
        2,
        "date",
    ),
    "day file with date 0": ("sh600519.day", day((0, *GOOD_DAY[1:])), "bad_rows", "not_a_date", 1, "date"),
    "day file with high below low": (
        "sh600519.day",
        day((20240102, 1000, 900, 1100, 1000, 1.0, 1)),
        "bad_rows",
        "high_below",
        1,
        "high",
    ),
    "day file with a negative price": (
        "sh600519.day",
        day((20240102, -1000, 1100, 900, 1000, 1.0, 1)),
        "bad_rows",
        "not_positive",
        1,
        "open",
    ),
    "day file with NaN turnover of infinity": (
        "sh600519.day",
        day((*GOOD_DAY[:5], float("inf"), 1)),
        "bad_rows",
        "not_finite",
        1,
        "amount",
    ),
    "old minute file": ("sh600519.5", day(GOOD_DAY), "minute_file", None, None, None),
    "minute file of days": ("sh600519.lc5", day(GOOD_DAY), "tdx_times", None, None, None),
}


def tree_hash(root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> ParquetBarStore:
    """A store that holds two bars of the very symbol the bad files speak of."""
    store = ParquetBarStore(tmp_path / "bars")
    good = tmp_path / "good.csv"
    good.write_text(HEADER + GOOD + GOOD.replace("01-02", "01-03"))
    report, _ = import_file(good, FileOptions(), store, now=NOW, today=TODAY)
    assert report.inserted == 2
    return store


@pytest.mark.parametrize(("name", "content", "code", "row_code", "line", "field"), CASES.values(), ids=list(CASES))
def test_a_bad_file_is_refused_and_the_store_stays_byte_identical(
    name: str,
    content: bytes,
    code: str,
    row_code: str | None,
    line: int | None,
    field: str | None,
    store: ParquetBarStore,
    tmp_path: Path,
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(content)
    before = tree_hash(tmp_path / "bars")

    report, reading = import_file(path, FileOptions(), store, now=NOW, today=TODAY, name=name)

    assert tree_hash(tmp_path / "bars") == before
    assert reading is None
    assert report.status == "refused"
    assert report.error is not None
    assert report.error.code == code, report.error
    assert report.error.message_zh
    assert report.error.message_en
    assert (report.inserted, report.updated) == (0, 0)
    if row_code is not None:
        first = report.errors[0]
        assert (first.code, first.line, first.field) == (row_code, line, field)
        assert first.message_zh
        assert first.message_en
        assert report.rejected >= 1


@pytest.mark.parametrize(
    "name",
    [
        *("../../x.csv", "/etc/passwd", "a/b.csv", "..\\x.csv", "C:\\x.csv", "x\0.csv", "x\n.csv", ".", "..", ""),
        *("a" * 300 + ".csv", "con", "NUL.csv", "COM1.csv", "lpt9.day", "a\u202ecsv.exe", "x:y.csv", "a|b.csv", "   "),
    ],
)
def test_a_name_that_plays_tricks_is_refused(name: str, store: ParquetBarStore, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(csv_with(GOOD))
    before = tree_hash(tmp_path / "bars")
    with pytest.raises(FileRefused) as caught:
        inspect_file(path, name)
    assert caught.value.problem.code == "name_unsafe"
    assert tree_hash(tmp_path / "bars") == before


def _directory(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _link(path: Path) -> None:
    target = path.with_name("target.csv")
    target.write_bytes(csv_with(GOOD))
    path.symlink_to(target)


def _device_link(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [_directory, _pipe, _link, _device_link])
def test_only_regular_files_are_opened(make: Callable[[Path], None], store: ParquetBarStore, tmp_path: Path) -> None:
    path = tmp_path / "upload.csv"
    make(path)
    report, _ = import_file(path, FileOptions(), store, now=NOW, today=TODAY)
    assert report.error is not None
    assert report.error.code == "not_a_file"


@pytest.mark.parametrize(
    ("path", "code"), [("/dev/null", "not_a_file"), ("/dev/zero", "not_a_file"), ("/no/such.csv", "not_found")]
)
def test_devices_and_missing_files_are_refused(path: str, code: str, store: ParquetBarStore) -> None:
    report, _ = import_file(Path(path), FileOptions(), store, now=NOW, today=TODAY)
    assert report.error is not None
    assert report.error.code == code


@pytest.mark.parametrize(("fill", "code"), [(b"", "binary"), (b"1" * 4096, "line_too_long")])
def test_a_gigabyte_of_one_line_is_refused_within_a_few_megabytes(
    fill: bytes, code: str, store: ParquetBarStore, tmp_path: Path
) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        for at in range(0, 1 << 20, 4096) if fill else ():
            file.seek(at)
            file.write(fill)
        file.truncate(1 << 30)  # sparse: no gigabyte is written
    before = tree_hash(tmp_path / "bars")
    tracemalloc.start()
    report, _ = import_file(path, FileOptions(), store, now=NOW, today=TODAY)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.error is not None
    assert report.error.code in (code, "binary_line")
    assert peak < 32 << 20
    assert tree_hash(tmp_path / "bars") == before


def test_a_file_above_the_limit_is_refused_unread(store: ParquetBarStore, tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate((1 << 30) + 1)
    report, _ = import_file(path, FileOptions(), store, now=NOW, today=TODAY)
    assert report.error is not None
    assert report.error.code == "too_large"


def test_the_list_of_errors_is_cut_and_the_count_is_not(store: ParquetBarStore, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(HEADER + GOOD.replace(",10.5,", ",x,") * 5000)
    report, _ = import_file(path, FileOptions(), store, now=NOW, today=TODAY)
    assert report.rejected == 5000
    assert report.rows == 5000
    assert [error.line for error in report.errors] == list(range(2, 1002))


def test_skipping_bad_rows_stores_the_good_ones_and_still_lists_the_bad(store: ParquetBarStore, tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    path.write_bytes(csv_with(GOOD.replace("01-02", "02-30") + "1,2\n\n" + GOOD.replace("01-02", "01-05")))
    report, reading = import_file(path, FileOptions(skip_bad_rows=True), store, now=NOW, today=TODAY)
    assert report.status == "stored"
    assert (report.accepted, report.rejected, report.inserted) == (2, 2, 2)
    assert [(error.line, error.code) for error in report.errors] == [(3, "no_such_date"), (4, "ragged_row")]
    assert reading is not None


def test_skipping_bad_rows_of_a_file_without_good_ones_stores_nothing(store: ParquetBarStore, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes((HEADER + GOOD.replace(",9,", ",-9,")).encode())
    report, _ = import_file(path, FileOptions(skip_bad_rows=True), store, now=NOW, today=TODAY)
    assert report.status == "refused"


@pytest.mark.parametrize(("name", "content"), [case[:2] for case in CASES.values()], ids=list(CASES))
def test_looking_at_a_bad_file_shows_it_or_refuses_it(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(content)
    try:
        inspection = inspect_file(path, name)
    except FileRefused:
        return
    assert inspection.columns
    assert len(inspection.head) <= 20
