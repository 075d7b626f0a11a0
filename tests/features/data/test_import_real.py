"""Real files: every row arrives, and a second import changes nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.features.data.importer import import_file, inspect_file
from quantdesk.features.data.schemas import FileOptions, FileReport

DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"
NOW = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 20)

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.exists(), reason="the market files in ../shared/data are not here"),
]


def imported(store: ParquetBarStore, path: Path) -> FileReport:
    report, _ = import_file(path, FileOptions(), store, now=NOW, today=TODAY)
    assert report.error is None, report.error
    return report


def test_all_real_files_arrive_whole_and_a_second_import_changes_nothing(tmp_path: Path) -> None:
    store = ParquetBarStore(tmp_path / "bars")
    files = [
        DATA / "ashare" / "daily.parquet",
        *sorted((DATA / "ashare" / "baostock_csv").glob("*.csv")),
        *sorted((DATA / "tdx").glob("*.day")),
    ]
    assert len(files) == 7
    for path in files:
        report = imported(store, path)
        if path.suffix == ".day":
            expected = path.stat().st_size // 32
        elif path.suffix == ".csv":
            expected = path.read_bytes().count(b"\n") - 1
        else:
            expected = pq.ParquetFile(path).metadata.num_rows
        assert (report.rows, report.accepted, report.rejected) == (expected, expected, 0)
    for path in files:
        assert imported(store, path).status == "unchanged"


def test_suspended_days_of_the_market_file_are_kept_as_such(tmp_path: Path) -> None:
    store = ParquetBarStore(tmp_path / "bars")
    path = DATA / "ashare" / "daily.parquet"
    report = imported(store, path)
    status = pq.read_table(path, columns=["tradestatus"])["tradestatus"]
    expected = pc.sum(pc.equal(status, 0)).as_py()
    bars = [store.read(symbol, "1d") for symbol in report.symbols]
    assert sum(int(one.suspended.sum()) for one in bars if one is not None) == expected == 9839
    assert all((one.volume[one.suspended] == 0).all() for one in bars if one is not None)


def test_the_real_files_are_recognised() -> None:
    market = inspect_file(DATA / "ashare" / "daily.parquet")
    assert (market.layout, market.rows, market.volume_unit, market.missing) == ("baostock", 529_445, "share", [])
    index = inspect_file(DATA / "tdx" / "hikyuu_sh000001.day")
    assert (index.symbol, index.volume_unit) == ("000001.SH", "lot")


def test_a_file_that_names_no_symbol_is_refused_with_a_reason(tmp_path: Path) -> None:
    path = DATA / "crypto" / "BTC_USDT-1h.parquet"
    report, _ = import_file(path, FileOptions(), ParquetBarStore(tmp_path / "bars"), now=NOW, today=TODAY)
    assert report.status == "refused"
    assert report.error is not None
    assert report.error.message_zh
