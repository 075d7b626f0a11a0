"""Look at a file's start and say what it seems to hold, for a person to check and correct."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from quantdesk.core.bars import tdx
from quantdesk.features.data.importer import cells
from quantdesk.features.data.importer.action_columns import ActionColumns
from quantdesk.features.data.importer.cells import CellError
from quantdesk.features.data.importer.chunks import Chunk, first_batch
from quantdesk.features.data.importer.columns import Guess, guess_mapping, missing_fields
from quantdesk.features.data.importer.errors import FileRefused, RowErrors, show
from quantdesk.features.data.importer.plan import Plan, planned
from quantdesk.features.data.importer.reading import read_rows
from quantdesk.features.data.importer.text_scan import MAX_LINE
from quantdesk.features.data.importer.units import Units, guess_units
from quantdesk.features.data.schemas import BarField, ColumnGuess, FileInspection, FileOptions

HEAD_ROWS = 20
_SAMPLES = 3
_NO_UNITS = Units("share", 1.0, "除权除息文件没有成交量", "a file of corporate actions has no volume")
_CHOSEN = Guess(None, 1.0, "由您指定", "as you said")


def inspect_file(path: Path, name: str | None = None, options: FileOptions | None = None) -> FileInspection:
    """Guess format, encoding, columns, symbol and units; the options that are set are taken as said.

    `name` is the file's own name when `path` is a stored copy. Raise FileRefused when the file can never be imported.
    """
    options = options or FileOptions()
    with planned(path, path.name if name is None else name, options) as plan:
        head = _head(plan)
        guesses = guess_mapping(plan.names)[1] if plan.actions is None else _action_guesses(plan.names, plan.actions)
        field_of = {column: field for field, column in plan.mapping.items()}
        has_symbol = plan.symbol is not None or "symbol" in plan.mapping
        required: list[str] = list(missing_fields(plan.mapping))
        if plan.actions is not None:
            has_symbol, required = has_symbol or plan.actions.symbol is not None, []
        units = _NO_UNITS if plan.actions is not None else _units(plan, options)
        return FileInspection(
            name=plan.source.name,
            size=plan.source.size,
            format=plan.source.format,
            content="bars" if plan.actions is None else "actions",
            layout=plan.layout,
            interval=plan.interval,
            encoding=plan.text.encoding if plan.text else None,
            delimiter=plan.delimiter,
            rows=_row_count(plan),
            columns=[
                _column(plan, column, field_of.get(column), guess, [row[at] for row in head if at < len(row)])
                for at, (column, guess) in enumerate(zip(plan.names, guesses, strict=True))
            ],
            mapping=plan.mapping,
            missing=[*required, *(() if has_symbol else ("symbol",))],
            symbol=plan.symbol,
            volume_unit=units.volume,
            volume_unit_why_zh=units.why_zh,
            volume_unit_why_en=units.why_en,
            head=[[show(cell) for cell in row] for row in head],
        )


def _action_guesses(names: Sequence[str], actions: ActionColumns) -> list[Guess]:
    known = {column: field for field, column in actions.columns.items()}
    unknown = Guess(None, 0.0, "不认识的列名，不导入", "unknown name, not imported")
    return [
        Guess(None, 1.0, f"除权除息数据：{known[name]}", f"corporate actions: {known[name]}")
        if name in known
        else unknown
        for name in names
    ]


def _head(plan: Plan) -> list[list[str]]:
    """Give the first rows as text."""
    if plan.parquet is not None:
        batch = first_batch(plan.parquet, HEAD_ROWS)
        return [] if batch is None else [[_text(value) for value in row.values()] for row in batch.to_pylist()]
    file = plan.source.file
    file.seek(0)
    if plan.text is None or plan.delimiter is None:
        if plan.source.format == "tdx_minute":
            return _minute_head(file.read(HEAD_ROWS * tdx.RECORD))
        records = np.frombuffer(file.read(HEAD_ROWS * tdx.DAY.itemsize), tdx.DAY)
        return [[_text(value) for value in records[plan.names][at].tolist()] for at in range(len(records))]
    lines = [file.readline(MAX_LINE + 1) for _ in range(HEAD_ROWS + 1)][1:]
    texts = [line.decode(plan.text.encoding).strip("\r\n") for line in lines if line.strip()]
    return list(csv.reader(texts, delimiter=plan.delimiter))


def _minute_head(body: bytes) -> list[list[str]]:
    """Give 通达信 minute records as text, times in Shanghai. Raise FileRefused."""
    records = np.frombuffer(body, tdx.MINUTE)
    try:
        ends: Any = tdx.minute_times(records) + np.timedelta64(8, "h")
    except tdx.TdxError as error:
        raise FileRefused("tdx_times", reason=str(error)) from error
    prices = [tdx.clean(records[name]) for name in ("open", "high", "low", "close")]
    columns = [np.datetime_as_string(ends, "m"), *prices, records["amount"], records["volume"]]
    return [[_text(column[row].item()) for column in columns] for row in range(len(records))]


def _text(value: object) -> str:
    return "" if value is None else show(value)


def _row_count(plan: Plan) -> int | None:
    if plan.parquet is not None:
        return int(plan.parquet.metadata.num_rows)
    return None if plan.text is not None else plan.source.size // tdx.DAY.itemsize


def _stored_type(stored: pa.DataType) -> str:
    # A dictionary is how the texts are packed, and says nothing to whoever checks the columns.
    return str(stored.value_type if pa.types.is_dictionary(stored) else stored)


def _column(plan: Plan, name: str, field: BarField | None, guess: Guess, values: Sequence[str]) -> ColumnGuess:
    if field != guess.field:
        guess = _CHOSEN
    kind = _stored_type(plan.parquet.schema_arrow.field(name).type) if plan.parquet is not None else _type(values)
    return ColumnGuess(
        name=name,
        type=kind,
        samples=[show(value) for value in values[:_SAMPLES]],
        field=field,
        confidence=guess.confidence,
        why_zh=guess.why_zh,
        why_en=guess.why_en,
    )


def _type(values: Sequence[str]) -> str:
    """Tell a text column's type from its first cells."""
    filled = [value for value in values if value.strip()]
    if filled and all(value in ("0", "1") for value in filled):
        return "flag"
    for kind, parse in (("date", cells.parse_time), ("number", cells.parse_number)):
        try:
            for value in filled:
                parse(value)
        except CellError:
            continue
        return kind if filled else "text"
    return "text"


def _units(plan: Plan, options: FileOptions) -> Units:
    """Guess from the first chunk, as the import will from the whole file."""
    errors = RowErrors()
    readable = not missing_fields(plan.mapping) and (plan.symbol is not None or "symbol" in plan.mapping)
    chunks: list[Chunk] = []
    if readable:
        plan.check()
        chunks = list(itertools.islice(plan.chunks(errors), 1))
    rows, reader = read_rows(plan, chunks, errors)
    return guess_units(rows, reader.symbols, plan.mapping, plan.layout, options.volume_unit)
