"""The Excel workbook: sheets that go on, types, numbers to the last digit; read back by openpyxl and pandas."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from collections.abc import Sequence
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

from quantdesk.features.exports.engine import workbook
from quantdesk.features.exports.engine.workbook import WorkbookColumn, WorkbookWriter, letters

COLUMNS = (WorkbookColumn("日期", "date"), WorkbookColumn("收盘", "price"), WorkbookColumn("停牌", "flag"))
ABOUT = [("来源", "QuantDesk <&> \x00")]


def batch(days: list[str], closes: Sequence[float | None], flags: list[bool]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array(np.array(days, dtype="datetime64[D]")), pa.array(closes, pa.float64()), pa.array(flags)],
        names=["date", "close", "flag"],
    )


def written(*batches: pa.RecordBatch) -> io.BytesIO:
    sink = io.BytesIO()
    writer = WorkbookWriter(sink, COLUMNS, name="1d", about=ABOUT)
    for each in batches:
        writer.write(each)
    writer.close()
    sink.seek(0)
    return sink


def test_dates_numbers_and_flags_are_typed_and_the_header_is_frozen() -> None:
    book = openpyxl.load_workbook(written(batch(["2024-03-15", "1990-12-19"], [0.1 + 0.2, None], [True, False])))
    sheet = book["1d"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["日期", "收盘", "停牌"],
        [dt.datetime(2024, 3, 15), 0.30000000000000004, True],  # noqa: DTZ001 - Excel knows no zones
        [dt.datetime(1990, 12, 19), None, False],  # noqa: DTZ001
    ]
    assert (sheet["A2"].number_format, sheet["B2"].number_format) == ("yyyy\\-mm\\-dd", "0.00##")
    assert (sheet["A2"].is_date, sheet["B2"].data_type, sheet["C2"].data_type) == (True, "n", "b")
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.b
    assert book.sheetnames == ["1d", "about"]
    assert book["about"]["B1"].value == "QuantDesk <&> \N{REPLACEMENT CHARACTER}"


def test_a_full_sheet_goes_on_in_the_next_with_the_header_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "EXCEL_ROWS", 4)  # a header and three rows
    days = [str(np.datetime64("2024-01-01") + n) for n in range(7)]
    found = pd.read_excel(
        written(batch(days[:5], list(range(5)), [False] * 5), batch(days[5:], [5, 6], [True] * 2)), None
    )
    assert list(found) == ["1d", "1d 2", "1d 3", "about"]
    sheets = [found[name] for name in ("1d", "1d 2", "1d 3")]
    assert [len(sheet) for sheet in sheets] == [3, 3, 1]
    together = pd.concat(sheets)
    assert together["收盘"].tolist() == list(range(7))
    assert [str(day.date()) for day in together["日期"]] == days


def test_exactly_full_is_one_sheet_and_nothing_at_all_still_a_workbook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "EXCEL_ROWS", 4)
    full = openpyxl.load_workbook(written(batch(["2024-01-01"] * 3, [1.0] * 3, [False] * 3)))
    assert full.sheetnames == ["1d", "about"]
    empty = openpyxl.load_workbook(written())
    assert empty["1d"].max_row == 1


def test_any_float_keeps_its_bits() -> None:
    rng = random.Random(7)  # noqa: S311 - no secret
    floats = [rng.uniform(0, 10**n) for n in range(-6, 15) for _ in range(20)] + [0.0, 1e-300, 1e22, 123456789012345.0]
    found = openpyxl.load_workbook(written(batch(["2024-01-01"] * len(floats), floats, [False] * len(floats))))
    cells = [row[1] for row in found["1d"].iter_rows(min_row=2, values_only=True)]
    assert [float(cell) for cell in cells] == floats


def test_each_part_is_well_formed_and_none_needs_zip64() -> None:
    with zipfile.ZipFile(written(batch(["2024-01-01"], [1.0], [False]))) as archive:
        for info in archive.infolist():
            ElementTree.fromstring(archive.read(info))  # noqa: S314 - we wrote it
            assert info.extract_version < zipfile.ZIP64_VERSION
        content_types = archive.read("[Content_Types].xml").decode()
        assert content_types.count("worksheet+xml") == 2


def test_columns_have_excels_names() -> None:
    assert [letters(at) for at in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
