"""The versions of a table's part as the bytes of a Parquet file, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from quantdesk.core.tables.history import Version
from quantdesk.core.tables.specs import Column, TableSpec, columns

_ARROW: dict[str, pa.DataType] = {
    "text": pa.string(),
    "number": pa.float64(),
    "count": pa.int64(),
    "date": pa.date32(),
    "decimal": pa.string(),
}
_INSTANT = pa.timestamp("us", tz="UTC")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


class Unreadable(ValueError):
    """The bytes are not those of the table."""


def schema_of(spec: TableSpec) -> pa.Schema:
    """Give the Arrow schema: the row's fields, and when and by which write the version came."""
    fields = [pa.field(one.name, _ARROW[one.type], nullable=one.optional) for one in columns(spec)]
    fields += [
        pa.field("known_from", _INSTANT, nullable=False),
        pa.field("known_until", _INSTANT),
        pa.field("write", pa.string(), nullable=False),
    ]
    return pa.schema(fields, metadata={"table": spec.name})


def encode(spec: TableSpec, versions: Sequence[Version]) -> bytes:
    """Give the file's bytes; numbers are kept to the last bit, decimals to the last digit."""
    schema = schema_of(spec)
    arrays = [
        pa.array([_stored(one, getattr(version.row, one.name)) for version in versions], _ARROW[one.type])
        for one in columns(spec)
    ]
    arrays.append(pa.array([_micros(one.known_from) for one in versions], pa.int64()).cast(_INSTANT))
    arrays.append(pa.array([_micros(one.known_until) for one in versions], pa.int64()).cast(_INSTANT))
    arrays.append(pa.array([one.write for one in versions], pa.string()))
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.Table.from_arrays(arrays, schema=schema),
        sink,
        compression="zstd",
        compression_level=3,
        write_page_checksum=True,
    )
    return cast(bytes, sink.getvalue().to_pybytes())


def decode(spec: TableSpec, data: bytes) -> list[Version]:
    """Read what `encode` wrote; a field that the row gained since is None. Raise Unreadable."""
    try:
        table = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True).read()
    except (pa.ArrowException, OSError) as error:
        raise Unreadable(f"{spec.name}: {error}") from error
    if (table.schema.metadata or {}).get(b"table") != spec.name.encode():
        raise Unreadable(f"the file does not hold {spec.name}")
    cells: list[list[Any]] = []
    for column in columns(spec):
        if column.name in table.schema.names:
            cells.append(_read(column, table.column(column.name).to_pylist()))
        elif column.optional:
            cells.append([None] * table.num_rows)
        else:
            raise Unreadable(f"the file of {spec.name} has no column {column.name}")
    since, until = (_instants(table.column(name)) for name in ("known_from", "known_until"))
    writes = table.column("write").to_pylist()
    rows = [spec.row(*values) for values in zip(*cells, strict=True)]
    return [
        Version(row, cast(dt.datetime, start), end, write)
        for row, start, end, write in zip(rows, since, until, writes, strict=True)
    ]


def _stored(column: Column, value: Any) -> Any:
    return format(value, "f") if column.type == "decimal" and value is not None else value


def _read(column: Column, values: list[Any]) -> list[Any]:
    if column.type != "decimal":
        return values
    return [None if value is None else Decimal(value) for value in values]


def _micros(instant: dt.datetime | None) -> int | None:
    return None if instant is None else (instant - _EPOCH) // _MICROSECOND


def _instants(column: pa.ChunkedArray) -> list[dt.datetime | None]:
    known: dict[int | None, dt.datetime | None] = {None: None}  # a file has few instants and many rows
    found: list[dt.datetime | None] = []
    for micros in column.cast(pa.int64()).to_pylist():
        if micros not in known:
            known[micros] = _EPOCH + micros * _MICROSECOND
        found.append(known[micros])
    return found
