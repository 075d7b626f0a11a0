"""How one file will be read: everything decided before the first row, from the options or by guessing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from quantdesk.core.instruments.symbol import SymbolError, normalise
from quantdesk.core.rules.book import price_tick
from quantdesk.features.data.importer.action_columns import ActionColumns, recognise
from quantdesk.features.data.importer.cells import has_time, read_times
from quantdesk.features.data.importer.chunks import (
    Chunk,
    csv_chunks,
    open_parquet,
    parquet_chunks,
    tdx_chunks,
    tdx_minute_chunks,
)
from quantdesk.features.data.importer.columns import check_mapping, guess_layout, guess_mapping, missing_fields
from quantdesk.features.data.importer.errors import FileRefused, RowErrors
from quantdesk.features.data.importer.files import TDX_MINUTES, Source, open_source
from quantdesk.features.data.importer.text_scan import Delimiter, Text, check_columns, read_header, scan
from quantdesk.features.data.schemas import BarField, FileOptions, Interval, Layout

# sh600519.day, SH#600519.csv, sh.600519.csv, 600519.SH.csv, 600519_daily.csv, old_sh000001.day; but 202401 is a month.
_SYMBOL_IN_NAME = re.compile(
    r"(?i)(?<![a-z0-9])(?:(?:sh|sz|bj)[._#-]?\d{6}|\d{6}\.(?:sh|sz|bj|ss|xshg|xshe|demo)"
    r"|(?!(?:19|20)\d\d(?:0[1-9]|1[0-2]))\d{6})(?![0-9])"
)
_FUTURE_IN_NAME = re.compile(
    r"(?i)(?<![a-z0-9])(?:(?:shfe|dce|czce|cffex|ine|gfex)\.[a-z]{1,2}\d{0,4}"
    r"|[a-z]{1,2}\d{4}\.(?:shfe|dce|czce|cffex|ine|gfex))(?![a-z0-9])"
)
_FIRST_ROWS = 2_000
"""Rows that tell the interval of a file."""
_TDX_FIELDS: tuple[BarField, ...] = ("date", "open", "high", "low", "close", "amount", "volume")


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """An open file and how to read it. `mapping` is not yet known to be complete."""

    source: Source
    names: list[str]
    mapping: dict[BarField, str]
    layout: Layout
    symbol: str | None
    """The symbol of all rows when no column is mapped to it."""
    text: Text | None = None
    delimiter: Delimiter | None = None
    parquet: pq.ParquetFile | None = None
    interval: Interval = "1d"
    actions: ActionColumns | None = None
    """Set when the file holds corporate actions; then `mapping` is empty."""

    @property
    def price_factor(self) -> float:
        """Price ticks in one yuan for 通达信's whole numbers, 1 for the other formats."""
        if self.source.format != "tdx_day" or self.symbol is None:
            return 1.0
        return float(round(1 / price_tick(self.symbol)))

    def check(self) -> None:
        """Raise FileRefused when a required column or the symbol is missing."""
        check_mapping(self.mapping, self.names)
        if self.symbol is None and "symbol" not in self.mapping:
            raise FileRefused("symbol_missing", name=self.source.name)

    def chunks(self, errors: RowErrors) -> Iterator[Chunk]:
        """Yield the file's rows as cells."""
        columns: dict[str, str] = dict(self.mapping.items()) if self.actions is None else self.actions.columns
        if self.parquet is not None:
            return parquet_chunks(self.parquet, columns)
        if self.text is not None and self.delimiter is not None:
            return csv_chunks(self.source, self.text, self.names, self.delimiter, columns, errors)
        return tdx_minute_chunks(self.source) if self.source.format == "tdx_minute" else tdx_chunks(self.source)


