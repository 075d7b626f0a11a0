"""Read a file as a stream of chunks: the mapped columns as Arrow arrays, and the line of each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from quantdesk.core.bars import tdx
from quantdesk.features.data.importer.errors import FileRefused, IntArray, RowErrors
from quantdesk.features.data.importer.files import MAX_BYTES, MAX_ROWS, Source
from quantdesk.features.data.importer.text_scan import Delimiter, Text

BLOCK = 4 << 20
BATCH_ROWS = 1 << 17


@dataclass(frozen=True, slots=True)
class Chunk:
    columns: dict[str, pa.Array]
    """By field."""
    lines: IntArray


def csv_chunks(
    source: Source,
    text: Text,
    names: Sequence[str],
    delimiter: Delimiter,
    mapping: Mapping[str, str],
    errors: RowErrors,
) -> Iterator[Chunk]:
    """Yield the rows of a scanned text file; rows with too many or too few cells become row errors."""
    if text.lines < 2:
        raise FileRefused("header_only")
    skipped: list[int] = []
    ragged: list[pacsv.InvalidRow] = []

    def on_ragged(row: pacsv.InvalidRow) -> str:
        skipped.append(row.number)
        if row.text.strip():
            ragged.append(row)
        return "skip"

    def record_ragged() -> None:
        rows = list(ragged)
        ragged.clear()
        errors.add(
            [row.number for row in rows],
            "row",
            "ragged_row",
            [row.text for row in rows],
            expected=[row.expected_columns for row in rows],
            actual=[row.actual_columns for row in rows],
        )

    source.file.seek(0)
    wanted = list(mapping.values())
    line = 1
    try:
        reader = pacsv.open_csv(
            source.file,
            # One thread: only then does Arrow number the rows that it skips.
            read_options=pacsv.ReadOptions(
                use_threads=False,
                block_size=BLOCK,
                column_names=list(names),
                skip_rows=1,
                encoding="utf8" if text.encoding == "utf-8" else text.encoding,
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, ignore_empty_lines=False, invalid_row_handler=on_ragged
            ),
            convert_options=pacsv.ConvertOptions(
                include_columns=wanted,
                column_types={name: pa.string() for name in wanted},
                strings_can_be_null=False,
            ),
        )
        for batch in reader:
            record_ragged()
            # The rows skipped so far may lie beyond this batch, for Arrow reads ahead.
            lines = np.arange(line + 1, line + 1 + batch.num_rows + len(skipped), dtype=np.int64)
            lines = np.setdiff1d(lines, np.array(skipped, np.int64), assume_unique=True)[: batch.num_rows]
            line = int(lines[-1]) if len(lines) else line
            skipped[:] = [number for number in skipped if number > line]
            yield _without_blank(Chunk({field: batch.column(name) for field, name in mapping.items()}, lines))
    except pa.ArrowException as error:
        raise FileRefused("csv_broken", reason=str(error)) from error
    record_ragged()


def _without_blank(chunk: Chunk) -> Chunk:
    """Drop the rows without any text: blank lines, often at the end of a file."""
    filled = np.zeros(len(chunk.lines), dtype=np.bool_)
    for column in chunk.columns.values():
        filled |= pc.not_equal(column, "").to_numpy(zero_copy_only=False)
        if filled.all():
            return chunk
    keep = pa.array(filled)
    return Chunk({field: column.filter(keep) for field, column in chunk.columns.items()}, chunk.lines[filled])


def open_parquet(source: Source) -> pq.ParquetFile:
    """Open and check the size that the footer promises. Raise FileRefused."""
    try:
        file = pq.ParquetFile(source.file, pre_buffer=False)
        metadata = file.metadata
        sizes = [metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups)]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FileRefused("parquet_corrupt", reason=str(error)) from error
    if metadata.num_rows > MAX_ROWS:
        raise FileRefused("too_many_rows", limit=MAX_ROWS)
    if sum(sizes) > MAX_BYTES:
        raise FileRefused("too_large", size=sum(sizes), limit=MAX_BYTES)
    return file


def parquet_chunks(file: pq.ParquetFile, mapping: Mapping[str, str]) -> Iterator[Chunk]:
    """Yield the rows; `lines` are row numbers from 1. Raise FileRefused for nested columns and corrupt pages."""
    if file.metadata.num_rows == 0:
        raise FileRefused("header_only")
    schema = file.schema_arrow
    for name in mapping.values():
        kind = schema.field(name).type
        if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
            raise FileRefused("column_nested", column=name, type=str(kind))
    line = 1
    try:
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=list(dict.fromkeys(mapping.values()))):
            lines = np.arange(line, line + batch.num_rows, dtype=np.int64)
            line += batch.num_rows
            yield Chunk({field: batch.column(name) for field, name in mapping.items()}, lines)
    except (pa.ArrowException, OSError) as error:
        raise FileRefused("parquet_corrupt", reason=str(error)) from error


def first_batch(file: pq.ParquetFile, rows: int) -> pa.RecordBatch | None:
    """Give the first rows, all columns; None when there are none. Raise FileRefused."""
    try:
        return next(file.iter_batches(batch_size=rows), None)
    except (pa.ArrowException, OSError) as error:
        raise FileRefused("parquet_corrupt", reason=str(error)) from error


def tdx_minute_chunks(source: Source) -> Iterator[Chunk]:
    """Yield the records of a 通达信 .lc1 or .lc5 file: times in UTC, prices in yuan. Raise FileRefused."""
    line = 1
    source.file.seek(0)
    while raw := source.file.read(tdx.RECORD * BATCH_ROWS):
        records = np.frombuffer(raw, tdx.MINUTE)
        try:
            times = tdx.minute_times(records)
        except tdx.TdxError as error:
            raise FileRefused("tdx_times", reason=str(error)) from error
        columns: dict[str, pa.Array] = {"date": pa.array(times, pa.timestamp("s", tz="UTC"))}
        columns |= {field: pa.array(tdx.clean(records[field])) for field in ("open", "high", "low", "close")}
        columns |= {field: pa.array(records[field]) for field in ("amount", "volume")}
        yield Chunk(columns, np.arange(line, line + len(records), dtype=np.int64))
        line += len(records)


def tdx_chunks(source: Source) -> Iterator[Chunk]:
    """Yield the records of a 通达信 .day file: prices still in the file's integer unit; `lines` are record numbers."""
    line = 1
    source.file.seek(0)
    while raw := source.file.read(tdx.RECORD * BATCH_ROWS):
        records = np.frombuffer(raw, tdx.DAY)
        columns: dict[str, pa.Array] = {
            field: pa.array(records[field]) for field in ("date", "open", "high", "low", "close", "amount", "volume")
        }
        yield Chunk(columns, np.arange(line, line + len(records), dtype=np.int64))
        line += len(records)
