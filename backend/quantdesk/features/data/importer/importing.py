"""Import one file into the store: whole, or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from quantdesk.core.bars.frame import Bars
from quantdesk.core.futures.trading_day import trading_days
from quantdesk.features.data.importer.action_rows import ActionsReading
from quantdesk.features.data.importer.dry import DryStore
from quantdesk.features.data.importer.errors import FileRefused, file_problem
from quantdesk.features.data.importer.known import keep_better_known
from quantdesk.features.data.importer.qlib_folder import is_qlib, read_qlib
from quantdesk.features.data.importer.reading import FileReading, Progress, read_file
from quantdesk.features.data.schemas import FileOptions, FileProblem, FileReport, Interval
from quantdesk.ports.bar_store import BarStore, WriteReceipt
from quantdesk.ports.errors import StoreFull

SOURCE = "import"
_NOTHING = WriteReceipt(0, 0, 0, ())


def import_file(
    path: Path,
    options: FileOptions,
    store: BarStore | DryStore,
    *,
    now: dt.datetime,
    today: dt.date,
    name: str | None = None,
    on_progress: Progress = lambda _: None,
) -> tuple[FileReport, FileReading | ActionsReading | None]:
    """Read, check and store one file; give the report, and what was read when it was stored.

    Corporate actions are not for the bar store: they are read and reported as unchanged, and the caller stores them.

    The store is untouched when the file is refused, or when it has a bad row and skipping was not asked for.
    `now` is the UTC instant of the write and `today` the date in Shanghai.
    """
    shown = path.name if name is None else name
    reading: FileReading | ActionsReading
    try:
        if is_qlib(path):
            reading = read_qlib(path, today=today, on_progress=lambda share: on_progress(0.7 * share))
        else:
            reading = read_file(
                path, options, today=today, name=name, on_progress=lambda share: on_progress(0.7 * share)
            )
    except FileRefused as refusal:
        return _refusal(shown, path, refusal.problem), None
    if reading.rejected_total and not (options.skip_bad_rows and reading.accepted):
        return _report(shown, reading, _NOTHING, file_problem("bad_rows", rejected=reading.rejected_total)), None
    if isinstance(reading, ActionsReading):
        return _report(shown, reading, _NOTHING, None), reading
    bars = [keep_better_known(one, reading, store) for one in reading.bars]
    try:
        receipt = store.merge(bars, source=SOURCE, now=now)
    except StoreFull:
        return _report(shown, reading, _NOTHING, file_problem("store_full")), None
    on_progress(1.0)
    return _report(shown, reading, receipt, None), reading


def _report(
    name: str, reading: FileReading | ActionsReading, receipt: WriteReceipt, error: FileProblem | None
) -> FileReport:
    if isinstance(reading, ActionsReading):
        symbols = sorted({action.symbol for action in reading.actions})
        days = [action.ex_date for action in reading.actions]
        warnings, warned = [], 0
    else:
        symbols = [bars.symbol for bars in reading.bars]
        edges = [trading_days(bars.time[[0, -1]]) if bars.interval != "1d" else bars.time for bars in reading.bars]
        days = [edge.item() for times in edges for edge in (times[0], times[-1])]
        warnings, warned = reading.warnings, reading.warnings_total
    changed = receipt.inserted + receipt.updated > 0
    return FileReport(
        name=name,
        size=reading.size,
        content="actions" if isinstance(reading, ActionsReading) else "bars",
        interval="1d" if isinstance(reading, ActionsReading) else interval_of(reading.bars),
        sha256=reading.sha256,
        status="refused" if error else "stored" if changed else "unchanged",
        error=error,
        rows=reading.rows,
        accepted=reading.accepted,
        rejected=reading.rejected_total,
        inserted=receipt.inserted,
        updated=receipt.updated,
        unchanged=receipt.unchanged,
        errors=reading.rejected,
        warnings=warnings,
        warnings_total=warned,
        symbols=symbols,
        first=min(days, default=None),
        last=max(days, default=None),
    )


def interval_of(bars: Sequence[Bars]) -> Interval:
    """Give the interval of a file's bars; days where it has none."""
    return cast(Interval, bars[0].interval) if bars else "1d"


def _refusal(name: str, path: Path, problem: FileProblem) -> FileReport:
    try:
        size = path.lstat().st_size
    except (OSError, ValueError):
        size = 0
    return FileReport(
        name=name,
        size=size,
        sha256=None,
        status="refused",
        error=problem,
        rows=0,
        accepted=0,
        rejected=0,
        inserted=0,
        updated=0,
        unchanged=0,
        errors=[],
        warnings=[],
        warnings_total=0,
        symbols=[],
        first=None,
        last=None,
    )
