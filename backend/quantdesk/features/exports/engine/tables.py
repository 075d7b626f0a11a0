"""Writers of tables: each takes record batches and puts bytes into an open file, a batch at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import BinaryIO, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from quantdesk.features.exports.engine.columns import headers, schema_of
from quantdesk.features.exports.engine.plan import Plan
from quantdesk.features.exports.engine.workbook import Style, WorkbookColumn, WorkbookWriter
from quantdesk.features.exports.schemas import Column

ROW_GROUP = 131_072
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would run."""
_STYLES: dict[Column, Style] = {
    "symbol": "text",
    "name": "text",
    "volume": "integer",
    "amount": "integer",
    "change": "percent",
    "factor": "factor",
    "trading": "flag",
    "is_st": "flag",
}


class TableWriter(Protocol):
    def write(self, batch: pa.RecordBatch) -> None:
        """Append the rows."""
        ...

    def close(self) -> None:
        """Write what is left; the file stays open."""
        ...


def make_table(plan: Plan, sink: BinaryIO, about: Sequence[tuple[str, str]]) -> TableWriter:
    """Make the writer of the plan's format."""
    request = plan.request
    names = headers(request.columns, request.headers, plan.adjustment)
    match request.format:
        case "csv":
            return CsvTable(sink, names, bom=request.bom)
        case "parquet":
            return ParquetTable(sink, schema_of(request.columns, request.interval), names, dict(about))
        case "xlsx":
            time: Style = "date" if request.interval in ("1d", "1w", "1M") else "time"
            columns = [
                WorkbookColumn(name, time if key == "date" else _STYLES.get(key, "price"))
                for name, key in zip(names, request.columns, strict=True)
            ]
            return WorkbookWriter(sink, columns, name=request.interval, about=about)
        case "qlib":
            raise ValueError("a qlib folder is no table")


class CsvTable:
    """RFC 4180 with LF. Floats are the shortest text that gives the same bits again; what is unknown is empty."""

    def __init__(self, sink: BinaryIO, names: Sequence[str], *, bom: bool) -> None:
        self._sink = sink
        sink.write((b"\xef\xbb\xbf" if bom else b"") + (",".join(map(csv_text, names)) + "\n").encode())

    def write(self, batch: pa.RecordBatch) -> None:
        lines = pc.binary_join_element_wise(
            *[_texts(column) for column in batch.columns], ",", null_handling="replace", null_replacement=""
        )
        lines = pc.binary_join_element_wise(lines, "", "\n")
        self._sink.write("".join(lines.to_pylist()).encode())

    def close(self) -> None:
        pass


class ParquetTable:
    """zstd; rows of many symbols share a group, so that the footer stays small."""

    def __init__(self, sink: BinaryIO, schema: pa.Schema, names: Sequence[str], about: dict[str, str]) -> None:
        metadata = {"quantdesk": json.dumps(about, ensure_ascii=False)}
        self._schema = pa.schema(
            [pa.field(name, field.type) for name, field in zip(names, schema, strict=True)], metadata=metadata
        )
        self._writer = pq.ParquetWriter(sink, self._schema, compression="zstd")
        self._waiting: list[pa.RecordBatch] = []

    def write(self, batch: pa.RecordBatch) -> None:
        self._waiting.append(pa.RecordBatch.from_arrays(batch.columns, schema=self._schema))
        if sum(each.num_rows for each in self._waiting) >= ROW_GROUP:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            table = pa.Table.from_batches(self._waiting).unify_dictionaries()
            self._writer.write_table(table, row_group_size=table.num_rows)
            self._waiting.clear()


def csv_text(text: str) -> str:
    """Give a text as a cell: quoted where it must be, and never a formula to a spreadsheet."""
    safe = "'" + text if text.startswith(_FORMULA) else text
    return '"' + safe.replace('"', '""') + '"' if any(char in safe for char in ',"\r\n') else safe


def _texts(values: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(values.type):
        safe = pa.array([csv_text(text) for text in values.dictionary.to_pylist()], pa.string())
        return safe.take(values.indices)
    if pa.types.is_boolean(values.type):
        return values.cast(pa.int8()).cast(pa.string())
    if pa.types.is_floating(values.type):
        return _numbers(values)
    return values.cast(pa.string())


def _numbers(values: pa.Array) -> pa.Array:
    """Give numbers without an exponent where they are whole, as volumes mostly are."""
    whole = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), 1e15))
    if pc.all(whole).as_py():
        return values.cast(pa.int64()).cast(pa.string())
    return pa.array([None if value is None else repr(value) for value in values.to_pylist()], pa.string())