@contextmanager
def planned(path: Path, name: str, options: FileOptions) -> Iterator[Plan]:
    """Open a file and decide how to read it; close it afterwards. Raise FileRefused."""
    source = open_source(path, name, options.format)
    try:
        plan = _plan(source, options)
        # With a column of its own, the symbol of the file's name means nothing; the user's word wins over both.
        if options.symbol is not None:
            mapping = dict(plan.mapping)
            mapping.pop("symbol", None)
            actions = None if plan.actions is None else replace(plan.actions, symbol=None)
            plan = replace(plan, symbol=_checked_symbol(options.symbol), mapping=mapping, actions=actions)
        elif "symbol" in plan.mapping or (plan.actions is not None and plan.actions.symbol is not None):
            plan = replace(plan, symbol=None)
        if plan.actions is None and source.format in ("csv", "parquet") and not missing_fields(plan.mapping):
            plan = replace(plan, interval=options.interval or _guess_interval(plan))
        yield plan
    finally:
        source.file.close()


def symbol_in_name(name: str) -> str | None:
    """Give the canonical symbol that a file name holds, e.g. sh600519.day or SHFE.rb2410.csv, or None."""
    for found in (*_FUTURE_IN_NAME.findall(name), *_SYMBOL_IN_NAME.findall(name)):
        try:
            return normalise(found.replace("#", "").replace("-", ""))
        except SymbolError:
            continue
    return None


def _plan(source: Source, options: FileOptions) -> Plan:
    symbol = symbol_in_name(source.name)
    if source.format in ("tdx_day", "tdx_minute"):
        if symbol is None and options.symbol is None:
            raise FileRefused("symbol_missing", name=source.name)
        mapping: dict[BarField, str] = {field: field for field in _TDX_FIELDS}
        interval = options.interval or TDX_MINUTES.get(PurePosixPath(source.name.lower()).suffix, "1m")
        return Plan(
            source, list(_TDX_FIELDS), mapping, "tdx", symbol, interval="1d" if source.format == "tdx_day" else interval
        )
    if source.format == "parquet":
        parquet = open_parquet(source)
        names = list(parquet.schema_arrow.names)
        check_columns(names)
        mapping, actions = _columns(names, options)
        return Plan(source, names, mapping, guess_layout(names), symbol, parquet=parquet, actions=actions)
    text = scan(source.file, options.encoding)
    names, delimiter = read_header(source.file, text, options.delimiter)
    mapping, actions = _columns(names, options)
    layout = guess_layout(names)
    return Plan(source, names, mapping, layout, symbol, text=text, delimiter=delimiter, actions=actions)


def _guess_interval(plan: Plan) -> Interval:
    """Tell days from bars within the day by the first rows' times, and their interval by the usual step between them.

    Raise FileRefused where that is none.
    """
    try:
        plan.check()
        chunk = next(iter(plan.chunks(RowErrors())), None)
    except FileRefused:
        return "1d"  # reading it says what is wrong
    if chunk is None:
        return "1d"
    first = chunk.columns["date"].slice(0, _FIRST_ROWS)
    if pa.types.is_dictionary(first.type):
        first = first.dictionary_decode()
    values = first.to_pylist()
    if 2 * sum(map(has_time, values)) <= len(values):
        return "1d"
    times = np.unique(read_times(first, chunk.lines[: len(first)], RowErrors()))
    steps = np.diff(times[~np.isnat(times)]).astype("timedelta64[m]").astype(np.int64)
    found, counts = np.unique(steps[steps > 0], return_counts=True)
    if not len(found):
        return "1d"  # a single time is an error in a file of days
    usual = int(found[np.argmax(counts)])
    interval = {1: "1m", 5: "5m", 15: "15m", 30: "30m", 60: "60m"}.get(usual)
    if interval is None:
        raise FileRefused("interval_unclear", minutes=usual)
    return cast(Interval, interval)


def _columns(names: list[str], options: FileOptions) -> tuple[dict[BarField, str], ActionColumns | None]:
    """Give the mapping of a file of bars, or the columns of one of corporate actions."""
    if not options.mapping and (actions := recognise(names)) is not None:
        return {}, actions
    return dict(options.mapping if options.mapping is not None else guess_mapping(names)[0]), None


def _checked_symbol(text: str) -> str:
    try:
        return normalise(text)
    except SymbolError:
        raise FileRefused("symbol_invalid", symbol=text) from None
