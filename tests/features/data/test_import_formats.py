"""What the importer understands: spellings, encodings, units, layouts, options."""

from __future__ import annotations

import datetime as dt
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.features.data.importer import FileReading, FileRefused, import_file, inspect_file, read_file
from quantdesk.features.data.schemas import FileOptions

NOW = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 20)
PLAIN = "date,code,open,high,low,close,volume,amount\n2024-01-02,sh.600519,10,11,9,10.5,1000,10500\n"


def read(path: Path, content: str | bytes, **options: Any) -> FileReading:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_file(path, FileOptions(**options), today=TODAY)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_chinese_columns_are_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    text = (
        "日期,股票代码,股票名称,开盘,收盘,最高,最低,成交量,成交额\n2024-01-02,600519,贵州茅台,10,10.5,11,9,10,10500\n"
    )
    path = tmp_path / "a.csv"
    reading = read(path, text.encode(encoding))
    inspection = inspect_file(path)
    assert inspection.layout == "akshare"
    assert inspection.missing == []
    assert inspection.volume_unit == "lot"
    (bars,) = reading.bars
    assert (bars.symbol, bars.volume[0], bars.close[0]) == ("600519.SH", 1000.0, 10.5)
    assert reading.instruments[0].name == "贵州茅台"
    assert reading.instruments[0].board == "main"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    reading = read(tmp_path / "a.csv", PLAIN.replace(",", delimiter))
    assert reading.accepted == 1


@pytest.mark.parametrize(
    "day", ["2024-01-02", "20240102", "2024/1/2", "2024.01.02", "2024年1月2日", "2024-01-02 00:00:00"]
)
def test_every_spelling_of_a_date_is_the_same_day(tmp_path: Path, day: str) -> None:
    reading = read(tmp_path / "a.csv", PLAIN.replace("2024-01-02", day))
    assert reading.bars[0].time[0] == np.datetime64("2024-01-02")


def test_quotes_thousands_separators_blank_lines_and_crlf_are_fine(tmp_path: Path) -> None:
    text = "\r\n".join(
        [
            '"Date","Code","Open","High","Low","Close","Volume","Amount"',
            '"2024-01-02","sh.600519"," 10 ","11","9","10.5","1,000,000","10,500,000.00"',
            "",
            '"2024-01-03","sh.600519","10","11","9","10.5","2","21"',
            ",,,,,,,",
            "",
        ]
    )
    reading = read(tmp_path / "a.csv", text)
    assert reading.rejected_total == 0
    assert reading.bars[0].volume.tolist() == [1_000_000.0, 2.0]
    assert reading.rows == 2


def test_lines_are_counted_as_a_person_does_past_blank_and_ragged_lines(tmp_path: Path) -> None:
    good = PLAIN.splitlines()[1]
    text = "\n".join([PLAIN.splitlines()[0], good, "", "1,2,3", "", good.replace("10.5", "x")])
    reading = read(tmp_path / "a.csv", text)
    assert [(error.line, error.code) for error in reading.rejected] == [(4, "ragged_row"), (6, "not_a_number")]


def test_lines_stay_right_over_many_blocks(tmp_path: Path) -> None:
    start = dt.date(2000, 1, 1)
    symbols = [f"{600000 + at}" for at in range(40)]
    rows = [
        f"{start + dt.timedelta(days=at)},{symbol},10.123456,11.123456,9.123456,10.523456,1000,10523.46"
        for symbol in symbols
        for at in range(4000)
    ]
    rows[100_000] = "ragged"
    rows[130_000] = rows[130_000].replace(",11.123456,", ",8,")
    rows[159_999] = rows[159_999].replace(",1000,", ",abc,")
    reading = read(tmp_path / "a.csv", PLAIN.splitlines()[0] + "\n" + "\n".join(rows))
    assert [(error.line, error.code) for error in reading.rejected] == [
        (100_002, "ragged_row"),
        (130_002, "high_below"),
        (160_001, "not_a_number"),
    ]
    assert reading.accepted == 159_997


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("sh600519.csv", "600519.SH"),
        ("SH#600519.csv", "600519.SH"),
        ("sz.000001.csv", "000001.SZ"),
        ("000300.SH.csv", "000300.SH"),
        ("600519_daily.csv", "600519.SH"),
        ("2024 bj430047 日线.csv", "430047.BJ"),
    ],
)
def test_the_symbol_is_found_in_the_file_name(tmp_path: Path, name: str, symbol: str) -> None:
    text = "date,open,high,low,close,volume\n2024-01-02,10,11,9,10.5,1000\n"
    assert read(tmp_path / name, text).bars[0].symbol == symbol
    assert inspect_file(tmp_path / name).symbol == symbol


