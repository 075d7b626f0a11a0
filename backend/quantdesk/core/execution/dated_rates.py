"""The rulebook's dated rows as arrays: rates by day and group of instruments, price limits by day and instrument."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import BoolArray, TimeArray
from quantdesk.core.execution import layout as c
from quantdesk.core.execution.action_rows import Listing
from quantdesk.core.execution.derivative_rates import TABLES, derivative_instrument, derivative_rates
from quantdesk.core.execution.layout import Ints
from quantdesk.core.rules.book import Rulebook
from quantdesk.core.rules.rows import Row
from quantdesk.core.rules.subject import Subject

_DATED = ("tick", "lot", "settlement", "stamp_duty", "transfer_fee", "commission")
_DEFAULT_LOT = (100, 100)

Points = NDArray[np.int16]


class Groups:
    """Instruments that the same rows hold for share one column of rates."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.subjects: list[Subject] = []
        """One of each group."""
        self.instruments: list[Ints] = []
        """Theirs."""
        self._known: dict[tuple[object, ...], int] = {}

    def instrument(self, subject: Subject, highest: float = 0.0) -> Ints:
        """Give the instrument's row of the kernel's table; `highest` is the highest price of a coin.

        Raises:
            RuleDataError: the rulebook does not know the future's product or the coin.
        """
        if subject.kind in ("future", "crypto"):
            row = derivative_instrument(self.book, subject, highest)
        else:
            row = self._share()
        row[c.I_GROUP] = self._group(subject, row)
        return row

    @staticmethod
    def _share() -> Ints:
        row = np.zeros(c.I_COLUMNS, dtype=np.int64)
        row[c.I_KIND] = c.CASH_STOCK
        row[c.I_SCALE] = c.UNIT
        row[c.I_NUM] = row[c.I_DEN] = 1
        row[c.I_ROUND] = c.FEN
        row[c.I_DELISTED] = -1
        return row

    def _group(self, subject: Subject, instrument: Ints) -> int:
        key = (
            subject.segment, subject.tick_group, subject.duty_class, subject.settlement_class, subject.fee_group,
            subject.product_key, subject.pair,
        )  # fmt: skip
        if key not in self._known:
            self._known[key] = len(self.subjects)
            self.subjects.append(subject)
            self.instruments.append(instrument)
        return self._known[key]


def dated_rates(groups: Groups, days: TimeArray) -> Ints:
    """Give [steps, groups, G_COLUMNS]."""
    rates = np.zeros((len(days), max(len(groups.subjects), 1), c.G_COLUMNS), dtype=np.int64)
    derivatives = any(row[c.I_KIND] != c.CASH_STOCK for row in groups.instruments)
    bounds = _change_days(groups.book, _DATED + TABLES if derivatives else _DATED, days)
    for first, last in pairwise(bounds):
        day = days[first].item()
        for g, subject in enumerate(groups.subjects):
            rates[first:last, g] = _rates_of(groups.book, subject, day, groups.instruments[g])
    return rates


