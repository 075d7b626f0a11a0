"""Write a plan's bars, one symbol after another."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from quantdesk.features.exports.engine.columns import Slice, batches, describe, read_slice
from quantdesk.features.exports.engine.outputs import Kind, Output, drafted
from quantdesk.features.exports.engine.plan import Plan
from quantdesk.features.exports.engine.qlib import calendar_of, feature_files, index_files
from quantdesk.features.exports.engine.tables import TableWriter, make_table
from quantdesk.features.exports.errors import NothingToExport
from quantdesk.features.exports.schemas import ExportCreate
from quantdesk.ports.bar_store import BarStore

Tick = Callable[[int, str], None]
"""Told the rows done since the last call and the symbol at work, at least once a symbol; what it raises ends the
export, which then leaves nothing behind."""
_README = """QuantDesk → qlib

    import qlib
    from qlib.data import D
    qlib.init(provider_uri="THIS FOLDER", region="cn")
    D.features(D.instruments("all"), ["$close / $factor", "$volume * $factor"], freq="day")

{facts}
Prices are adjusted: raw price x $factor. $volume is shares / $factor, $amount raw yuan, $vwap an adjusted price,
$change the return on the exchange's previous close. On a suspended day all but $factor are NaN.
"""


@dataclass(frozen=True, slots=True)
class Written:
    rows: int
    symbols: int


def file_name(request: ExportCreate, symbols: tuple[str, ...]) -> str:
    """Give the name under which an export is downloaded: of ASCII letters, what is in it and how."""
    what = symbols[0] if len(symbols) == 1 else f"{len(symbols)}-symbols"
    basis = request.adjustment if request.adjustment not in (None, "none") else None
    parts = ["qlib" if request.format == "qlib" else "bars", what, request.interval, basis]
    suffix = "zip" if kind_of(request) == "zip" else request.format
    return "-".join(part for part in parts if part) + f".{suffix}"


def kind_of(request: ExportCreate, target: Path | None = None) -> Kind:
    """Say whether a file, an archive or, on the command line, a folder is written."""
    if request.format != "qlib" and request.files == "one":
        return "file"
    return "zip" if target is None or target.suffix.lower() == ".zip" else "folder"


def write_export(
    store: BarStore, plan: Plan, target: Path, *, tick: Tick, now: dt.datetime, replace: bool = False
) -> Written:
    """Write the export to `target`, all of it or nothing. Blocking.

    Memory holds one symbol's bars and one batch of rows. Raise NothingToExport, ExportDiskFull, FileExistsError.
    """
    with drafted(target, kind_of(plan.request, target), replace=replace) as output:
        if plan.request.format == "qlib":
            written = _write_qlib(store, plan, output, tick, now)
        elif plan.request.files == "per_symbol":
            written = _write_each(store, plan, output, tick, now)
        else:
            written = _write_one(store, plan, output, tick, now)
        if not written.rows:
            raise NothingToExport("no stored bars of the chosen symbols lie between the chosen days")
    return written


def _write_one(store: BarStore, plan: Plan, output: Output, tick: Tick, now: dt.datetime) -> Written:
    rows = symbols = 0
    with output.open("") as sink, _table(plan, sink, now) as table:
        for part in _parts(store, plan, tick):
            for batch in batches(part, plan):
                table.write(batch)
                tick(batch.num_rows, part.raw.symbol)
            rows, symbols = rows + len(part), symbols + 1
    return Written(rows, symbols)


def _write_each(store: BarStore, plan: Plan, output: Output, tick: Tick, now: dt.datetime) -> Written:
    rows = symbols = 0
    for part in _parts(store, plan, tick):
        with output.open(f"{part.raw.symbol}.{plan.request.format}") as sink, _table(plan, sink, now) as table:
            for batch in batches(part, plan):
                table.write(batch)
                tick(batch.num_rows, part.raw.symbol)
        rows, symbols = rows + len(part), symbols + 1
    return Written(rows, symbols)


def _write_qlib(store: BarStore, plan: Plan, output: Output, tick: Tick, now: dt.datetime) -> Written:
    # The calendar comes first: a value's place in its file is its day's place in the calendar.
    calendar = calendar_of(store, plan, lambda symbol: tick(0, symbol))
    listed: dict[str, tuple[np.datetime64, np.datetime64]] = {}
    rows = 0
    for part in _parts(store, plan, tick):
        # A day that a write added since then is left for the next export.
        part = part.within(calendar)
        if not len(part):
            continue
        for name, data in feature_files(part, calendar):
            _put(output, name, data)
        listed[part.raw.symbol] = (part.raw.time[0], part.raw.time[-1])
        rows += len(part)
        tick(len(part), part.raw.symbol)
    for name, data in index_files(plan, calendar, listed):
        _put(output, name, data)
    facts = "\n".join(f"{key}: {value}" for key, value in describe(plan, now))
    _put(output, "README.txt", _README.format(facts=facts + "\n").encode())
    return Written(rows, len(listed))


def _parts(store: BarStore, plan: Plan, tick: Tick) -> Iterator[Slice]:
    for symbol in plan.symbols:
        tick(0, symbol)
        part = read_slice(store, plan, symbol)
        if part is not None:
            yield part


@contextlib.contextmanager
def _table(plan: Plan, sink: BinaryIO, now: dt.datetime) -> Iterator[TableWriter]:
    table = make_table(plan, sink, describe(plan, now))
    yield table
    table.close()  # not after an error: the draft goes, whatever is in it


def _put(output: Output, name: str, data: bytes) -> None:
    with output.open(name) as file:
        file.write(data)
