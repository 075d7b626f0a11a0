"""Bars as bytes: one symbol's rows as a Parquet file, rows of many symbols as an Arrow file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from quantdesk.adapters.bar_store.rows import (
    FLAGS,
    FLOATS,
    STORED,
    Columns,
    is_daily,
    is_known,
    time_dtype,
    unknowns,
)
from quantdesk.core.bars.frame import COLUMNS, FUTURES_COLUMNS, Bars, Interval
from quantdesk.ports.errors import StoreCorrupt

# Chosen by measuring real daily bars, bytes a row: 24 here, 38 with pyarrow's defaults. Prices repeat in
# whole (their eight bytes compress best together), volume and amount only in their high bytes, dates in
# their steps. Most rows of a file come from one write: as a dictionary they take next to nothing.
_ENCODINGS = {"time": "DELTA_BINARY_PACKED", "volume": "BYTE_STREAM_SPLIT", "amount": "BYTE_STREAM_SPLIT"}


def encode(columns: Columns, symbol: str, interval: Interval) -> bytes:
    """Give the Parquet file of one symbol's rows; floats are kept to the last bit."""
    schema = _schema(columns, interval, {"symbol": symbol, "interval": interval})
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.Table.from_arrays(_arrays(columns, schema), schema=schema),
        sink,
        compression="zstd",
        compression_level=3,
        use_dictionary=["write"],
        column_encoding=_ENCODINGS,
        write_page_checksum=True,
    )
    return cast(bytes, sink.getvalue().to_pybytes())


def decode(data: bytes, symbol: str, interval: Interval, name: str, wanted: Sequence[str]) -> Columns:
    """Give the wanted columns of a Parquet file's bytes, `write` only where the file has it.

    Raise StoreCorrupt, naming the file, when they are not these bars.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
        schema = file.schema_arrow
        metadata = schema.metadata or {}
        told = (metadata.get(b"symbol", b"").decode(), metadata.get(b"interval", b"").decode())
        if told != (symbol, interval) or set(COLUMNS) - set(schema.names):
            raise StoreCorrupt(f"bar file {name} does not hold {interval} bars of {symbol}; restore a backup")
        wanted = [column for column in wanted if column != "write" or column in schema.names]
        table = file.read(columns=[column for column in wanted if column in schema.names], use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise StoreCorrupt(f"bar file {name} does not read back ({error}); restore a backup") from error
    return _numpy(table, interval, wanted)


def encode_segment(columns: Columns, symbols: Sequence[str], rows: Sequence[int], interval: Interval) -> bytes:
    """Give the Arrow file of the rows of several symbols: the first `rows[0]` rows are of `symbols[0]`, and so on."""
    schema = _schema(columns, interval, {"interval": interval})
    codes = np.repeat(np.arange(len(symbols), dtype=np.int32), rows)
    names = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(symbols, type=pa.string()))
    table = pa.Table.from_arrays(_arrays(columns, schema), schema=schema).append_column("symbol", names)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return cast(bytes, sink.getvalue().to_pybytes())


def decode_segment(data: bytes, interval: Interval, name: str) -> tuple[Columns, list[str]]:
    """Give a segment's rows and the symbols they are of. Raise StoreCorrupt, naming the file."""
    try:
        table = pa.ipc.open_file(pa.BufferReader(data)).read_all().unify_dictionaries().combine_chunks()
        symbols = table.column("symbol").chunk(0).dictionary.to_pylist() if len(table) else []
        return _numpy(table, interval, STORED), symbols
    except (pa.ArrowException, OSError, KeyError) as error:
        raise StoreCorrupt(f"bar segment {name} does not read back ({error}); restore a backup") from error


def normalised(bars: Bars) -> Bars:
    """Give the bars with the stored types. Raise ValueError when they are no proper bars, oldest first."""
    rows = len(bars.time)
    told = [name for name in FUTURES_COLUMNS if getattr(bars, name) is not None]
    for name in (*COLUMNS, *told):
        values = getattr(bars, name)
        if values.ndim != 1 or len(values) != rows:
            raise ValueError(f"{bars.symbol}: column {name} has shape {values.shape}, time has {rows} rows")
    time = np.ascontiguousarray(bars.time.astype(time_dtype(bars.interval)))
    if np.isnat(time).any() or not (np.diff(time) > np.timedelta64(0)).all():
        raise ValueError(f"{bars.symbol}: bars must be oldest first, each time once; sort and check before")
    columns: dict[str, Any] = {"time": time}
    columns |= {name: np.ascontiguousarray(getattr(bars, name), dtype=np.float64) for name in FLOATS}
    columns |= {name: np.ascontiguousarray(getattr(bars, name), dtype=np.bool_) for name in FLAGS}
    columns |= {name: np.ascontiguousarray(getattr(bars, name), dtype=np.float64) for name in told}
    return Bars(symbol=bars.symbol, interval=bars.interval, **columns)


def _schema(columns: Columns, interval: Interval, metadata: dict[str, str]) -> pa.Schema:
    """Give the columns of a file: those of futures only where a row has one."""
    return pa.schema(
        [
            ("time", pa.date32() if is_daily(interval) else pa.timestamp("ms", tz="UTC")),
            *((name, pa.float64()) for name in FLOATS),
            *((name, pa.bool_()) for name in FLAGS),
            *((name, pa.float64()) for name in FUTURES_COLUMNS if is_known(columns[name])),
            ("write", pa.int64()),
        ],
        metadata=metadata,
    )


def _arrays(columns: Columns, schema: pa.Schema) -> list[pa.Array]:
    def array(name: str) -> pa.Array:
        values: NDArray[Any] = columns[name]
        if values.dtype == np.dtype("datetime64[s]"):
            values = values.astype("datetime64[ms]")
        # from_pandas=False: NaN is a value here, not a null.
        return pa.array(values, type=schema.field(name).type, from_pandas=False)

    return [array(name) for name in schema.names]


def _numpy(table: pa.Table, interval: Interval, wanted: Sequence[str]) -> Columns:
    unknown = [name for name in FUTURES_COLUMNS if name not in table.column_names]
    columns: Columns = {
        name: unknowns(len(table)) if name in unknown else table.column(name).to_numpy() for name in wanted
    }
    if "time" in columns:
        columns["time"] = columns["time"].astype(time_dtype(interval))
    return columns
