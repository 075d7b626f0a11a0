"""From typed rows to checked bars, one instrument at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np

from quantdesk.core.bars.frame import Bars, BoolArray, FloatArray, Interval
from quantdesk.core.bars.validate import RowIssue, check
from quantdesk.core.instruments.symbol import kind_of
from quantdesk.features.data.importer.errors import IntArray, RowErrors
from quantdesk.features.data.importer.rows import Rows

_CONTRADICTIONS = frozenset(("high_below", "low_above"))


def cut_into_bars(rows: Rows, symbols: Sequence[str], interval: Interval = "1d") -> Iterator[tuple[Bars, IntArray]]:
    """Yield the bars of each symbol, oldest first, equal days in the file's order, with the line of each bar."""
    if not len(rows):
        return
    if (np.diff(rows.symbol) < 0).any() or (np.diff(rows.day)[np.diff(rows.symbol) == 0] < np.timedelta64(0)).any():
        rows = rows.take(np.lexsort((rows.line, rows.day, rows.symbol)))
    starts = np.flatnonzero(np.diff(rows.symbol, prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        one = rows.take(slice(int(start), int(end)))
        yield (
            Bars(
                symbol=symbols[int(one.symbol[0])],
                interval=interval,
                time=one.day,
                open=one.open,
                high=one.high,
                low=one.low,
                close=one.close,
                volume=one.volume,
                amount=one.amount,
                preclose=one.preclose,
                suspended=one.suspended,
                is_st=one.is_st,
                open_interest=_known(one.open_interest),
                settle=_known(one.settle),
            ),
            one.line,
        )


def _known(values: FloatArray) -> FloatArray | None:
    return None if np.isnan(values).all() else values


def check_bars(
    bars: Bars, lines: IntArray, *, today: dt.date, lenient: bool, errors: RowErrors, warnings: RowErrors
) -> Bars:
    """Give the rows that pass every check of the store; record the others.

    `lenient` keeps, with a warning, an index's rows whose high or low contradict its open or close: nobody trades at
    them, the early years of the indices are published so, and without these rows the history would have holes.
    """
    tolerated = lenient and kind_of(bars.symbol) == "index"
    findings = check(bars, today=today, limit=20 * len(bars) if tolerated else 1_000)
    if not findings.total:
        return bars
    rejected = findings.rejected
    issues = findings.issues
    if tolerated:
        _record([issue for issue in issues if issue.code in _CONTRADICTIONS], bars, lines, warnings)
        issues = [issue for issue in issues if issue.code not in _CONTRADICTIONS]
        rejected = np.zeros(len(bars), dtype=np.bool_)
        rejected[[issue.row for issue in issues]] = True
    _record(issues, bars, lines, errors)
    errors.count(lines[rejected])
    return _without(bars, rejected)


def _without(bars: Bars, rejected: BoolArray) -> Bars:
    return bars.take(~rejected) if rejected.any() else bars


def _record(issues: Sequence[RowIssue], bars: Bars, lines: IntArray, into: RowErrors) -> None:
    kinds: dict[tuple[str, str], list[RowIssue]] = {}
    for issue in issues:
        kinds.setdefault((issue.field, issue.code), []).append(issue)
    for (field, code), found in kinds.items():
        into.add(
            lines[[issue.row for issue in found]],
            "date" if field == "time" else field,
            code,
            [issue.value for issue in found],
            symbol=bars.symbol,
        )
