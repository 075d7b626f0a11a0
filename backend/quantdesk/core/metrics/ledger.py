"""A finished run as columns: what every part of the analysis computes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.backtest.result import CorporateActionRecord, Fill
from quantdesk.core.bars.frame import Bars, TimeArray
from quantdesk.core.metrics.returns import FloatArray

Ints = NDArray[np.int64]

EPOCH = dt.date(1970, 1, 1).toordinal()
MONEY = 10_000
"""Integers of money are 1e-4 yuan."""


@dataclass(frozen=True, slots=True)
class Fills:
    """Fills, one a row, in order of time; money in 1e-4 yuan."""

    day: Ints
    """Row of the run's calendar."""
    symbol: Ints
    """Column of the ledger's symbols."""
    side: Ints
    """1 buy, -1 sell."""
    quantity: Ints
    amount: Ints
    commission: Ints
    stamp_duty: Ints
    transfer_fee: Ints
    slippage: Ints
    dividend_tax: Ints

    def __len__(self) -> int:
        return len(self.day)

    @property
    def fees(self) -> Ints:
        """What is charged on top of the price."""
        return self.commission + self.stamp_duty + self.transfer_fee + self.dividend_tax


@dataclass(frozen=True, slots=True)
class Ledger:
    """Who traded what when, and what was held; days x traded symbols."""

    calendar: TimeArray
    symbols: list[str]
    """Traded ones, in order of their first fill."""
    fills: Fills
    action_symbol: Ints
    action_cash: Ints
    """1e-4 yuan."""
    held: Ints
    """[days, symbols] quantity at each close; negative when short."""
    value: FloatArray
    """[days, symbols] yuan: held x last close x what one point of price is worth."""


def ledger_of(
    calendar: TimeArray,
    fills: Sequence[Fill],
    actions: Sequence[CorporateActionRecord],
    traded_bars: Mapping[str, Bars],
) -> Ledger:
    """Make columns of a run's records.

    Args:
        calendar: The days of the run's series, ascending.
        fills: In order of time.
        actions: What corporate actions did to the account.
        traded_bars: By symbol, bars at the prices that the run traded (raw, or adjusted where the engine trades those).
    """
    symbols = list(dict.fromkeys([*(fill.symbol for fill in fills), *(action.symbol for action in actions)]))
    number = {symbol: n for n, symbol in enumerate(symbols)}
    columns = _fills(calendar, fills, number)
    action_day = _rows(calendar, [action.date for action in actions])
    action_symbol = np.array([number[action.symbol] for action in actions], dtype=np.int64)
    change = np.zeros((len(calendar), len(symbols)), dtype=np.int64)
    np.add.at(change, (columns.day, columns.symbol), columns.side * columns.quantity)
    gained = np.array([action.quantity for action in actions], dtype=np.int64)
    np.add.at(change, (action_day, action_symbol), gained)
    held = np.cumsum(change, axis=0)
    point = _worth_of_a_point(fills, number)
    value = np.zeros(held.shape)
    for symbol, column in number.items():
        if symbol in traded_bars and held[:, column].any():
            value[:, column] = held[:, column] * closes_on(calendar, traded_bars[symbol], fill=0.0) * point[column]
    return Ledger(
        calendar=calendar,
        symbols=symbols,
        fills=columns,
        action_symbol=action_symbol,
        action_cash=money(action.cash for action in actions),
        held=held,
        value=value,
    )


def day_column(days: Sequence[dt.date]) -> TimeArray:
    """Give dates as datetime64[D]; by their ordinals, as numpy's own conversion is ten times slower."""
    ordinals = np.fromiter((day.toordinal() for day in days), dtype=np.int64, count=len(days))
    return (ordinals - EPOCH).astype("datetime64[D]")


def closes_on(calendar: TimeArray, bars: Bars, *, fill: float = np.nan) -> FloatArray:
    """Give the last known close on each day; `fill` before the first."""
    if not len(bars):
        return np.full(len(calendar), fill)
    days = bars.time.astype("datetime64[D]", copy=False)
    close = bars.close
    if not np.isfinite(close).all():
        known = np.isfinite(close)
        days, close = days[known], close[known]
    last = np.searchsorted(days, calendar, side="right") - 1
    return np.where(last < 0, fill, close[np.maximum(last, 0)]) if len(close) else np.full(len(calendar), fill)


def money(values: object) -> Ints:
    """Give Decimals of yuan as integers of 1e-4 yuan."""
    return np.array([int(value * MONEY) for value in values], dtype=np.int64)  # type: ignore[attr-defined]


def yuan(amount: int) -> Decimal:
    """Give 1e-4 yuan as a Decimal, rounded half up to the fen."""
    fen = (abs(int(amount)) + 50) // 100
    return Decimal(fen if amount >= 0 else -fen).scaleb(-2)


def _fills(calendar: TimeArray, fills: Sequence[Fill], number: Mapping[str, int]) -> Fills:
    return Fills(
        day=_rows(calendar, [fill.date for fill in fills]),
        symbol=np.array([number[fill.symbol] for fill in fills], dtype=np.int64),
        side=np.array([1 if fill.side == "buy" else -1 for fill in fills], dtype=np.int64),
        quantity=np.array([fill.quantity for fill in fills], dtype=np.int64),
        amount=money(fill.amount for fill in fills),
        commission=money(fill.commission for fill in fills),
        stamp_duty=money(fill.stamp_duty for fill in fills),
        transfer_fee=money(fill.transfer_fee for fill in fills),
        slippage=money(fill.slippage for fill in fills),
        dividend_tax=money(fill.dividend_tax for fill in fills),
    )


def _rows(calendar: TimeArray, days: Sequence[dt.date]) -> Ints:
    return np.minimum(np.searchsorted(calendar, day_column(days)), len(calendar) - 1).astype(np.int64)


def _worth_of_a_point(fills: Sequence[Fill], number: Mapping[str, int]) -> FloatArray:
    """Read from each symbol's largest fill what price x quantity is worth: a future's multiplier, a coin's step.

    Amounts are rounded to the fen, so that what is within 1 % of 1 is 1: nothing has such a multiplier.
    """
    worth = np.ones(len(number))
    largest: dict[str, Fill] = {}
    for fill in fills:
        if fill.symbol not in largest or fill.amount > largest[fill.symbol].amount:
            largest[fill.symbol] = fill
    for symbol, fill in largest.items():
        plain = fill.price * fill.quantity
        ratio = float(fill.amount / plain) if plain else 1.0
        worth[number[symbol]] = 1.0 if abs(ratio - 1.0) < 0.01 else ratio
    return worth
