"""Which symbols an export writes, and how large it will be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from quantdesk.core.bars.adjust import Adjustment
from quantdesk.core.bars.frame import Interval
from quantdesk.core.qlib_folder.features import FIELDS
from quantdesk.features.exports.engine.workbook import ROWS_PER_SHEET
from quantdesk.features.exports.schemas import Column, ExportCreate, ExportFormat
from quantdesk.ports.bar_store import Coverage

SESSIONS: dict[Interval, float] = {"1w": 4.8, "1M": 20.3}
"""Trading days that one bar stands for."""
_RAW: dict[Column, tuple[float, float, float]] = {
    "symbol": (12, 4.4, 0.1),
    "name": (14, 4.6, 0.1),
    "date": (11, 5.2, 0.8),
    "open": (6, 5.6, 2.6),
    "high": (6, 5.6, 2.6),
    "low": (6, 5.6, 2.6),
    "close": (6, 5.6, 2.6),
    "preclose": (6, 5.6, 2.6),
    "change": (22, 15, 7.6),
    "volume": (10, 8.5, 4.4),
    "amount": (15, 11, 6.6),
    "vwap": (19, 14, 7.6),
    "factor": (9, 4.6, 0.4),
    "trading": (2, 3.4, 0.1),
    "is_st": (2, 3.4, 0.1),
}
"""Bytes that a cell takes in CSV, Excel and Parquet; measured on the demo market."""
_ADJUSTED = (18, 13, 7.4)
_PRICES = frozenset({"open", "high", "low", "close", "preclose"})
_QLIB_NUMBER = 3.0
"""Bytes of a float32, compressed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked request with the symbols that it comes to."""

    request: ExportCreate
    symbols: tuple[str, ...]
    """By code; each has stored bars."""
    names: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of qlib's instrument files: name → symbols."""

    @property
    def adjustment(self) -> Adjustment:
        return self.request.adjustment or ("hfq" if self.request.format == "qlib" else "none")


@dataclass(frozen=True, slots=True)
class Extent:
    """What a plan comes to, told from the stored bars' coverage alone."""

    symbols: int
    rows: int
    bytes: int
    files: int
    sheets: int
    first: dt.date | None
    last: dt.date | None


def stored_interval(interval: Interval) -> Interval:
    """Give the interval whose bars are read: weeks and months are made of days."""
    return "1d" if interval in ("1w", "1M") else interval


def extent_of(plan: Plan, coverage: Sequence[Coverage]) -> Extent:
    """Count by the share of each symbol's days that is asked for."""
    request = plan.request
    parts = [
        (share * item.rows / SESSIONS.get(request.interval, 1.0), first, last)
        for item in coverage
        for first, last, share in [_overlap(item, request.start, request.end)]
        if share > 0
    ]
    rows = sum(max(1, round(count)) for count, _, _ in parts)
    per_symbol = request.files == "per_symbol"
    return Extent(
        symbols=len(parts),
        rows=rows,
        bytes=round(rows * _row_bytes(plan)),
        files=(len(parts) * len(FIELDS) + 2) if request.format == "qlib" else len(parts) if per_symbol else 1,
        sheets=-(-rows // ROWS_PER_SHEET) if request.format == "xlsx" and not per_symbol else 0,
        first=min((first for _, first, _ in parts), default=None),
        last=max((last for _, _, last in parts), default=None),
    )


def _overlap(item: Coverage, start: dt.date | None, end: dt.date | None) -> tuple[dt.date, dt.date, float]:
    """Give (first, last, share of the rows) of the stored days that are asked for."""
    first, last = max(item.first, start or item.first), min(item.last, end or item.last)
    if first > last:
        return first, last, 0.0
    if (first, last) == (item.first, item.last):
        return first, last, 1.0
    one = np.timedelta64(1, "D")
    stored = np.busday_count(item.first, np.datetime64(item.last) + one)
    asked = np.busday_count(first, np.datetime64(last) + one)
    return first, last, min(1.0, float(asked) / max(1, int(stored)))


def _row_bytes(plan: Plan) -> float:
    at: dict[ExportFormat, int] = {"csv": 0, "xlsx": 1, "parquet": 2}
    if plan.request.format == "qlib":
        return _QLIB_NUMBER * len(FIELDS)
    place = at[plan.request.format]
    adjusted = plan.adjustment != "none"
    total = sum(
        _ADJUSTED[place] if adjusted and name in _PRICES else _RAW[name][place] for name in plan.request.columns
    )
    return total * (0.4 if plan.request.format == "csv" and plan.request.files == "per_symbol" else 1.0)
