"""What `quantdesk data import` shows: a line a file, and the first bad rows."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from quantdesk.features.data.importer.qlib_folder import is_qlib
from quantdesk.features.data.schemas import FileReport

SUFFIXES = (".csv", ".txt", ".tsv", ".parquet", ".pq", ".day", ".zip")
"""Of the files that are taken from a folder."""
SHOWN_ERRORS = 5
_HEADER = ("file", "status", "rows", "accepted", "rejected", "inserted", "updated", "unchanged", "symbols", "range")


def expand(paths: Sequence[Path]) -> list[Path]:
    """Give the files, each once; a folder stands for all data files below it. Raise click.BadParameter."""
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir() or is_qlib(path):
            found[path] = None
            continue
        inside = sorted(item for item in path.rglob("*") if item.suffix.lower() in SUFFIXES and item.is_file())
        if not inside:
            raise click.BadParameter(f"the folder {path} has no file that ends in {', '.join(SUFFIXES)}")
        found.update(dict.fromkeys(inside))
    return list(found)


def table(reports: Sequence[FileReport]) -> str:
    """Give the reports as an aligned table, then the reason of each refusal and its first bad rows."""
    rows = [_HEADER, *(_row(report) for report in reports)]
    widths = [max(_width(row[at]) for row in rows) for at in range(len(_HEADER))]
    lines = ["  ".join(_pad(cell, widths[at], right=2 <= at <= 8) for at, cell in enumerate(row)) for row in rows]
    notes = [note for report in reports for note in _notes(report)]
    return "\n".join(line.rstrip() for line in [*lines, *notes])


def _row(report: FileReport) -> tuple[str, ...]:
    counts = (report.rows, report.accepted, report.rejected, report.inserted, report.updated, report.unchanged)
    symbols = report.symbols[0] if len(report.symbols) == 1 else f"{len(report.symbols):,}"
    days = f"{report.first} to {report.last}" if report.first else ""
    return (_printable(report.name), report.status, *(f"{count:,}" for count in counts), symbols, days)


def _notes(report: FileReport) -> Iterator[str]:
    if report.error is not None:
        yield f"\n{_printable(report.name)}: {report.error.message_en}"
    elif report.errors:
        yield f"\n{_printable(report.name)}: {report.rejected:,} bad rows were left out"
    for bad in report.errors[:SHOWN_ERRORS]:
        yield f"  line {bad.line}, {bad.field} {bad.value!r}: {bad.message_en}"
    if report.rejected > SHOWN_ERRORS:
        yield f"  … {report.rejected:,} bad rows in all; --json writes the first thousand"
    if report.warnings_total:
        first = report.warnings[0]
        yield (
            f"\n{_printable(report.name)}: {report.warnings_total:,} rows are kept, but contradict themselves; "
            f"first line {first.line}, {first.field} {first.value!r}: {first.message_en}"
        )


def _printable(text: str) -> str:
    """A file's name may hold what would move the cursor of a terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _pad(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space
