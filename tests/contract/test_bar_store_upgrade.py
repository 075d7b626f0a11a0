"""Stores written before bars knew their writes: manifest format 2, one Parquet file a symbol."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.core.bars.frame import Bars, Interval
from tests.contract.test_bar_store import make, same

FIRST_WRITE = dt.datetime(2025, 11, 1, 8, tzinfo=dt.UTC)
SECOND_WRITE = FIRST_WRITE + dt.timedelta(days=3)
NOW = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)
FLOATS = ("open", "high", "low", "close", "volume", "amount", "preclose")


def old_file(path: Path, bars: Bars) -> None:
    """Write a file as version 0.1 did, with the same calls to pyarrow."""
    daily = bars.interval == "1d"
    types = [("time", pa.date32() if daily else pa.timestamp("ms", tz="UTC"))]
    types += [(name, pa.float64()) for name in FLOATS] + [(name, pa.bool_()) for name in ("suspended", "is_st")]
    schema = pa.schema(types, metadata={"symbol": bars.symbol, "interval": bars.interval})
    time = bars.time if daily else bars.time.astype("datetime64[ms]")
    arrays = [pa.array(time, type=schema.field("time").type)]
    arrays += [pa.array(getattr(bars, name), from_pandas=False) for name, _ in types[1:]]
    encodings = {"time": "DELTA_BINARY_PACKED", "volume": "BYTE_STREAM_SPLIT", "amount": "BYTE_STREAM_SPLIT"}
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(
        pa.Table.from_arrays(arrays, schema=schema), path, compression="zstd", compression_level=3,
        use_dictionary=False, column_encoding=encodings, write_page_checksum=True,
    )  # fmt: skip


def old_store(root: Path, stored: list[tuple[Bars, str, dt.datetime]]) -> None:
    """Make a folder as version 0.1 left it."""
    lines = []
    for number, (bars, source, at) in enumerate(sorted(stored, key=lambda one: (one[0].interval, one[0].symbol))):
        file = f"{bars.symbol}.{number:016x}.parquet"
        old_file(root / bars.interval / file, bars)
        days = bars.time.astype("datetime64[D]").astype(str)
        row = [bars.interval, bars.symbol, file, days[0], days[-1], len(bars), source, at.isoformat(), f"{number:032x}"]
        row += [bars.close[-1], bars.preclose[-1], int(bars.suspended[-1]), int(bars.is_st[-1])]
        lines.append(json.dumps(row, separators=(",", ":")))
    (root / "manifest.json").write_text('{"format":2,"entries":[\n' + ",\n".join(lines) + "\n]}\n")
    (root / ".lock").touch()


MOUTAI, PINGAN = make("600519.SH", 300), make("000001.SZ", 200, seed=2)
MINUTES = make("600519.SH", 40, "2024-12-31T23:00:00", 3, "5m")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    stored = [(MOUTAI, "import", FIRST_WRITE), (PINGAN, "akshare", SECOND_WRITE), (MINUTES, "import", FIRST_WRITE)]
    old_store(tmp_path, stored)
    return tmp_path


def test_it_is_read_without_being_changed(root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    store = ParquetBarStore(root)
    assert same(store.read("600519.SH", "1d"), MOUTAI)
    assert same(store.read("000001.SZ", "1d"), PINGAN)
    assert same(store.read("600519.SH", "5m"), MINUTES)
    assert [(one.symbol, one.rows, one.source) for one in store.list_coverage("1d")] == [
        ("000001.SZ", 200, "akshare"),
        ("600519.SH", 300, "import"),
    ]
    panel = store.read_panel(["000001.SZ"], ["close"], dt.date(2024, 1, 1), dt.date(2030, 1, 1), suspended="keep")
    np.testing.assert_array_equal(panel["close"][0], PINGAN.close)
    assert store.delete(["999999.SH"], "1d") == 0
    assert store.merge([MOUTAI], source="other", now=NOW).unchanged == 300
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_its_bars_count_as_brought_by_the_last_write_of_their_symbol(root: Path) -> None:
    store = ParquetBarStore(root)
    [version] = store.provenance("000001.SZ", "1d", dt.date(2024, 1, 2))
    assert (version.write.source, version.since, version.until) == ("akshare", SECOND_WRITE, None)
    assert store.read("000001.SZ", "1d", as_of=FIRST_WRITE) is None
    assert same(store.read("600519.SH", "1d", as_of=FIRST_WRITE), MOUTAI)


@pytest.mark.parametrize("base_rows", [1, 1000])
def test_the_first_write_brings_it_to_todays_format(root: Path, base_rows: int) -> None:
    old = {path: path.read_bytes() for path in root.glob("*/*.parquet")}
    store = ParquetBarStore(root, base_rows=base_rows)
    added = make("600519.SH", 1, "2024-10-27", 5)
    before = store.coverage("000001.SZ", "1d")
    assert store.merge([added], source="sina", now=NOW).inserted == 1
    for again in (store, ParquetBarStore(root, base_rows=base_rows)):
        stored = again.read("600519.SH", "1d")
        assert stored is not None
        assert len(stored) == 301
        assert same(stored.take(slice(0, 300)), MOUTAI)
        assert same(again.read("000001.SZ", "1d"), PINGAN)
        assert same(again.read("600519.SH", "5m"), MINUTES)
        assert again.coverage("000001.SZ", "1d") == before
        assert [one.write.source for one in again.provenance("600519.SH", "1d", dt.date(2024, 10, 27))] == ["sina"]
        assert [one.write.source for one in again.provenance("600519.SH", "1d", dt.date(2024, 1, 2))] == ["import"]
        assert same(again.read("600519.SH", "1d", as_of=NOW - dt.timedelta(1)), MOUTAI)
    assert (root / "manifest.json").read_bytes().startswith(b'{"format":3,')
    assert {path: path.read_bytes() for path in old} == old  # the files of before are still there, as they were


@pytest.mark.parametrize("interval", ["1d", "5m"])
def test_a_correction_and_compaction_keep_what_was(root: Path, interval: Interval) -> None:
    store = ParquetBarStore(root)
    bars = MOUTAI if interval == "1d" else MINUTES
    part = bars.take([2, 3, 4])
    part.close[1] = 99.0
    receipt = store.merge([part], source="sina", now=NOW)
    assert (receipt.inserted, receipt.updated, receipt.unchanged) == (0, 1, 2)
    tag = store.coverage("600519.SH", interval)
    for _ in range(2):
        stored = store.read("600519.SH", interval)
        assert stored is not None
        assert stored.close[3] == 99.0
        assert same(store.read("600519.SH", interval, as_of=NOW - dt.timedelta(1)), bars)
        store.compact(fully=True)
        assert store.coverage("600519.SH", interval) == tag
    if interval == "5m":
        assert sorted(path.name.split(".")[2] for path in (root / "5m").glob("*.20*.parquet")) == ["2024", "2025"]
    fresh = ParquetBarStore(root.parent / "fresh")
    fresh.merge([stored], source="x", now=NOW)
    other = fresh.coverage("600519.SH", interval)
    assert tag is not None
    assert other is not None
    assert tag.etag == other.etag  # the tag is of the bars alone, whatever way they came
