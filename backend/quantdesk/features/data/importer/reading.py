"""Read a whole file into checked bars, or say what is wrong with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from quantdesk.core.bars.frame import Bars
from quantdesk.core.instruments.symbol import classify
from quantdesk.features.data.importer.action_rows import ActionsReading, read_actions
from quantdesk.features.data.importer.assemble import check_bars, cut_into_bars
from quantdesk.features.data.importer.chunks import Chunk
from quantdesk.features.data.importer.errors import RowErrors
from quantdesk.features.data.importer.files import sha256_of
from quantdesk.features.data.importer.plan import Plan, planned
from quantdesk.features.data.importer.rows import RowReader, Rows, scale
from quantdesk.features.data.importer.units import Units, guess_units
from quantdesk.features.data.schemas import BarField, FileFormat, FileOptions, RowError
from quantdesk.ports.data_source import InstrumentInfo

Progress = Callable[[float], None]
"""Told the share of the work that is done, 0 to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class FileReading:
    """All that a file holds: the good rows as bars of one interval, the bad ones as errors."""

    bars: list[Bars]
    instruments: list[InstrumentInfo]
    """One a symbol; `name` is empty where the file gives none."""
    units: Units
    fields: frozenset[BarField]
    """The fields that the file has a column for."""
    format: FileFormat
    size: int
    sha256: str
    rows: int
    rejected: list[RowError]
    """The first errors by line; see errors.LISTED_ERRORS."""
    rejected_total: int
    """Number of bad rows."""
    warnings: list[RowError] = field(default_factory=list)
    warnings_total: int = 0

    @property
    def accepted(self) -> int:
        """Number of good rows."""
        return sum(len(bars) for bars in self.bars)


def read_file(
    path: Path,
    options: FileOptions,
    *,
    today: dt.date,
    name: str | None = None,
    on_progress: Progress = lambda _: None,
) -> FileReading | ActionsReading:
    """Read and check every row. `name` is the file's own name when `path` is a stored copy.

    Days after `today` (Asia/Shanghai) are errors. Raise FileRefused when the file as a whole cannot be read.
    """
    errors, warnings = RowErrors(), RowErrors()
    with planned(path, path.name if name is None else name, options) as plan:
        if plan.actions is not None:
            return read_actions(plan, plan.actions)
        plan.check()
        rows, reader = read_rows(plan, plan.chunks(errors), errors)
        on_progress(0.6)
        units = guess_units(rows, reader.symbols, plan.mapping, plan.layout, options.volume_unit)
        if units.volume_factor != 1 or units.amount != 1:
            rows = scale(rows, volume=units.volume_factor, amount=units.amount)
        bars = [
            check_bars(
                one,
                lines,
                today=today,
                lenient=plan.source.format == "tdx_day",
                errors=errors,
                warnings=warnings,
            )
            for one, lines in cut_into_bars(rows, reader.symbols, plan.interval)
        ]
        on_progress(0.9)
        bad = len(errors.lines())
        return FileReading(
            bars=[one for one in bars if len(one)],
            instruments=[
                InstrumentInfo(symbol, reader.names.get(symbol, ""), *classify(symbol), None, None)
                for symbol in sorted(reader.symbols)
            ],
            units=units,
            fields=frozenset(plan.mapping),
            format=plan.source.format,
            size=plan.source.size,
            sha256=sha256_of(plan.source.file),
            rows=sum(len(one) for one in bars) + bad,
            rejected=errors.listed(),
            rejected_total=bad,
            warnings=warnings.listed(),
            warnings_total=len(warnings.lines()),
        )


def read_rows(plan: Plan, chunks: Iterable[Chunk], errors: RowErrors) -> tuple[Rows, RowReader]:
    """Give the readable rows with prices in the instrument's currency, volume and turnover in the file's units."""
    reader = RowReader(errors, symbol=plan.symbol, intraday=plan.interval != "1d")
    rows = reader.read(chunks)
    factor = plan.price_factor
    if factor != 1:
        rows = replace(rows, **{name: getattr(rows, name) / factor for name in ("open", "high", "low", "close")})
    return rows, reader
