"""Import of a qlib data folder, or of a zip archive of one."""

from __future__ import annotations

import datetime as dt
import hashlib
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from quantdesk.core.bars.frame import Bars
from quantdesk.core.instruments.symbol import classify
from quantdesk.core.qlib_folder.codes import to_code
from quantdesk.core.qlib_folder.errors import QlibFolderError
from quantdesk.core.qlib_folder.features import FIELDS, to_bars
from quantdesk.core.qlib_folder.layout import (
    ALL,
    CALENDAR,
    decode_calendar,
    decode_feature,
    decode_instruments,
    feature_file,
    instruments_file,
)
from quantdesk.features.data.importer.assemble import check_bars
from quantdesk.features.data.importer.errors import FileRefused, RowErrors
from quantdesk.features.data.importer.files import MAX_BYTES, MAX_ROWS, sha256_of
from quantdesk.features.data.importer.reading import FileReading, Progress
from quantdesk.features.data.importer.units import Units
from quantdesk.features.data.schemas import FileInspection
from quantdesk.ports.data_source import InstrumentInfo

UNITS = Units("share", 1.0, "qlib 的成交量乘以因子后是股数", "qlib's volume times its factor is in shares")
_FIELDS = frozenset({"symbol", "date", "open", "high", "low", "close", "preclose", "volume", "amount", "trading"})
_PACKED = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class _Files:
    """The folder's files by their paths within it."""

    read: Callable[[str], bytes]
    """Give a file's bytes; raise KeyError."""
    size: int
    sha256: str


def is_qlib(path: Path) -> bool:
    """Say whether this is a qlib folder, or an archive that holds one."""
    if path.is_dir():
        return (path / CALENDAR).is_file()
    try:
        if path.is_symlink() or not path.is_file():
            return False
        with path.open("rb") as file:
            if file.read(len(_PACKED)) != _PACKED:
                return False
        with zipfile.ZipFile(path) as archive:
            return any(_is_calendar(name) for name in archive.namelist())
    except (OSError, ValueError, zipfile.BadZipFile):
        return False


def read_qlib(path: Path, *, today: dt.date, on_progress: Progress = lambda _: None) -> FileReading:
    """Read and check the bars of all listed instruments. Raise FileRefused."""
    if path.is_dir():
        return _read(_folder(path), today, on_progress)
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            return _read(_archive(archive, sha256_of(file)), today, on_progress)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:  # RuntimeError: a password
        raise FileRefused("qlib_archive", reason=str(error)) from error


def inspect_qlib(path: Path, name: str) -> FileInspection:
    """Say what the folder holds; its columns are fixed. Raise FileRefused."""
    reading = read_qlib(path, today=dt.date.max)
    shown = reading.bars[:20]
    return FileInspection(
        name=name,
        size=reading.size,
        format="qlib",
        layout="qlib",
        encoding=None,
        delimiter=None,
        rows=reading.rows,
        columns=[],
        mapping={},
        missing=[],
        symbol=None,
        volume_unit="share",
        volume_unit_why_zh=UNITS.why_zh,
        volume_unit_why_en=UNITS.why_en,
        head=[[bars.symbol, str(bars.time[0]), str(bars.time[-1]), f"{len(bars):,}"] for bars in shown if len(bars)],
    )


def _read(files: _Files, today: dt.date, on_progress: Progress) -> FileReading:
    errors, warnings = RowErrors(), RowErrors()
    try:
        calendar = decode_calendar(_need(files, CALENDAR))
        listed = instruments_file(ALL)
        symbols = sorted({one.symbol for one in decode_instruments(_need(files, listed), listed)})
        found: list[Bars] = []
        rows = 0
        for number, symbol in enumerate(symbols):
            bars = _bars(files, symbol, calendar)
            lines = np.arange(rows + 1, rows + 1 + len(bars), dtype=np.int64)
            rows += len(bars)
            if rows > MAX_ROWS:
                raise FileRefused("too_many_rows", limit=MAX_ROWS)
            found.append(check_bars(bars, lines, today=today, lenient=True, errors=errors, warnings=warnings))
            on_progress((number + 1) / len(symbols))
    except QlibFolderError as error:
        raise FileRefused(error.code, **error.values) from error
    return FileReading(
        bars=[bars for bars in found if len(bars)],
        instruments=[InstrumentInfo(symbol, "", *classify(symbol), None, None) for symbol in symbols],
        units=UNITS,
        fields=_FIELDS,  # type: ignore[arg-type] # names of BarField
        format="qlib",
        size=files.size,
        sha256=files.sha256,
        rows=rows,
        rejected=errors.listed(),
        rejected_total=len(errors.lines()),
        warnings=warnings.listed(),
        warnings_total=len(warnings.lines()),
    )


def _bars(files: _Files, symbol: str, calendar: np.ndarray) -> Bars:
    code = to_code(symbol)
    stored = {}
    for field in FIELDS:
        name = feature_file(code, field)
        try:
            stored[field] = decode_feature(files.read(name), len(calendar), name)
        except KeyError:
            continue  # to_bars says which ones it cannot do without
    return to_bars(symbol, code, calendar, stored)


def _need(files: _Files, name: str) -> bytes:
    try:
        return files.read(name)
    except KeyError:
        raise QlibFolderError("qlib_file_missing", file=name) from None


def _folder(path: Path) -> _Files:
    inside = sorted(item for item in path.rglob("*") if item.is_file())
    size = sum(item.stat().st_size for item in inside)
    if size > MAX_BYTES:
        raise FileRefused("too_large", size=size, limit=MAX_BYTES)
    digest = hashlib.sha256()
    for item in inside:
        digest.update(item.relative_to(path).as_posix().encode() + b"\0" + item.read_bytes())

    def read(name: str) -> bytes:
        try:
            return (path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise KeyError(name) from None
        except OSError as error:
            raise FileRefused("not_readable", name=name) from error

    return _Files(read, size, digest.hexdigest())


def _archive(archive: zipfile.ZipFile, sha256: str) -> _Files:
    size = sum(info.file_size for info in archive.infolist())  # zipfile gives no more bytes than are announced
    if size > MAX_BYTES:
        raise FileRefused("too_large", size=size, limit=MAX_BYTES)
    within = next(name for name in archive.namelist() if _is_calendar(name)).removesuffix(CALENDAR)
    return _Files(lambda name: archive.read(within + name), size, sha256)


def _is_calendar(name: str) -> bool:
    """Say whether this is the calendar, at the top of the archive or one folder below."""
    return name == CALENDAR or (name.endswith("/" + CALENDAR) and name.count("/") == 2)