class LimitPoints:
    """Price limits of instruments on the steps of a market; those of one board are looked up once."""

    def __init__(self, book: Rulebook, days: TimeArray) -> None:
        self._book, self._days = book, days
        self._bounds = list(pairwise(_change_days(book, ("limit", "futures_limit"), days)))
        self._known: dict[tuple[object, ...], tuple[Points, Points]] = {}

    def of(self, subject: Subject, rows: Any, is_st: BoolArray, listing: Listing | None) -> tuple[Points, Points]:
        """Give the limits (up, down) of an instrument's bars, which are at `rows`, in basis points, -1 for none."""
        up, down = (points[rows] for points in self._ordinary(subject, is_st=False))
        if is_st.any():
            st_up, st_down = (points[rows] for points in self._ordinary(subject, is_st=True))
            up, down = np.where(is_st, st_up, up), np.where(is_st, st_down, down)
        if listing is None or listing.listed is None:
            return up, down
        days = self._days[rows]
        since = int(np.searchsorted(days, np.datetime64(listing.listed)))
        if since < len(days) and days[since].item() == listing.listed:
            up, down = up.copy(), down.copy()
            for number, row in enumerate(range(since, min(since + 10, len(days))), start=1):
                day = days[row].item()
                up[row], down[row] = _points(self._book, subject, day, bool(is_st[row]), listing.listed, number)
        return up, down

    def _ordinary(self, subject: Subject, *, is_st: bool) -> tuple[Points, Points]:
        """Give the limits of all steps, without those of the first days."""
        key = (subject.segment, subject.product_key, subject.pair, subject.exchange, is_st)
        if key not in self._known:
            up, down = np.full((2, len(self._days)), -1, dtype=np.int16)
            for first, last in self._bounds:
                up[first:last], down[first:last] = _points(self._book, subject, self._days[first].item(), is_st)
            self._known[key] = up, down
        return self._known[key]


def _points(
    book: Rulebook,
    subject: Subject,
    day: dt.date,
    is_st: bool,
    listed: dt.date | None = None,
    trading_day: int | None = None,
) -> tuple[int, int]:
    rule = book.limits(subject, day, is_st=is_st, list_date=listed, trading_day=trading_day)
    if rule is None or rule.up is None or rule.down is None:
        return -1, -1
    return int(rule.up * c.BASIS), int(rule.down * c.BASIS)


def _rates_of(book: Rulebook, subject: Subject, day: dt.date, instrument: Ints) -> Ints:
    if subject.kind in ("future", "crypto"):
        return derivative_rates(book, subject, day, instrument)
    return _share_rates(book, subject, day)


@lru_cache(maxsize=4096)
def _share_rates(book: Rulebook, subject: Subject, day: dt.date) -> Ints:
    rates = np.zeros(c.G_COLUMNS, dtype=np.int64)
    # Before the first row of a young exchange the newest stands in: its shares were traded elsewhere until then.
    tick, lot = book.tick(subject, day) or book.tick(subject), book.lot(subject, day) or book.lot(subject)
    settlement = book.settlement(subject, day)
    rates[c.G_TICK] = _scaled(tick.size, c.UNIT) if tick is not None else c.FEN
    rates[c.G_LOT], rates[c.G_LOT_STEP] = (lot.minimum, lot.step) if lot is not None else _DEFAULT_LOT
    rates[c.G_SETTLEMENT] = settlement.days if settlement is not None else 1
    buy, sell = book.costs(subject, day, "buy"), book.costs(subject, day, "sell")
    rates[c.G_DUTY_BUY] = _scaled(buy.stamp_duty, c.RATE)
    rates[c.G_DUTY_SELL] = _scaled(sell.stamp_duty, c.RATE)
    rates[c.G_TRANSFER] = _scaled(buy.transfer_fee, c.RATE)
    rates[c.G_TRANSFER_FACE] = 1 if buy.transfer_basis == "face_value" else 0
    return rates


def _scaled(value: Decimal | None, size: int) -> int:
    return 0 if value is None else int(value * size)


def _change_days(book: Rulebook, tables: tuple[str, ...], days: TimeArray) -> list[int]:
    """Give the positions in `days` at which a row of these tables begins or ends, with 0 and the length."""
    return sorted({0, len(days), *np.searchsorted(days, _changes(book, tables)).tolist()})


@lru_cache(maxsize=64)
def _changes(book: Rulebook, tables: tuple[str, ...]) -> TimeArray:
    changes: set[dt.date] = set()
    for name in tables:
        rows: list[Row] = list(getattr(book.tables, name))
        for row in rows:
            changes.add(row.since)
            if row.until is not None:
                changes.add(row.until + dt.timedelta(days=1))
    return np.array(sorted(changes), dtype="datetime64[D]")
