"""Names and bytes of the folder's files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import FloatArray, TimeArray
from quantdesk.core.instruments.symbol import SymbolError
from quantdesk.core.qlib_folder.codes import from_code
from quantdesk.core.qlib_folder.errors import QlibFolderError

CALENDAR = "calendars/day.txt"
ALL = "all"
_NUMBER = np.dtype("<f4")
_MAX_START = 1 << 24
"""The first number is the start, kept as float32 like the others, which has no larger whole numbers in full."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MAX_NAME = 40


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of an instruments file: from when to when a code belongs to the group."""

    symbol: str
    first: np.datetime64
    last: np.datetime64


def instruments_file(group: str) -> str:
    """Give the path of a group's file, e.g. instruments/csi300.txt."""
    return f"instruments/{group}.txt"


def feature_file(code: str, field: str) -> str:
    """Give the path of a field's file, e.g. features/sh600519/close.day.bin."""
    return f"features/{code.lower()}/{field}.day.bin"


def encode_calendar(days: TimeArray) -> bytes:
    """Give calendars/day.txt: a day a line. `days` are datetime64[D] and rise."""
    return _lines(np.datetime_as_string(days, unit="D").tolist())


def decode_calendar(data: bytes, file: str = CALENDAR) -> TimeArray:
    """Give the days. Raise QlibFolderError where a line is no date, or not later than the one before."""
    days: list[np.datetime64] = []
    for line, text in _texts(data, file):
        day = _date(text)
        if day is None:
            raise QlibFolderError("qlib_calendar_date", file=file, line=line, value=_shown(text))
        if days and day <= days[-1]:
            raise QlibFolderError("qlib_calendar_order", file=file, line=line, value=str(day), previous=str(days[-1]))
        days.append(day)
    if not days:
        raise QlibFolderError("qlib_calendar_empty", file=file)
    return np.array(days, dtype="datetime64[D]")


def encode_instruments(listed: Iterable[tuple[str, np.datetime64, np.datetime64]]) -> bytes:
    """Give an instruments file of (code, first day, last day), by code."""
    return _lines([f"{code}\t{first}\t{last}" for code, first, last in sorted(listed)])


def decode_instruments(data: bytes, file: str) -> list[Listed]:
    """Give the lines; a code may have several. Raise QlibFolderError."""
    found: list[Listed] = []
    for line, text in _texts(data, file):
        code, *dates = (part.strip() for part in text.split("\t"))
        # Some of qlib's own files have the time of day behind the day.
        first, last = [_date(part[:10]) for part in dates] if len(dates) == 2 else (None, None)
        if first is None or last is None:
            raise QlibFolderError("qlib_instrument_line", file=file, line=line, value=_shown(text))
        if first > last:
            raise QlibFolderError(
                "qlib_instrument_dates", file=file, line=line, value=_shown(code), first=str(first), last=str(last)
            )
        try:
            symbol = from_code(code)
        except SymbolError:
            raise QlibFolderError("qlib_instrument_unknown", file=file, line=line, value=_shown(code)) from None
        found.append(Listed(symbol, first, last))
    if not found:
        raise QlibFolderError("qlib_instruments_empty", file=file)
    return found


def encode_feature(start: int, values: FloatArray) -> bytes:
    """Give a field's file: float32, little-endian; first the place of the first value in the calendar."""
    if not 0 <= start < _MAX_START:
        raise ValueError(f"start {start} is not from 0 to {_MAX_START:,}, which float32 holds in full")
    numbers = np.empty(len(values) + 1, dtype=_NUMBER)
    numbers[0] = start
    numbers[1:] = values
    return numbers.tobytes()


def decode_feature(data: bytes, days: int, file: str) -> tuple[int, NDArray[np.float32]]:
    """Give (place in the calendar of the first value, values). Raise QlibFolderError."""
    if len(data) < 2 * _NUMBER.itemsize or len(data) % _NUMBER.itemsize:
        raise QlibFolderError("qlib_bin_short", file=file, size=len(data))
    numbers = np.frombuffer(data, _NUMBER)
    start, values = float(numbers[0]), numbers[1:]
    if not (start >= 0 and start.is_integer() and start < days):
        raise QlibFolderError("qlib_bin_start", file=file, start=f"{start:g}", days=days)
    if start + len(values) > days:
        raise QlibFolderError("qlib_bin_long", file=file, start=int(start), count=len(values), days=days)
    return int(start), values.astype(np.float32)


def _lines(texts: list[str]) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode()


def _texts(data: bytes, file: str) -> list[tuple[int, str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise QlibFolderError("qlib_not_text", file=file) from None
    return [(at, line.strip()) for at, line in enumerate(text.split("\n"), 1) if line.strip()]


def _date(text: str) -> np.datetime64 | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return np.datetime64(text, "D")
    except ValueError:
        return None


def _shown(text: str) -> str:
    cut = text if len(text) <= _MAX_NAME else text[: _MAX_NAME - 1] + "…"
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in cut)
