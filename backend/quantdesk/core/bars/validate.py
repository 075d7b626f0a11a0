"""Checks that every row must pass before it is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from quantdesk.core.bars.frame import Bars, BoolArray

Code = Literal[
    "not_finite",
    "not_positive",
    "high_below",
    "low_above",
    "negative",
    "duplicate_date",
    "too_early",
    "in_future",
]

EARLIEST = dt.date(1990, 1, 1)
"""Both exchanges opened in December 1990; an earlier bar is a misread date."""


class RowIssue(NamedTuple):
    """One thing wrong with one row."""

    row: int
    """0-based row of the checked bars."""
    field: str
    code: Code
    value: str
    """As a person would write it: a number, or an ISO date."""


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What a check found."""

    rejected: BoolArray
    """True for each row with at least one issue."""
    issues: list[RowIssue]
    """By row; cut off at the limit that was asked for."""
    total: int
    """Number of issues, also of those cut off."""


def check(bars: Bars, *, today: dt.date, limit: int = 1000) -> Findings:
    """Check each row on its own, and dates against one another; rows may be in any order.

    A price must be finite and above 0; volume finite and not negative; amount and previous close may be NaN
    (unknown) but not infinite, nor negative (amount) or 0 and below (previous close). High must reach open
    and close, low too. Every repetition of a date is an issue, its first appearance is not. Dates are
    EARLIEST to `today`.
    """
    rejected = np.zeros(len(bars), dtype=np.bool_)
    found: list[tuple[int, int, str, Code]] = []
    total = 0
    for order, (field, code, wrong) in enumerate(_checks(bars, today)):
        rejected |= wrong
        rows = np.flatnonzero(wrong)
        total += len(rows)
        # The first `limit` rows of each check suffice for the first `limit` issues overall.
        found.extend((int(row), order, field, code) for row in rows[:limit])
    found.sort()
    issues = [RowIssue(row, field, code, _written(bars, field, row)) for row, _, field, code in found[:limit]]
    return Findings(rejected, issues, total)


def _checks(bars: Bars, today: dt.date) -> Iterator[tuple[str, Code, BoolArray]]:
    missing_time = np.isnat(bars.time)
    yield "time", "not_finite", missing_time
    yield "time", "too_early", bars.time < np.datetime64(EARLIEST)
    yield "time", "in_future", bars.time >= np.datetime64(today) + np.timedelta64(1, "D")
    yield "time", "duplicate_date", _repeated(bars) & ~missing_time

    sound = np.ones(len(bars), dtype=np.bool_)
    for field in ("open", "high", "low", "close"):
        values = getattr(bars, field)
        finite = np.isfinite(values)
        sound &= finite & (values > 0)
        yield field, "not_finite", ~finite
        yield field, "not_positive", finite & (values <= 0)
    # Prices that are wrong in themselves are not compared with others as well.
    highest = np.maximum(np.maximum(bars.open, bars.close), bars.low)
    yield "high", "high_below", sound & (bars.high < highest)
    yield "low", "low_above", sound & (bars.low > np.minimum(bars.open, bars.close))

    yield "volume", "not_finite", ~np.isfinite(bars.volume)
    yield "volume", "negative", bars.volume < 0
    yield "amount", "not_finite", np.isinf(bars.amount)
    yield "amount", "negative", np.isfinite(bars.amount) & (bars.amount < 0)
    yield "preclose", "not_finite", np.isinf(bars.preclose)
    yield "preclose", "not_positive", np.isfinite(bars.preclose) & (bars.preclose <= 0)


def _repeated(bars: Bars) -> BoolArray:
    order = np.argsort(bars.time, kind="stable")
    ordered = bars.time[order]
    repeated = np.zeros(len(bars), dtype=np.bool_)
    repeated[order[1:]] = ordered[1:] == ordered[:-1]
    return repeated


def _written(bars: Bars, field: str, row: int) -> str:
    value = getattr(bars, field)[row]
    return str(value) if field == "time" else f"{float(value):.12g}"
