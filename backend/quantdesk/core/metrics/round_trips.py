"""Round trips: from flat to flat in one symbol."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from quantdesk.core.backtest.result import Fill, RoundTrip

FEN = Decimal("0.01")
PRICE = Decimal("0.000001")


@dataclass(slots=True)
class _Trip:
    """What one symbol has gone through since it was last flat."""

    entry_date: dt.date
    held: int = 0
    largest: int = 0
    bought: int = 0
    bought_amount: Decimal = Decimal(0)
    sold: int = 0
    sold_amount: Decimal = Decimal(0)
    costs: Decimal = Decimal(0)

    def add(self, fill: Fill) -> None:
        if fill.side == "buy":
            self.bought += fill.quantity
            self.bought_amount += fill.amount
            self.held += fill.quantity
        else:
            self.sold += fill.quantity
            self.sold_amount += fill.amount
            self.held -= fill.quantity
        self.largest = max(self.largest, self.held)
        self.costs += fill.commission + fill.stamp_duty + fill.transfer_fee


@dataclass(slots=True)
class _Book:
    days: dict[dt.date, int]
    open: dict[str, _Trip] = field(default_factory=dict)
    closed: list[RoundTrip] = field(default_factory=list)


def round_trips(
    fills: Sequence[Fill], trading_days: Sequence[dt.date], last_closes: Mapping[str, Decimal]
) -> list[RoundTrip]:
    """Join fills (in order of time, long only) into round trips, in order of their entry.

    A trip runs from the first buy to the sell that makes the symbol flat; what is bought and sold in between
    belongs to it, so first in first out and average cost give the same profit. Profit is the amount sold less
    the amount bought less all costs; an open trip is valued at `last_closes`, without the costs of selling.
    return_pct is profit / amount bought. Holding days count trading days from entry to exit (same day: 0).
    """
    book = _Book(days={day: index for index, day in enumerate(trading_days)})
    for fill in fills:
        trip = book.open.setdefault(fill.symbol, _Trip(entry_date=fill.date))
        trip.add(fill)
        if trip.held == 0:
            del book.open[fill.symbol]
            book.closed.append(_finish(book, fill.symbol, trip, fill.date, Decimal(0)))
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
    lost = -sum((profit for profit in closed if profit < 0), Decimal(0))
    if not lost:
        return None
    return float(sum((profit for profit in closed if profit > 0), Decimal(0)) / lost)


def average_holding_days(trips: Sequence[RoundTrip]) -> float | None:
    """Give the mean number of trading days of closed round trips."""
    closed = [trip.holding_days for trip in trips if trip.exit_date is not None]
    return sum(closed) / len(closed) if closed else None


def _finish(book: _Book, symbol: str, trip: _Trip, exit_date: dt.date | None, left_value: Decimal) -> RoundTrip:
    received = trip.sold_amount + left_value
    profit = (received - trip.bought_amount - trip.costs).quantize(FEN, ROUND_HALF_UP)
    last = len(book.days) - 1 if exit_date is None else book.days[exit_date]
    return RoundTrip(
        symbol=symbol,
        entry_date=trip.entry_date,
        exit_date=exit_date,
        quantity=trip.largest,
        entry_price=(trip.bought_amount / trip.bought).quantize(PRICE, ROUND_HALF_UP),
        exit_price=(received / trip.bought).quantize(PRICE, ROUND_HALF_UP),
        profit=profit,
        return_pct=float(profit / trip.bought_amount) if trip.bought_amount else 0.0,
        costs=trip.costs,
        holding_days=last - book.days[trip.entry_date],
    )
