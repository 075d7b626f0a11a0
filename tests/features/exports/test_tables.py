"""CSV, Parquet and Excel read back, by their own libraries, as what the store holds: to the last digit."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings

from quantdesk.core.bars.adjust import adjust, adjusting_factor
from quantdesk.core.bars.frame import Bars
from quantdesk.core.bars.resample import resample
from quantdesk.features.data.importer import FileReading, FileRefused, read_file
from quantdesk.features.data.schemas import FileOptions
from quantdesk.features.exports.engine import columns as columns_module
from quantdesk.features.exports.engine.tables import csv_text
from quantdesk.features.exports.schemas import COLUMNS
from tests.fakes.made_bars import bars_of
from tests.fakes.rough_bars import rough_bars, some_bars
from tests.features.exports.conftest import Export, export_to

FLOATS = ("open", "high", "low", "close", "preclose", "volume", "amount")
NAMES = {"600519.SH": "贵州茅台", "000001.SZ": "平安银行"}


def two_stocks() -> list[Bars]:
    return [rough_bars("600519.SH", 1, days=90), rough_bars("000001.SZ", 2, first=30, days=200)]


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_xlsx(source: Any, sheet: int = 0) -> list[list[Any]]:
    book = openpyxl.load_workbook(source, read_only=False)
    return [list(row) for row in book.worksheets[sheet].iter_rows(values_only=True)]


def same(found: list[Any], wanted: np.ndarray) -> None:
    """Compare cells with floats bit by bit; an empty cell is NaN."""
    values = np.array([math.nan if cell in (None, "") else float(cell) for cell in found])
    np.testing.assert_array_equal(values.view(np.int64)[~np.isnan(wanted)], wanted.view(np.int64)[~np.isnan(wanted)])
    np.testing.assert_array_equal(np.isnan(values), np.isnan(wanted))


@settings(deadline=None, max_examples=20)
@given(some_bars())
def test_any_bars_in_csv_read_back_to_the_last_digit(bars: Bars) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = read_csv(export_to(Path(folder) / "x.csv", [bars], format="csv"))
    assert [row["date"] for row in rows] == [str(day) for day in bars.time]
    for name in FLOATS:
        same([row[name] for row in rows], getattr(bars, name))
    assert [row["tradestatus"] for row in rows] == ["0" if suspended else "1" for suspended in bars.suspended]
    assert [row["isST"] for row in rows] == ["1" if flag else "0" for flag in bars.is_st]


@settings(deadline=None, max_examples=10)
@given(some_bars())
def test_any_adjusted_bars_in_parquet_and_excel_read_back_to_the_last_digit(bars: Bars) -> None:
    wanted = adjust(bars, "qfq")
    with tempfile.TemporaryDirectory() as folder:
        request: dict[str, Any] = {"adjustment": "qfq", "columns": ["date", "close", "volume", "factor", "is_st"]}
        parquet = export_to(Path(folder) / "x.parquet", [bars], format="parquet", **request)
        table = pq.read_table(parquet)
        sheet = read_xlsx(export_to(Path(folder) / "x.xlsx", [bars], format="xlsx", **request))
    assert table.column_names == sheet[0] == ["date", "close_qfq", "volume", "factor", "isST"]
    cells = list(zip(*sheet[1:], strict=True))
    for at, (name, values) in enumerate(
        [("close_qfq", wanted.close), ("volume", bars.volume), ("factor", adjusting_factor(bars, "qfq"))], 1
    ):
        same(table[name].to_pylist(), values)
        same(list(cells[at]), values)
    assert [cell.date() for cell in cells[0]] == table["date"].to_pylist() == bars.time.tolist()
    assert list(cells[4]) == table["isST"].to_pylist() == bars.is_st.tolist()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["x.csv", "x.parquet"])
def test_our_own_import_reads_a_raw_export_back_unchanged(export: Export, name: str, language: str) -> None:
    stored = two_stocks()
    path = export(name, stored, format=name.partition(".")[2], names=NAMES, headers=language, bom=True)

    reading = read_file(path, FileOptions(), today=dt.date(2026, 1, 1))

    assert isinstance(reading, FileReading)
    assert reading.rejected == []
    assert {one.symbol: one.name for one in reading.instruments} == NAMES
    for bars in reading.bars:
        wanted = next(one for one in stored if one.symbol == bars.symbol)
        np.testing.assert_array_equal(bars.time, wanted.time)
        for field in FLOATS:
            np.testing.assert_array_equal(getattr(bars, field), getattr(wanted, field), err_msg=field)
        np.testing.assert_array_equal(bars.suspended, wanted.suspended)
        np.testing.assert_array_equal(bars.is_st, wanted.is_st)


def test_an_adjusted_export_is_not_taken_for_raw_prices_by_our_own_import(export: Export) -> None:
    path = export("x.csv", two_stocks(), format="csv", adjustment="hfq")
    with pytest.raises(FileRefused, match="columns_missing"):
        read_file(path, FileOptions(), today=dt.date(2026, 1, 1))


def test_all_columns_by_hand(export: Export) -> None:
    bars = bars_of("600519.SH", [10.0, 10.0, 5.5], suspended=[1])
    bars.preclose[2] = 5.0  # ex-right: 10 became 5
    path = export("x.csv", [bars], format="csv", columns=list(COLUMNS), adjustment="hfq", names=NAMES)
    assert path.read_text().splitlines()[0] == (
        "symbol,name,date,open_hfq,high_hfq,low_hfq,close_hfq,preclose_hfq,change,volume,amount,vwap_hfq,factor,"
        "tradestatus,isST"
    )
    last = read_csv(path)[-1]
    factor = 2
    assert (last["symbol"], last["name"]) == ("600519.SH", "贵州茅台")
    assert float(last["close_hfq"]) == 5.5 * factor
    assert float(last["preclose_hfq"]) == 5.0 * factor
    assert float(last["change"]) == 5.5 / 5 - 1
    assert float(last["vwap_hfq"]) == 5.5 * factor
    assert (float(last["volume"]), float(last["amount"])) == (1e6, 5.5e6)
    assert (float(last["factor"]), last["tradestatus"], last["isST"]) == (factor, "1", "0")
    assert read_csv(path)[1]["tradestatus"] == "0"


def test_the_range_does_not_move_the_prices(export: Export, tmp_path: Path) -> None:
    bars = rough_bars("600519.SH", 5, days=200)
    cut = {"start": "2020-03-01", "end": "2020-06-30", "adjustment": "hfq", "format": "csv"}
    whole = {row["date"]: row for row in read_csv(export("whole.csv", [bars], format="csv", adjustment="hfq"))}
    part = read_csv(export("part.csv", [bars], **cut))
    assert part == [row for day, row in whole.items() if "2020-03-01" <= day <= "2020-06-30"]
    assert 50 < len(part) < len(whole)


def test_qfq_as_of_a_day_leaves_that_days_prices_raw(export: Export) -> None:
    bars = rough_bars("600519.SH", 6, days=200)
    day = bars.time[100].item()
    rows = read_csv(export("x.csv", [bars], format="csv", adjustment="qfq", as_of=day))
    found = next(row for row in rows if row["date"] == day.isoformat())
    assert float(found["close_qfq"]) == bars.close[100]
    assert float(found["factor"]) == 1


@pytest.mark.parametrize("interval", ["1w", "1M"])
def test_weeks_and_months_are_made_of_adjusted_days(export: Export, interval: Any) -> None:
    bars = rough_bars("600519.SH", 8, days=300)
    rows = read_csv(export("x.csv", [bars], format="csv", adjustment="hfq", interval=interval))
    wanted = resample(adjust(bars, "hfq"), interval)
    assert [row["date"] for row in rows] == [str(day) for day in wanted.time]
    for name in ("open", "high", "low", "close"):
        same([row[f"{name}_hfq"] for row in rows], getattr(wanted, name))


def minutes(symbol: str, start: str, count: int) -> Bars:
    """Give bars of five minutes that end at these instants, UTC."""
    made = bars_of(symbol, [10.0 + at / 100 for at in range(count)])
    time = np.datetime64(start, "s") + np.arange(count) * np.timedelta64(300, "s")
    return replace(made, interval="5m", time=time)


def test_bars_within_the_day_have_beijings_time_and_their_days_factor(export: Export) -> None:
    daily = bars_of("600519.SH", [10.0, 11.0], start="2024-03-14")
    daily.preclose[1] = 5.0
    inside = minutes("600519.SH", "2024-03-15T01:35:00", 3)
    book = export("x.xlsx", [daily, inside], format="xlsx", interval="5m", adjustment="hfq", end="2024-03-15")
    rows = read_xlsx(book)
    assert [str(row[2]) for row in rows[1:]] == [f"2024-03-15 09:{minute}:00" for minute in (35, 40, 45)]
    assert [row[6] for row in rows[1:]] == pytest.approx([10 * 2, 10.01 * 2, 10.02 * 2])
    text = read_csv(export("x.csv", [daily, inside], format="csv", interval="5m"))
    assert text[0]["date"] == "2024-03-15 09:35:00"


def test_one_file_a_symbol_comes_as_an_archive(export: Export) -> None:
    for suffix in ("csv", "parquet", "xlsx"):
        path = export(f"{suffix}.zip", two_stocks(), format=suffix, files="per_symbol")
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            assert archive.namelist() == [f"000001.SZ.{suffix}", f"600519.SH.{suffix}"]
            inside = io.BytesIO(archive.read(f"600519.SH.{suffix}"))
        rows = {
            "csv": lambda data: len(data.readlines()) - 1,
            "parquet": lambda data: pq.read_table(data).num_rows,
            "xlsx": lambda data: len(read_xlsx(data)) - 1,
        }[suffix](inside)
        assert rows == len(two_stocks()[0])


def test_the_same_bars_give_the_same_bytes(export: Export) -> None:
    for name, format_ in (("a.csv", "csv"), ("a.parquet", "parquet"), ("a.xlsx", "xlsx"), ("a.zip", "qlib")):
        first = export(name, two_stocks(), format=format_).read_bytes()
        assert export("again-" + name, two_stocks(), format=format_).read_bytes() == first


def test_small_batches_give_the_same_file_as_large_ones(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = export("a.csv", two_stocks(), format="csv").read_bytes()
    monkeypatch.setattr(columns_module, "BATCH_ROWS", 7)
    assert export("b.csv", two_stocks(), format="csv").read_bytes() == whole
    table = pq.read_table(export("b.parquet", two_stocks(), format="parquet"))
    assert table.num_rows == sum(map(len, two_stocks()))


@pytest.mark.parametrize("name", ["=1+2", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x","y")'])
def test_no_name_is_a_formula_to_a_spreadsheet(export: Export, name: str) -> None:
    bars = two_stocks()[0]
    cell = read_csv(export("x.csv", [bars], format="csv", names={bars.symbol: name}))[0]["name"]
    assert cell == "'" + name
    book = openpyxl.load_workbook(export("x.xlsx", [bars], format="xlsx", names={bars.symbol: name}))
    assert book.worksheets[0]["B2"].data_type in ("s", "inlineStr")  # a text in itself: nothing is to be put before
    assert book.worksheets[0]["B2"].value.strip() == name.strip()


@pytest.mark.parametrize(
    ("text", "cell"),
    [("平安银行", "平安银行"), ("A,B", '"A,B"'), ('A"B', '"A""B"'), ("A\nB", '"A\nB"'), ("=A,B", '"\'=A,B"')],
)
def test_a_text_is_quoted_only_where_it_must_be(text: str, cell: str) -> None:
    assert csv_text(text) == cell


def test_a_byte_order_mark_comes_only_when_asked_for(export: Export) -> None:
    assert (
        export("a.csv", two_stocks(), format="csv", headers="zh", bom=True)
        .read_bytes()
        .startswith("\ufeff代码,名称,日期,开盘".encode())
    )
    assert export("b.csv", two_stocks(), format="csv").read_bytes().startswith(b"symbol,name,date,open")


def test_a_parquet_file_tells_what_it_holds_and_has_few_groups(export: Export) -> None:
    file = pq.ParquetFile(export("x.parquet", two_stocks(), format="parquet", adjustment="qfq", as_of="2020-03-02"))
    about = json.loads(file.schema_arrow.metadata[b"quantdesk"])
    assert about["prices"] == "forward adjusted (qfq) 2020-03-02"
    assert file.metadata.num_row_groups == 1
