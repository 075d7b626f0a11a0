"""A step of the market: corporate actions, the three phases of the bar, lapsing orders, the account at the close."""

from __future__ import annotations

from quantdesk.core.execution import margin
from quantdesk.core.execution.arithmetic import turnover, units
from quantdesk.core.execution.corporate_actions import apply_actions
from quantdesk.core.execution.jit import entry, kernel
from quantdesk.core.execution.layout import (
    A_ACTIVE,
    A_CASH,
    A_EVENTS,
    A_FILLS,
    A_LOTS,
    A_ORDERS,
    A_REFUSALS,
    A_STEP,
    ABSENT,
    AT_CLOSE,
    DAY,
    EXPIRED,
    FUTURE,
    I_DELISTED,
    I_DEN,
    I_KIND,
    I_NUM,
    I_SCALE,
    MARKET,
    O_CLOSED,
    O_FILLED,
    O_FORCED,
    O_LIMIT,
    O_QTY,
    O_STOP,
    O_SYMBOL,
    O_TOLD,
    O_TYPE,
    O_VALID,
    P_PRICE,
    P_QTY,
    PARTIAL,
    PHASE_CLOSE,
    PHASE_OPEN,
    PHASE_WITHIN,
    R_DELISTED,
    R_NOT_REACHED,
    REJECTED,
    S_FILL,
    SAME_CLOSE,
    Market,
    State,
)
from quantdesk.core.execution.matching import match
from quantdesk.core.execution.orders import drop_ended, end, refuse


@entry
def room(m: Market, s: State, step: int, more: int) -> bool:
    """Say whether the tables have room for whatever a step, and then deciding on `more` orders, may write."""
    active = s.account[A_ACTIVE] + more
    forced = len(s.position)
    actions = m.action_start[step + 1] - m.action_start[step]
    return (
        s.account[A_FILLS] + 2 * active + 1 <= len(s.fills)
        and s.account[A_REFUSALS] + 8 * active + more + 2 * forced + 1 <= len(s.refusals)
        and s.account[A_LOTS] + 2 * active + actions + 1 <= len(s.lots)
        and s.account[A_EVENTS] + 5 * actions + 2 * forced + 1 <= len(s.events)
        and s.account[A_ORDERS] + more + 2 * forced + 1 <= len(s.orders)
    )


@entry
def advance(m: Market, s: State, until: int) -> int:
    """Run the steps up to and including `until`; give the number of steps done. Fewer: the tables must grow first."""
    while s.account[A_STEP] <= until:
        if not room(m, s, s.account[A_STEP], 0):
            break
        run_step(m, s, s.account[A_STEP])
    return s.account[A_STEP]


@kernel
def run_step(m: Market, s: State, step: int) -> None:
    """Run one step; the tables must have room."""
    open_step(m, s, step)
    finish_step(m, s, step)


@kernel
def open_step(m: Market, s: State, step: int) -> None:
    """Begin a step: corporate actions, then the open."""
    if m.action_start[step + 1] > m.action_start[step]:
        apply_actions(m, s, step)
    if s.account[A_ACTIVE] > 0:
        _match_all(m, s, step, PHASE_OPEN)


@kernel
def finish_step(m: Market, s: State, step: int) -> None:
    """Run what comes after the open."""
    if s.account[A_ACTIVE] > 0:
        _match_all(m, s, step, PHASE_WITHIN)
        _match_all(m, s, step, PHASE_CLOSE)
        if m.day_end[step] == 1:
            _lapse(m, s, step)
        drop_ended(s)
    close_step(m, s, step)
    s.account[A_STEP] = step + 1


@entry
def match_decided(m: Market, s: State, step: int, first: int) -> None:
    """Fill at this step's close the orders from number `first` on, which were decided on it (same_close).

    What is good for the day ends with it: it is not tried again at the next day's close.
    """
    if m.settings[S_FILL] != SAME_CLOSE:
        return
    for place in range(s.account[A_ACTIVE]):
        number = s.active[place]
        if s.orders[number, O_CLOSED] >= 0 or s.orders[number, O_FORCED] == 1:
            continue
        if number >= first and s.orders[number, O_TYPE] in (MARKET, AT_CLOSE):
            match(m, s, step, number, PHASE_CLOSE)
            if m.day_end[step] == 1 and s.orders[number, O_VALID] == DAY and s.orders[number, O_CLOSED] < 0:
                end(s, number, step, PARTIAL if s.orders[number, O_FILLED] > 0 else EXPIRED)
    drop_ended(s)
    close_step(m, s, step)


@kernel
def _match_all(m: Market, s: State, step: int, phase: int) -> None:
    for place in range(s.account[A_ACTIVE]):
        number = s.active[place]
        if s.orders[number, O_CLOSED] < 0:
            match(m, s, step, number, phase)


@kernel
def _lapse(m: Market, s: State, step: int) -> None:
    """End the orders that are good for the day, and those on what is not listed any more."""
    for place in range(s.account[A_ACTIVE]):
        number = s.active[place]
        if s.orders[number, O_CLOSED] >= 0:
            continue
        symbol = s.orders[number, O_SYMBOL]
        filled = s.orders[number, O_FILLED]
        left = s.orders[number, O_QTY] - filled
        gone = m.instrument[symbol, I_DELISTED]
        if 0 <= gone <= step:
            refuse(s, number, step, R_DELISTED, left, 0, 0, 0, gone, 0)
            end(s, number, step, PARTIAL if filled > 0 else REJECTED)
        elif s.orders[number, O_VALID] == DAY:
            if s.orders[number, O_TOLD] // 32 != m.day[step] and m.state[step, symbol] != ABSENT:
                asked = s.orders[number, O_LIMIT] if s.orders[number, O_LIMIT] > 0 else s.orders[number, O_STOP]
                scale = m.instrument[symbol, I_SCALE]
                low, high = units(m.low[step, symbol], scale), units(m.high[step, symbol], scale)
                refuse(s, number, step, R_NOT_REACHED, left, 0, 0, asked, low, high)
            end(s, number, step, PARTIAL if filled > 0 else EXPIRED)


@kernel
def close_step(m: Market, s: State, step: int) -> None:
    """Value the account at the close."""
    futures = False
    value = 0
    for symbol in range(len(s.position)):
        held = s.position[symbol, P_QTY]
        if held == 0:
            continue
        kind = m.instrument[symbol, I_KIND]
        if m.state[step, symbol] != ABSENT:
            price = units(m.close[step, symbol], m.instrument[symbol, I_SCALE])
            if kind == FUTURE:
                margin.mark(m, s, symbol, price)
            else:
                s.position[symbol, P_PRICE] = price
        if kind == FUTURE:
            futures = True
        else:
            value += turnover(
                s.position[symbol, P_PRICE], held, m.instrument[symbol, I_NUM], m.instrument[symbol, I_DEN]
            )
    if futures:
        margin.call(m, s, step)
    s.equity[step] = s.account[A_CASH] + value
    s.cash[step] = s.account[A_CASH]


@entry
def equity_now(m: Market, s: State) -> int:
    """Give the account's value at the last known prices, money units."""
    value = s.account[A_CASH]
    for symbol in range(len(s.position)):
        held = s.position[symbol, P_QTY]
        if held != 0 and m.instrument[symbol, I_KIND] != FUTURE:
            value += turnover(
                s.position[symbol, P_PRICE], held, m.instrument[symbol, I_NUM], m.instrument[symbol, I_DEN]
            )
    return value
