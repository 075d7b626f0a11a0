"""Round trips: from flat to flat in one symbol."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from quantdesk.core.backtest.result import CorporateActionRecord, Fill, RoundTrip, Side, made

FEN = Decimal("0.01")
PRICE = Decimal("0.000001")
_NOTHING = Decimal(0)
_BEFORE_FILLS = frozenset({"dividend", "bonus", "conversion", "split", "rights_issue", "rights_lapsed", "ex_right"})


@dataclass(slots=True)
class _Trip:
    """What one symbol has gone through since it was last flat."""

    entry_date: dt.date
    side: Side
    """Of the entry: a short position is entered by a sell."""
    held: int = 0
    """Negative when short."""
    largest: int = 0
    entered: int = 0
    entered_amount: Decimal = _NOTHING
    left_amount: Decimal = _NOTHING
    """Of the exits; and what corporate actions paid."""
    costs: Decimal = _NOTHING

    def add(self, fill: Fill) -> None:
        if fill.side == self.side:
            self.entered += fill.quantity
            self.entered_amount += fill.amount
        else:
            self.left_amount += fill.amount
        self.held += fill.quantity if fill.side == "buy" else -fill.quantity
        self.largest = max(self.largest, abs(self.held))
        self.costs += fill.commission + fill.stamp_duty + fill.transfer_fee + fill.dividend_tax

    def act(self, action: CorporateActionRecord) -> None:
        self.held += action.quantity
        self.largest = max(self.largest, abs(self.held))
        if action.kind == "rights_issue":
            self.entered += action.quantity
            self.entered_amount -= action.cash
        elif self.side == "buy":
            self.left_amount += action.cash
        else:
            self.entered_amount += action.cash


@dataclass(slots=True)
class _Book:
    days: Sequence[dt.date]
    open: dict[str, _Trip] = field(default_factory=dict)
    closed: list[RoundTrip] = field(default_factory=list)

    def settle(self, symbol: str, trip: _Trip, day: dt.date) -> None:
        if trip.held == 0:
            del self.open[symbol]
            self.closed.append(_finish(self, symbol, trip, day, _NOTHING))


def round_trips(
    fills: Sequence[Fill],
    trading_days: Sequence[dt.date],
    last_closes: Mapping[str, Decimal],
    actions: Sequence[CorporateActionRecord] = (),
) -> list[RoundTrip]:
    """Join fills, in order of time, and what corporate actions did into round trips, in order of their entry.

    A trip runs from the first fill of a flat symbol to the one (or the delisting) that makes it flat again; what is
    bought and sold in between belongs to it, so first in first out and average cost give the same profit. Profit is
    the amount sold less the amount bought less all costs, plus the cash of corporate actions; an open trip is valued
    at `last_closes` (what one unit of the position is worth), without the costs of selling. return_pct is
    profit / amount entered with. Prices are amounts by the quantity entered with, so that new shares do not count
    as free ones. Holding days count trading days from entry to exit (same day: 0).
    """
    book = _Book(days=trading_days)
    for event in _in_order(fills, actions):
        if isinstance(event, Fill):
            trip = book.open.setdefault(event.symbol, _Trip(entry_date=event.date, side=event.side))
            trip.add(event)
            book.settle(event.symbol, trip, event.date)
        elif event.symbol in book.open:
            trip = book.open[event.symbol]
            trip.act(event)
            book.settle(event.symbol, trip, event.date)
    still_open = [
        _finish(book, symbol, trip, None, trip.held * last_closes[symbol]) for symbol, trip in book.open.items()
    ]
    return sorted(book.closed + still_open, key=lambda trip: (trip.entry_date, trip.symbol))


def win_rate(trips: Sequence[RoundTrip]) -> float | None:
    """Give the share of closed round trips with a positive net profit."""
    closed = [trip for trip in trips if trip.exit_date is not None]
    if not closed:
        return None
    return sum(trip.profit > 0 for trip in closed) / len(closed)


def profit_factor(trips: Sequence[RoundTrip]) -> float | None:
    """Give net profit of the winners / net loss of the losers, closed trips; None without a loser."""
    closed = [trip.profit for trip in trips if trip.exit_date is not None]
    lost = -sum((profit for profit in closed if profit < 0), _NOTHING)
    if not lost:
        return None
    return float(sum((profit for profit in closed if profit > 0), _NOTHING) / lost)


def average_holding_days(trips: Sequence[RoundTrip]) -> float | None:
    """Give the mean number of trading days of closed round trips."""
    closed = [trip.holding_days for trip in trips if trip.exit_date is not None]
    return sum(closed) / len(closed) if closed else None


def _in_order(
    fills: Sequence[Fill], actions: Sequence[CorporateActionRecord]
) -> Sequence[Fill | CorporateActionRecord]:
    """Put both in order of time: an ex-date's actions before that day's fills, a delisting or margin call after."""
    if not actions:
        return fills
    events: list[Fill | CorporateActionRecord] = [*fills, *actions]

    def place(event: Fill | CorporateActionRecord) -> tuple[dt.date, int]:
        if isinstance(event, Fill):
            return event.date, 1
        return event.date, 0 if event.kind in _BEFORE_FILLS else 2

    return sorted(events, key=place)


def _finish(book: _Book, symbol: str, trip: _Trip, exit_date: dt.date | None, left_value: Decimal) -> RoundTrip:
    """Write up a trip. `left_value` is what the open rest is worth, negative for a short one."""
    long = trip.side == "buy"
    out = trip.left_amount + (left_value if long else -left_value)
    gross = out - trip.entered_amount if long else trip.entered_amount - out
    profit = (gross - trip.costs).quantize(FEN, ROUND_HALF_UP)
    last = len(book.days) - 1 if exit_date is None else bisect_left(book.days, exit_date)
    return made(
        RoundTrip,
        {
            "symbol": symbol,
            "entry_date": trip.entry_date,
            "exit_date": exit_date,
            "quantity": trip.largest,
            "entry_price": (trip.entered_amount / trip.entered).quantize(PRICE, ROUND_HALF_UP),
            "exit_price": (out / trip.entered).quantize(PRICE, ROUND_HALF_UP),
            "profit": profit,
            "return_pct": float(profit / trip.entered_amount) if trip.entered_amount else 0.0,
            "costs": trip.costs,
            "holding_days": last - bisect_left(book.days, trip.entry_date),
        },
    )