def test_a_month_in_the_file_name_is_no_symbol(tmp_path: Path) -> None:
    path = tmp_path / "daily_200101.csv"
    path.write_text("date,open,high,low,close,volume\n2024-01-02,10,11,9,10.5,1000\n")
    assert inspect_file(path).symbol is None
    assert inspect_file(path).missing == ["symbol"]


def test_the_users_symbol_wins_over_the_column_and_the_name(tmp_path: Path) -> None:
    reading = read(tmp_path / "sz000001.csv", PLAIN, symbol="sh000300")
    assert reading.bars[0].symbol == "000300.SH"


def test_a_symbol_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as caught:
        read(tmp_path / "a.csv", PLAIN, symbol="TSLA")
    assert caught.value.problem.code == "symbol_invalid"


def test_one_symbol_spelled_in_many_ways_becomes_one_instrument(tmp_path: Path) -> None:
    head, row = PLAIN.splitlines()
    spellings = ["sh.600519", "SH600519", "600519.SH", "600519", "600519.XSHG", "sh600519"]
    lines = [row.replace("sh.600519", name).replace("01-02", f"01-{at + 10}") for at, name in enumerate(spellings)]
    (bars,) = read(tmp_path / "a.csv", "\n".join([head, *lines])).bars
    assert len(bars) == 6


def test_a_code_that_a_spreadsheet_stripped_of_its_zeros_is_completed(tmp_path: Path) -> None:
    reading = read(tmp_path / "a.csv", PLAIN.replace("sh.600519", "1"))
    assert reading.bars[0].symbol == "000001.SZ"


def test_rows_out_of_order_come_out_oldest_first_by_symbol(tmp_path: Path) -> None:
    head, row = PLAIN.splitlines()
    lines = [
        row.replace("01-02", day).replace("sh.600519", code)
        for day in ("01-04", "01-02", "01-03")
        for code in ("sz.000001", "sh.600519")
    ]
    reading = read(tmp_path / "a.csv", "\n".join([head, *lines]))
    assert sorted(bars.symbol for bars in reading.bars) == ["000001.SZ", "600519.SH"]
    assert all((np.diff(bars.time) > np.timedelta64(0)).all() for bars in reading.bars)


def test_a_mapping_given_by_the_user_is_taken_as_said(tmp_path: Path) -> None:
    text = "d,sym,p,b,q,e,f\n20240102,sh600519,10,11,9,10.5,1000\n"
    path = tmp_path / "a.csv"
    path.write_text(text)
    assert set(inspect_file(path).missing) == {"open", "high", "low", "close", "volume", "symbol", "date"}
    mapping = {"date": "d", "symbol": "sym", "open": "p", "high": "b", "low": "q", "close": "e", "volume": "f"}
    assert read(path, text, mapping=mapping).accepted == 1
    assert inspect_file(path, options=FileOptions(mapping=mapping)).missing == []


@pytest.mark.parametrize(
    ("change", "code"),
    [({"open": "nothing"}, "column_unknown"), ({"open": "close"}, "column_used_twice")],
)
def test_a_mapping_that_cannot_be_is_refused(tmp_path: Path, change: dict[str, str], code: str) -> None:
    mapping = {name: name for name in ("date", "open", "high", "low", "close", "volume")} | change
    with pytest.raises(FileRefused) as caught:
        read(tmp_path / "sh600519.csv", PLAIN, mapping=mapping)
    assert caught.value.problem.code == code


