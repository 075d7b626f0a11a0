"""Totals of a finished run, straight from its tables: what metrics need of fills and round trips."""

from __future__ import annotations

import numpy as np

from quantdesk.core.execution.jit import entry, kernel
from quantdesk.core.execution.layout import (
    A_EVENTS,
    A_FILLS,
    BUY,
    E_CASH,
    E_KIND,
    E_QTY,
    E_STEP,
    E_SYMBOL,
    EV_RIGHTS,
    F_AMOUNT,
    F_COMMISSION,
    F_DUTY,
    F_QTY,
    F_SIDE,
    F_STEP,
    F_SYMBOL,
    F_TAX,
    F_TRANSFER,
    FEN,
    SELL,
    Ints,
    Market,
    State,
)

# What `tally` gives.
T_BOUGHT, T_SOLD, T_TRIPS, T_CLOSED, T_WINS, T_WON, T_LOST, T_DAYS, T_COLUMNS = range(9)
"""BOUGHT, SOLD: turnover, money units. TRIPS: all round trips. CLOSED: those that ended; of these WINS with a profit,
WON and LOST in units of 0.01, DAYS held in all."""

# A round trip under way, one row a symbol.
_SIDE, _HELD, _ENTERED, _LEFT, _COSTS, _DAY, _COLUMNS = range(7)


@entry
def tally(m: Market, s: State) -> Ints:
    """Add up fills and round trips as core.metrics.round_trips does; not for futures, whose trips margin calls end."""
    totals = np.zeros(T_COLUMNS, dtype=np.int64)
    trips = np.zeros((len(s.position), _COLUMNS), dtype=np.int64)
    days = np.zeros(len(m.day), dtype=np.int64)
    for step in range(1, len(days)):
        days[step] = days[step - 1] + m.day_end[step - 1]
    event = 0
    for row in range(s.account[A_FILLS]):
        step, symbol = s.fills[row, F_STEP], s.fills[row, F_SYMBOL]
        event = _apply_events(s, trips, totals, days, event, step)
        amount, side = s.fills[row, F_AMOUNT], s.fills[row, F_SIDE]
        totals[T_BOUGHT if side == BUY else T_SOLD] += amount
        if trips[symbol, _SIDE] == 0:
            totals[T_TRIPS] += 1
            trips[symbol, _SIDE] = side
            trips[symbol, _DAY] = days[step]
        trips[symbol, _ENTERED if side == trips[symbol, _SIDE] else _LEFT] += amount
        trips[symbol, _HELD] += side * s.fills[row, F_QTY]
        trips[symbol, _COSTS] += (
            s.fills[row, F_COMMISSION] + s.fills[row, F_DUTY] + s.fills[row, F_TRANSFER] + s.fills[row, F_TAX]
        )
        _settle(trips, totals, symbol, days[step])
    _apply_events(s, trips, totals, days, event, len(days))
    return totals


@kernel
def _apply_events(s: State, trips: Ints, totals: Ints, days: Ints, event: int, before: int) -> int:
    """Apply corporate actions and delistings up to the fills of step `before`; that step's own come first."""
    while event < s.account[A_EVENTS]:
        step, kind = s.events[event, E_STEP], s.events[event, E_KIND]
        if step > before:
            break
        symbol = s.events[event, E_SYMBOL]
        side = trips[symbol, _SIDE]
        if side != 0:
            trips[symbol, _HELD] += s.events[event, E_QTY]
            if kind == EV_RIGHTS:
                trips[symbol, _ENTERED] -= s.events[event, E_CASH]
            else:
                trips[symbol, _LEFT if side == BUY else _ENTERED] += s.events[event, E_CASH]
            _settle(trips, totals, symbol, days[step])
        event += 1
    return event


@kernel
def _settle(trips: Ints, totals: Ints, symbol: int, day: int) -> None:
    """End a trip whose position is flat."""
    if trips[symbol, _HELD] != 0:
        return
    gross = trips[symbol, _LEFT] - trips[symbol, _ENTERED]
    if trips[symbol, _SIDE] == SELL:
        gross = -gross
    profit = gross - trips[symbol, _COSTS]
    rounded = (abs(profit) + FEN // 2) // FEN
    totals[T_CLOSED] += 1
    totals[T_DAYS] += day - trips[symbol, _DAY]
    if profit > 0 and rounded > 0:
        totals[T_WINS] += 1
        totals[T_WON] += rounded
    elif profit < 0:
        totals[T_LOST] += rounded
    for column in range(_COLUMNS):
        trips[symbol, column] = 0
