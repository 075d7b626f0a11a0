"""From the cells of one column to typed values, with the exact cell of each error."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from quantdesk.features.data.importer.errors import IntArray, RowErrors

FloatArray = NDArray[np.float64]

SHANGHAI = ZoneInfo("Asia/Shanghai")
NO_DAY = np.datetime64("NaT", "D")
_EMPTY = frozenset(("", "-", "--", "null", "none", "n/a", "na", "nan", "\\n"))
_DATE = re.compile(
    r"(?P<y>\d{4})(?:(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})|(?P<m2>\d{2})(?P<d2>\d{2})"
    r"|年(?P<m3>\d{1,2})月(?P<d3>\d{1,2})日)"
    r"(?:[T ](?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_EIGHT_HOURS = np.timedelta64(8, "h")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


class CellError(ValueError):
    """One cell cannot be read; the argument is the code of the row error."""


def is_empty(value: Any) -> bool:
    """Tell whether a cell says nothing: empty, a dash, null, nan."""
    return value is None or str(value).strip().lower() in _EMPTY


def parse_day(value: Any) -> dt.date:
    """Read a trading date from a text, a yyyymmdd number, a date or a midnight. Raise CellError."""
    if isinstance(value, dt.datetime):
        local = value.astimezone(SHANGHAI) if value.tzinfo else value
        if local.time() != dt.time(0):
            raise CellError("date_has_time")
        return local.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if text.lower() in _EMPTY:
        raise CellError("missing")
    found = _DATE.fullmatch(text)
    if not found:
        raise CellError("formula" if text[0] in "=@" else "not_a_date")
    if (found["time"] or "0").strip("0:.") != "":
        raise CellError("date_has_time")
    month, day = found["m"] or found["m2"] or found["m3"], found["d"] or found["d2"] or found["d3"]
    try:
        return dt.date(int(found["y"]), int(month), int(day))
    except ValueError:
        raise CellError("no_such_date") from None


def parse_number(value: Any) -> float:
    """Read a number from a text that the fast way refused; NaN for an empty cell. Raise CellError."""
    text = str(value).strip()
    lowered = text.lower()
    if lowered in _EMPTY:
        return float("nan")
    if _NUMBER.fullmatch(text):
        return float(text)
    if _THOUSANDS.fullmatch(text):
        return float(text.replace(",", ""))
    if _DECIMAL_COMMA.fullmatch(text):
        raise CellError("decimal_comma")
    if text[0] in "=@" or (text[0] in "+-" and not text[1:2].isdigit()):
        raise CellError("formula")
    if lowered.lstrip("+-") in ("inf", "infinity"):
        raise CellError("not_finite")
    raise CellError("not_a_number")


def parse_flag(value: Any) -> bool:
    """Read 1/0, true/false, 是/否, Y/N. Raise CellError."""
    text = str(value).strip().lower()
    if text in ("1", "1.0", "true", "t", "y", "yes", "是"):
        return True
    if text in ("0", "0.0", "false", "f", "n", "no", "否"):
        return False
    raise CellError("not_a_flag")


def read_distinct(
    column: pa.Array, lines: IntArray, field: str, parse: Callable[[Any], Any], errors: RowErrors
) -> tuple[IntArray, list[Any]]:
    """Parse each distinct value once: a column of dates, codes or flags has few.

    Give for each row the position in the list of parsed values, -1 where the cell is at fault (and recorded).
    """
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    distinct = [*("" if value is None else value for value in column.dictionary.to_pylist()), ""]
    # A null cell is the last of the distinct values, the empty one.
    empty = len(distinct) - 1
    index = column.indices.fill_null(empty).to_numpy(zero_copy_only=False).astype(np.int64)
    parsed: list[Any] = []
    position = np.full(len(distinct), -1, np.int64)
    faults: dict[str, list[int]] = {}
    for number, raw in enumerate(distinct):
        try:
            parsed.append(parse(raw))
            position[number] = len(parsed) - 1
        except CellError as error:
            faults.setdefault(error.args[0], []).append(number)
    for code, numbers in faults.items():
        rows = np.flatnonzero(np.isin(index, numbers))
        errors.add(lines[rows], field, code, [distinct[at] for at in index[rows]])
    return position[index], parsed


def read_days(column: pa.Array, lines: IntArray, errors: RowErrors) -> NDArray[np.datetime64]:
    """Give datetime64[D]; NaT where the cell is at fault."""
    index, days = read_distinct(column, lines, "date", _cached_day, errors)
    return np.array([*days, NO_DAY], dtype="datetime64[D]")[index]


def parse_time(value: Any) -> dt.datetime:
    """Read the end of a bar within the day as a UTC time; what has no zone is in Shanghai. Raise CellError."""
    when = value if isinstance(value, dt.datetime) else _time_of_text(value)
    local = when if when.tzinfo else when.replace(tzinfo=SHANGHAI)
    return local.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)


def _time_of_text(value: Any) -> dt.datetime:
    text = str(value).strip()
    found = _DATE.fullmatch(text)
    if found is None or not found["time"]:
        return dt.datetime.combine(parse_day(value), dt.time(0))  # or says what is wrong
    day = parse_day(text[: found.start("time") - 1])
    clock = found["time"] if found["time"].count(":") == 2 else f"{found['time']}:00"
    zone = text[found.end("time") :].replace("Z", "+00:00")
    try:
        return dt.datetime.fromisoformat(f"{day.isoformat()}T{clock.zfill(8)}{zone}")
    except ValueError:
        raise CellError("not_a_date") from None


def read_times(column: pa.Array, lines: IntArray, errors: RowErrors) -> NDArray[np.datetime64]:
    """Give the ends of bars within the day as datetime64[s], UTC; NaT where the cell is at fault."""
    if pa.types.is_timestamp(column.type):
        zone = column.type.tz
        times = column.cast(pa.timestamp("s", tz=zone), safe=False).to_numpy(zero_copy_only=False)
        ends: NDArray[np.datetime64] = times.astype("datetime64[s]") - (_EIGHT_HOURS if zone is None else 0)
        errors.add(lines[np.isnat(ends)], "date", "missing", "")
        return ends
    index, found = read_distinct(column, lines, "date", _cached_time, errors)
    return np.array([*found, np.datetime64("NaT", "s")], dtype="datetime64[s]")[index]


def has_time(value: Any) -> bool:
    """Tell whether a cell holds a day with a time other than midnight in Shanghai."""
    if isinstance(value, dt.datetime):
        return (value.astimezone(SHANGHAI) if value.tzinfo else value).time() != dt.time(0)
    found = _DATE.fullmatch(str(value).strip())
    return found is not None and (found["time"] or "0").strip("0:.") != ""


@lru_cache(maxsize=50_000)
def _cached_time(value: Any) -> dt.datetime:
    return parse_time(value)


@lru_cache(maxsize=50_000)
def _cached_day(value: Any) -> dt.date:
    return parse_day(value)


def read_flags(
    column: pa.Array, lines: IntArray, field: str, errors: RowErrors, *, empty: bool = False
) -> NDArray[np.bool_]:
    """Give booleans: `empty` where the cell is empty, False where it is at fault."""

    def parse(value: Any) -> bool:
        return empty if str(value).strip().lower() in _EMPTY else parse_flag(value)

    index, flags = read_distinct(column, lines, field, parse, errors)
    return np.array([*flags, False], dtype=np.bool_)[index]


def read_numbers(column: pa.Array, lines: IntArray, field: str, errors: RowErrors) -> FloatArray:
    """Give float64; NaN where the cell is empty or at fault. Infinity is at fault."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        numbers = _numbers_of_text(column, lines, field, errors)
    elif not (_is_number(column.type) or pa.types.is_null(column.type)):
        errors.add(lines, field, "not_a_number", column)
        return np.full(len(column), np.nan)
    else:
        numbers = column.cast(pa.float64(), safe=False).fill_null(np.nan).to_numpy(zero_copy_only=False)
    infinite = np.flatnonzero(np.isinf(numbers))
    if len(infinite):
        errors.add(lines[infinite], field, "not_finite", column.take(pa.array(infinite)))
        numbers = np.where(np.isinf(numbers), np.nan, numbers)
    return numbers


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _numbers_of_text(column: pa.Array, lines: IntArray, field: str, errors: RowErrors) -> FloatArray:
    texts = pc.utf8_trim_whitespace(column)
    texts = pc.if_else(pc.equal(texts, ""), None, texts)
    try:
        fast: FloatArray = pc.cast(texts, pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
        return fast
    except pa.ArrowInvalid:
        pass
    plain = pc.match_substring_regex(texts, r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$").fill_null(False)
    numbers = pc.cast(pc.if_else(plain, texts, None), pa.float64()).fill_null(np.nan)
    result: FloatArray = numbers.to_numpy(zero_copy_only=False).copy()
    faults: dict[str, list[int]] = {}
    for row in np.flatnonzero(~plain.to_numpy(zero_copy_only=False)):
        raw = texts[int(row)].as_py()
        try:
            result[row] = parse_number("" if raw is None else raw)
        except CellError as error:
            faults.setdefault(error.args[0], []).append(int(row))
    for code, rows in faults.items():
        errors.add(lines[rows], field, code, texts.take(pa.array(rows)))
    return result