@pytest.mark.parametrize(
    ("header", "volume", "amount", "shares"),
    [
        ("volume,amount", "1000", "10500", 1000),  # proved by turnover / volume ≈ price
        ("volume,amount", "10", "10500", 1000),  # proved: lots
        ("成交量(手),x", "10", "", 1000),
        ("成交量(股),x", "1000", "", 1000),
        ("volume,成交额(万元)", "10", "1.05", 1000),
        ("volume,x", "1000", "", 1000),
    ],
)
def test_the_unit_of_volume_is_proved_or_read_from_the_header(
    tmp_path: Path, header: str, volume: str, amount: str, shares: float
) -> None:
    text = f"date,open,high,low,close,{header}\n2024-01-02,10,11,9,10.5,{volume},{amount}\n"
    reading = read(tmp_path / "sh600519.csv", text)
    assert reading.bars[0].volume[0] == shares


def test_the_unit_that_the_user_names_wins(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", PLAIN, volume_unit="lot").bars[0].volume[0] == 100_000


def test_tushare_counts_lots_and_thousands_of_yuan(tmp_path: Path) -> None:
    text = (
        "ts_code,trade_date,open,high,low,close,pre_close,change,pct_chg,vol,amount\n"
        "600519.SH,20240102,10,11,9,10.5,10,0.5,5,10,10.5\n"
    )
    bars = read(tmp_path / "a.csv", text).bars[0]
    assert (bars.volume[0], bars.amount[0], bars.preclose[0]) == (1000, 10500, 10)


@pytest.mark.parametrize(
    "row",
    [
        "2024-01-03,10.5,10.5,10.5,10.5,0,0,10.5,0,1",
        "2024-01-03,,,,10.5,,,10.5,0,1",
        "2024-01-03,0,0,0,0,0,0,10.5,0,1",
    ],
)
def test_a_suspended_day_repeats_the_last_close_however_it_is_written(tmp_path: Path, row: str) -> None:
    text = (
        "date,open,high,low,close,volume,amount,preclose,tradestatus,isST\n"
        f"2024-01-02,10,11,9,10.5,1000,10500,10,1,0\n{row}\n"
    )
    bars = read(tmp_path / "sh600519.csv", text).bars[0]
    assert bars.suspended.tolist() == [False, True]
    assert bars.is_st.tolist() == [False, True]
    assert [bars.open[1], bars.high[1], bars.low[1], bars.close[1], bars.volume[1]] == [10.5] * 4 + [0]


def test_adjusted_columns_are_left_alone_and_the_reason_is_given(tmp_path: Path) -> None:
    path = tmp_path / "sh600519.csv"
    path.write_text("date,open,high,low,close,adj_close,volume\n2024-01-02,10,11,9,10.5,5,1\n")
    inspection = inspect_file(path)
    column = next(column for column in inspection.columns if column.name == "adj_close")
    assert column.field is None
    assert "raw" in column.why_en
    assert inspection.head[0][5] == "5"


def test_parquet_types_of_every_kind_are_read(tmp_path: Path) -> None:
    import decimal

    table = pa.table(
        {
            "trade_date": pa.array([20240102, 20240103]),
            "code": pa.array(["SH600519", "SH600519"]).dictionary_encode(),
            "open": pa.array([decimal.Decimal("10.00"), decimal.Decimal("10.00")]),
            "high": pa.array([11, 11], pa.int32()),
            "low": pa.array(["9", "9"]),
            "close": pa.array([10.5, 10.5], pa.float32()),
            "vol": pa.array([1000, 1000], pa.uint64()),
            "isST": pa.array([True, False]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    (bars,) = read_file(tmp_path / "a.parquet", FileOptions(), today=TODAY).bars
    assert bars.close.tolist() == [10.5, 10.5]
    assert bars.is_st.tolist() == [True, False]


def test_an_instant_in_parquet_is_the_day_in_shanghai(tmp_path: Path) -> None:
    table = pa.table(
        {
            "date": pa.array([dt.datetime(2024, 1, 1, 16, tzinfo=dt.UTC)], pa.timestamp("us", "UTC")),
            **{name: [10.0] for name in ("open", "high", "low", "close", "volume")},
        }
    )
    pq.write_table(table, tmp_path / "sh600519.parquet")
    (bars,) = read_file(tmp_path / "sh600519.parquet", FileOptions(), today=TODAY).bars
    assert bars.time[0] == np.datetime64("2024-01-02")


@pytest.mark.parametrize(
    ("name", "close", "volume"),
    [("sh600519.day", 10.5, 1000), ("sh510300.day", 1.05, 1000), ("sh000300.day", 10.5, 100_000)],
)
def test_tdx_units_follow_the_kind_of_instrument(tmp_path: Path, name: str, close: float, volume: float) -> None:
    amount = close * 1000
    record = struct.pack("<IiiiifII", 20240102, 1000, 1100, 900, 1050, amount, 1000, 0)
    bars = read(tmp_path / name, record).bars[0]
    assert (bars.close[0], bars.volume[0]) == (close, volume)


def test_an_index_whose_publisher_contradicts_himself_is_kept_with_a_warning(tmp_path: Path) -> None:
    record = struct.pack("<IiiiifII", 19920616, 1172, 1136, 1164, 1167, 1.0, 10, 0)
    reading = read(tmp_path / "sh000001.day", record)
    assert (reading.accepted, reading.rejected_total, reading.warnings_total) == (1, 0, 1)
    assert {warning.code for warning in reading.warnings} == {"high_below"}


def store_file(store: ParquetBarStore, path: Path, content: str | bytes) -> tuple[int, int, int]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    report, _ = import_file(path, FileOptions(), store, now=NOW, today=TODAY)
    assert report.error is None, report.error
    return report.inserted, report.updated, report.unchanged


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    store = ParquetBarStore(tmp_path / "bars")
    assert store_file(store, tmp_path / "a.csv", PLAIN) == (1, 0, 0)
    files = {path: path.read_bytes() for path in (tmp_path / "bars").rglob("*") if path.is_file()}
    assert store_file(store, tmp_path / "a.csv", PLAIN) == (0, 0, 1)
    assert {path: path.read_bytes() for path in (tmp_path / "bars").rglob("*") if path.is_file()} == files


def test_a_poorer_file_does_not_wipe_out_what_a_better_one_told(tmp_path: Path) -> None:
    store = ParquetBarStore(tmp_path / "bars")
    rich = (
        "date,code,open,high,low,close,preclose,volume,amount,tradestatus,isST\n"
        "2024-01-02,sh.600519,10,11,9,10.5,9.87,1000003,10500031.23,1,1\n"
    )
    store_file(store, tmp_path / "a.csv", rich)
    record = struct.pack("<IiiiifII", 20240102, 1000, 1100, 900, 1050, 10500031.23, 1000000, 0)
    assert store_file(store, tmp_path / "sh600519.day", record) == (0, 0, 1)
    bars = store.read("600519.SH", "1d")
    assert bars is not None
    assert (bars.preclose[0], bars.amount[0], bars.is_st[0]) == (9.87, 10500031.23, True)


def test_two_roundings_of_an_index_do_not_overwrite_each_other(tmp_path: Path) -> None:
    store = ParquetBarStore(tmp_path / "bars")
    fine = "date,open,high,low,close,volume\n2024-01-02,100.1249,110.9999,90.5,105.7777,1000000\n"
    assert store_file(store, tmp_path / "sh000001.csv", fine) == (1, 0, 0)
    record = struct.pack("<IiiiifII", 20240102, 10012, 11100, 9050, 10577, 0.0, 10000, 0)
    store_file(store, tmp_path / "sh000001.day", record)
    bars = store.read("000001.SH", "1d")
    assert bars is not None
    assert bars.close[0] == 105.7777


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_but_never_breaks_the_reader(tmp_path: Path, data: st.DataObject) -> None:
    head, row = PLAIN.splitlines()
    record = struct.pack("<IiiiifII", 20240102, 1000, 1100, 900, 1050, 1.0, 1000, 0) * 3
    parquet = tmp_path / "seed.parquet"
    if not parquet.exists():
        pq.write_table(pa.table({"date": [20240102], "code": ["sh600519"], "open": [1.0], "high": [1.0]}), parquet)
    seeds = {
        "a.csv": "\n".join([head, *[row.replace("01-02", f"01-{at}") for at in range(10, 20)]]).encode(),
        "sh600519.day": record,
        "a.parquet": parquet.read_bytes(),
    }
    name = data.draw(st.sampled_from(sorted(seeds)))
    content = bytearray(seeds[name])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
        if not content:
            break
    path = tmp_path / name
    try:
        reading = read(path, bytes(content))
    except FileRefused:
        return
    for bars in reading.bars:
        assert np.isfinite(bars.close).all()
        assert (bars.high >= bars.low).all()
    assert reading.accepted + reading.rejected_total == reading.rows
