"""Files of bars within the day, and of futures with their open interest: recognised, read, stored. Made by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.core.bars import tdx
from quantdesk.core.bars.frame import Bars, Interval
from quantdesk.features.data.importer.importing import import_file
from quantdesk.features.data.importer.inspection import inspect_file
from quantdesk.features.data.schemas import FileOptions, FileReport

TODAY = dt.date(2026, 1, 5)
NOW = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)
DATA = Path(__file__).parents[4] / "shared" / "data"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the collection of real data is not here: ../shared/data")


@pytest.fixture
def store(tmp_path: Path) -> ParquetBarStore:
    return ParquetBarStore(tmp_path / "bars")


def take(store: ParquetBarStore, path: Path, **options: object) -> FileReport:
    return import_file(path, FileOptions.model_validate(options), store, now=NOW, today=TODAY)[0]


def stored(store: ParquetBarStore, symbol: str, interval: Interval) -> Bars:
    bars = store.read(symbol, interval)
    assert bars is not None
    return bars


def minute_file(path: Path, minutes: list[int]) -> Path:
    """Write 通达信 records of 2024-01-02, the n-th at 10 + n / 100 yuan with 100 shares."""
    rows = np.zeros(len(minutes), tdx.MINUTE)
    rows["date"] = (2024 - 2004) * 2048 + 102
    rows["minute"] = minutes
    for name in ("open", "high", "low", "close"):
        rows[name] = 10 + np.arange(len(minutes)) / 100
    rows["volume"] = 100
    rows["amount"] = 1000
    path.write_bytes(rows.tobytes())
    return path


def csv(path: Path, *lines: str, header: str = "datetime,open,high,low,close,volume") -> Path:
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return path


def test_a_tdx_minute_file_is_read_with_its_interval(store: ParquetBarStore, tmp_path: Path) -> None:
    path = minute_file(tmp_path / "sh600519.lc5", [575, 580, 785])
    seen = inspect_file(path)
    assert (seen.format, seen.interval, seen.symbol, seen.rows) == ("tdx_minute", "5m", "600519.SH", 3)
    assert seen.head[0][:2] == ["2024-01-02T09:35", "10.0"]
    report = take(store, path)
    assert (report.status, report.interval, report.inserted) == ("stored", "5m", 3)
    assert (report.first, report.last) == (dt.date(2024, 1, 2), dt.date(2024, 1, 2))
    bars = stored(store, "600519.SH", "5m")
    assert bars.time.astype(str).tolist() == ["2024-01-02T01:35:00", "2024-01-02T01:40:00", "2024-01-02T05:05:00"]
    assert bars.close.tolist() == [10, 10.01, 10.02]
    assert not bars.suspended.any()
    assert take(store, path).status == "unchanged"


def test_a_tdx_minute_file_with_broken_times_is_refused(store: ParquetBarStore, tmp_path: Path) -> None:
    report = take(store, minute_file(tmp_path / "sh600519.lc1", [571, 3000]))
    assert report.error is not None
    assert (report.status, report.error.code) == ("refused", "tdx_times")


@pytest.mark.parametrize("written", ["{} {}", "{}T{}", "{} {}:00", "{}T{}:00+08:00"])
def test_times_of_a_table_are_read_in_shanghai(store: ParquetBarStore, tmp_path: Path, written: str) -> None:
    lines = [f"{written.format('2024-01-02', clock)},10,11,9,10,0" for clock in ("09:31", "09:32", "09:33", "13:01")]
    report = take(store, csv(tmp_path / "600519.SH.csv", *lines))
    assert (report.status, report.interval, report.inserted) == ("stored", "1m", 4)
    bars = stored(store, "600519.SH", "1m")
    assert str(bars.time[0]) == "2024-01-02T01:31:00"
    assert not bars.suspended.any()  # a minute without trades


def test_times_with_another_zone_are_moved(store: ParquetBarStore, tmp_path: Path) -> None:
    take(store, csv(tmp_path / "600519.SH.csv", *(f"2024-01-02T01:3{n}:00Z,10,11,9,10,5" for n in (1, 2, 3))))
    assert str(stored(store, "600519.SH", "1m").time[0]) == "2024-01-02T01:31:00"


def test_times_that_are_no_known_interval_apart_are_refused(store: ParquetBarStore, tmp_path: Path) -> None:
    path = csv(tmp_path / "600519.SH.csv", *(f"2024-01-02 {hour}:07,10,11,9,10,5" for hour in (10, 13, 16)))
    report = take(store, path)
    assert report.error is not None
    assert (report.error.code, report.status) == ("interval_unclear", "refused")
    assert take(store, path, interval="60m").status == "stored"


def test_a_time_that_is_none_is_a_bad_row(store: ParquetBarStore, tmp_path: Path) -> None:
    good = [f"2024-01-02 09:3{n},10,11,9,10,5" for n in range(1, 6)]
    report = take(store, csv(tmp_path / "600519.SH.csv", *good, "2024-01-02 29:31,10,11,9,10,5"))
    assert [(error.line, error.field, error.code) for error in report.errors] == [(7, "date", "not_a_date")]


def test_open_interest_and_settlement_of_a_future_are_kept(store: ParquetBarStore, tmp_path: Path) -> None:
    header = "date,open,high,low,close,volume,money,持仓量,结算价"
    # Turnover over volume and price is the multiplier, here 100 as of iron ore: no sign of lots.
    path = csv(
        tmp_path / "i2405.DCE.csv",
        "2024-01-02,800,801,799,800,10,800000,500,800.5",
        "2024-01-03,800,801,799,800,10,800000,510,0",
        header=header,
    )
    report = take(store, path)
    assert report.status == "stored"
    bars = stored(store, "i2405.DCE", "1d")
    assert bars.volume.tolist() == [10, 10]
    assert bars.open_interest is not None
    assert bars.open_interest.tolist() == [500, 510]
    assert bars.settle is not None
    assert bars.settle[0] == 800.5
    assert np.isnan(bars.settle[1])


def test_a_parquet_file_of_night_bars_is_stored_under_their_trading_days(
    store: ParquetBarStore, tmp_path: Path
) -> None:
    ends = [dt.datetime(2024, 10, 11, 21, 5), dt.datetime(2024, 10, 11, 21, 10), dt.datetime(2024, 10, 14, 9, 5)]  # noqa: DTZ001
    columns = {"datetime": pa.array(ends, pa.timestamp("us")), "vol": [1, 2, 3], "hold": [7, 8, 9]}
    columns |= {name: [3500.0, 3501.0, 3502.0] for name in ("open", "high", "low", "close")}
    path = tmp_path / "min5_SHFE.rb2501.parquet"
    pq.write_table(pa.table(columns), path)
    report = take(store, path)
    assert (report.status, report.symbols, report.interval) == ("stored", ["rb2501.SHFE"], "5m")
    assert (report.first, report.last) == (dt.date(2024, 10, 14), dt.date(2024, 10, 14))
    held = stored(store, "rb2501.SHFE", "5m").open_interest
    assert held is not None
    assert held.tolist() == [7, 8, 9]


def test_days_at_midnight_stay_days(store: ParquetBarStore, tmp_path: Path) -> None:
    report = take(store, csv(tmp_path / "600519.SH.csv", *(f"2024-01-0{n} 00:00:00,10,11,9,10,5" for n in (2, 3))))
    assert (report.status, report.interval) == ("stored", "1d")


@real
@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "symbol", "interval", "rows"),
    [
        ("futures/min5_SHFE.rb.parquet", "rb.SHFE", "5m", 94432),
        ("futures/min5_CFFEX.IF.parquet", "IF.CFFEX", "5m", 67329),
        ("tdx/sh688001.lc1", "688001.SH", "1m", None),
        ("tdx/sh688001.lc5", "688001.SH", "5m", None),
    ],
)
def test_real_files_of_minutes_are_imported_whole(
    store: ParquetBarStore, name: str, symbol: str, interval: Interval, rows: int | None
) -> None:
    report = take(store, DATA / name)
    assert (report.status, report.symbols, report.interval, report.rejected) == ("stored", [symbol], interval, 0)
    assert report.inserted == (rows or report.rows)
    bars = stored(store, symbol, interval)
    assert len(bars) == report.inserted
    assert (bars.open_interest is not None) == name.startswith("futures")
