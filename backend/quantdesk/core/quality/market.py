"""What a symbol's bars are held against."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from quantdesk.core.bars.frame import Bars, FloatArray, TimeArray
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.execution.action_rows import Listing
from quantdesk.core.execution.dated_rates import LimitPoints
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.rules.book import Rulebook, rulebook
from quantdesk.core.rules.rows import Row
from quantdesk.core.rules.subject import Subject
from quantdesk.core.sources.compare import Difference


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of one symbol besides its bars."""

    kind: str | None = None
    """Overrules what the code says."""
    listing: Listing = field(default_factory=Listing)
    relistings: frozenset[dt.date] = frozenset()
    """Days without price limit: a relisting after a restructuring, the first day of a delisting period."""
    actions: Sequence[CorporateAction] = ()
    actions_from: dt.date | None = None
    actions_to: dt.date | None = None
    """All ex-dates between these days are among `actions`; None: that is not known."""
    second: Bars | None = None
    """The same bars of another source."""
    differences: Sequence[Difference] = ()
    """What a comparison with another source saw, when the bars were as they were then."""


NOTHING = Known()


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """What all symbols of a check share."""

    today: dt.date
    calendar: TradingCalendar | None = None
    """None: not known; coins trade every day whatever it says."""
    last_day: dt.date | None = None
    """The trading day that bars should reach; None: any."""
    suspensions_stated: bool = True
    """Whether the source writes suspended days as bars; if not, a missing day may be a suspension."""
    book: Rulebook = field(default_factory=rulebook)
    _limits: list[tuple[TimeArray, LimitPoints]] = field(default_factory=list)

    def limit_points(self, subject: Subject, days: TimeArray, is_st: Any, listing: Listing | None) -> Any:
        """Give the price limits (up, down) of increasing days in basis points, -1 for none."""
        if not self._limits or days[0] < self._limits[0][0][0] or days[-1] > self._limits[0][0][-1]:
            first = min([days[0], *(known[0] for known, _ in self._limits)])
            last = max([days[-1], *(known[-1] for known, _ in self._limits)])
            every = np.arange(first, last + np.timedelta64(1, "D"))
            self._limits[:] = [(every, LimitPoints(self.book, every))]
        every, points = self._limits[0]
        return points.of(subject, (days - every[0]).astype(np.int64), is_st, listing)


def dated(rows: Sequence[Row], days: TimeArray, value: Any) -> FloatArray:
    """Give `value(day)` for each of increasing days, asked once between two changes of the rows; NaN for None."""
    changes = {row.since for row in rows} | {row.until + dt.timedelta(days=1) for row in rows if row.until}
    found = np.searchsorted(days, np.array(sorted(changes), dtype="datetime64[D]"))
    values = np.full(len(days), np.nan)
    for first, last in pairwise(sorted({0, len(days), *found.tolist()})):
        given = value(days[first].item())
        values[first:last] = np.nan if given is None else float(given)
    return values


def ticks(book: Rulebook, subject: Subject, days: TimeArray) -> FloatArray:
    """Give the price tick of each of increasing days; NaN where none is known, e.g. before a future's first row."""
    if subject.kind == "index":
        return np.full(len(days), np.nan)
    rows: list[Row] = [*book.tables.tick, *book.tables.contract, *book.tables.crypto_pair]
    rows = [row for row in rows if _concerns(row, subject)]

    def tick(day: dt.date) -> Any:
        if subject.product is not None:
            contract = book.contract(subject, day)
            return contract and contract.tick
        if subject.pair is not None:
            pair = book.crypto_pair(subject, day)
            return pair and pair.tick
        row = book.tick(subject, day)
        return row and row.size

    return dated(rows, days, tick)


def multipliers(book: Rulebook, subject: Subject, days: TimeArray) -> FloatArray:
    """Give the value of one unit of volume at a price of 1: a contract's multiplier, 1 for all else."""
    if subject.product is None:
        return np.ones(len(days))
    rows = [row for row in book.tables.contract if _concerns(row, subject)]

    def multiplier(day: dt.date) -> Any:
        contract = book.contract(subject, day)
        return contract and contract.multiplier

    return dated(rows, days, multiplier)


def _concerns(row: Row, subject: Subject) -> bool:
    wanted = {subject.tick_group, subject.product_key, f"{subject.pair}.{subject.exchange}", f"*.{subject.exchange}"}
    return not wanted.isdisjoint(row.keys())
