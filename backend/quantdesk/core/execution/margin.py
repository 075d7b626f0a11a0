"""Futures: margin, opening and closing, fees that tell today's positions from yesterday's, margin calls.

A position is marked to market all the time: cash holds its profit up to the last known price (P_PRICE), so equity is
cash alone and margin is the part of cash that is bound. Quantities are signed, a short one is negative.
"""

from __future__ import annotations

from quantdesk.core.execution.arithmetic import share_of, turnover
from quantdesk.core.execution.jit import kernel
from quantdesk.core.execution.layout import (
    A_ACTIVE,
    A_CASH,
    A_EVENTS,
    BUY,
    E_CASH,
    E_KIND,
    E_POSITION,
    E_QTY,
    E_STEP,
    E_SYMBOL,
    EV_MARGIN_CALL,
    FUTURE,
    G_CLOSE_FEE,
    G_CLOSE_FIXED,
    G_MARGIN,
    G_OPEN_FEE,
    G_OPEN_FIXED,
    G_TODAY_FEE,
    G_TODAY_FIXED,
    I_DEN,
    I_GROUP,
    I_KIND,
    I_NUM,
    I_ROUND,
    MARKET,
    O_FILLED,
    O_FORCED,
    O_QTY,
    O_SIDE,
    O_SYMBOL,
    P_DAY,
    P_PRICE,
    P_QTY,
    P_TODAY,
    PARTIAL,
    R_MARGIN,
    REJECTED,
    SELL,
    UNTIL_CANCELLED,
    Market,
    State,
)
from quantdesk.core.execution.orders import end, refuse, submit
from quantdesk.core.execution.recording import record_fill


@kernel
def mark(m: Market, s: State, symbol: int, price: int) -> None:
    """Bring a position's value to a price: its profit since the last one becomes cash."""
    held = s.position[symbol, P_QTY]
    if held != 0 and s.position[symbol, P_PRICE] > 0:
        moved = price - s.position[symbol, P_PRICE]
        s.account[A_CASH] += moved * held * m.instrument[symbol, I_NUM] // m.instrument[symbol, I_DEN]
    s.position[symbol, P_PRICE] = price


@kernel
def bound(m: Market, s: State, step: int) -> int:
    """Give the margin that all positions bind at their last prices, money units."""
    total = 0
    for symbol in range(len(s.position)):
        held = s.position[symbol, P_QTY]
        if held != 0 and m.instrument[symbol, I_KIND] == FUTURE:
            total += _margin(m, step, symbol, abs(held), s.position[symbol, P_PRICE])
    return total


@kernel
def fill(m: Market, s: State, step: int, number: int, wanted: int, price: int, reference: int) -> None:
    """Fill a futures order: first what closes the position on the other side, then what opens, as margin allows."""
    symbol, side = s.orders[number, O_SYMBOL], s.orders[number, O_SIDE]
    if s.position[symbol, P_DAY] != m.day[step]:
        s.position[symbol, P_DAY] = m.day[step]
        s.position[symbol, P_TODAY] = 0
    held = s.position[symbol, P_QTY]
    closing = min(wanted, abs(held)) if held * side < 0 else 0
    opening = wanted - closing
    mark(m, s, symbol, price)
    if opening > 0:
        opening = _openable(m, s, step, number, closing, opening, price)
    quantity = closing + opening
    if quantity == 0:
        end(s, number, step, REJECTED if s.orders[number, O_FILLED] == 0 else PARTIAL)
        return
    fees = _fees(m, s, step, symbol, closing, opening, price)
    amount = turnover(price, quantity, m.instrument[symbol, I_NUM], m.instrument[symbol, I_DEN])
    slippage = abs(amount - turnover(reference, quantity, m.instrument[symbol, I_NUM], m.instrument[symbol, I_DEN]))
    # Yesterday's positions are closed first.
    today = s.position[symbol, P_TODAY]
    s.position[symbol, P_TODAY] = max(today - max(closing - (abs(held) - today), 0), 0) + opening
    s.position[symbol, P_QTY] = held + side * quantity
    s.account[A_CASH] -= fees
    record_fill(m, s, step, number, quantity, price, amount, fees, 0, 0, slippage, 0)


@kernel
def _openable(m: Market, s: State, step: int, number: int, closing: int, opening: int, price: int) -> int:
    """Cut what an order opens to what free cash can put up as margin, fees included."""
    symbol, side = s.orders[number, O_SYMBOL], s.orders[number, O_SIDE]
    held = s.position[symbol, P_QTY]
    others = bound(m, s, step) - _margin(m, step, symbol, abs(held), price)
    allowed = opening
    after = abs(held + side * closing)
    while allowed > 0:
        needed = others + _margin(m, step, symbol, after + allowed, price)
        needed += _fees(m, s, step, symbol, closing, allowed, price)
        if needed <= s.account[A_CASH]:
            break
        each = _margin(m, step, symbol, 1, price) + 1
        allowed = max(min(allowed - 1, allowed - (needed - s.account[A_CASH]) // each), 0)
    if allowed < opening:
        needed = others + _margin(m, step, symbol, after + opening, price)
        needed += _fees(m, s, step, symbol, closing, opening, price)
        refuse(s, number, step, R_MARGIN, closing + opening, closing + allowed, price, 0, needed, s.account[A_CASH])
        s.orders[number, O_QTY] = s.orders[number, O_FILLED] + closing + allowed
    return allowed


@kernel
def _margin(m: Market, step: int, symbol: int, quantity: int, price: int) -> int:
    amount = turnover(price, quantity, m.instrument[symbol, I_NUM], m.instrument[symbol, I_DEN])
    return share_of(amount, m.rates[step, m.instrument[symbol, I_GROUP], G_MARGIN], m.instrument[symbol, I_ROUND])


@kernel
def _fees(m: Market, s: State, step: int, symbol: int, closing: int, opening: int, price: int) -> int:
    """Give the exchange's fees: a share of turnover plus an amount a contract, by opening, closing, closing today's."""
    held, today = abs(s.position[symbol, P_QTY]), s.position[symbol, P_TODAY]
    of_today = max(closing - (held - today), 0)
    fees = _fee(m, step, symbol, opening, price, G_OPEN_FEE, G_OPEN_FIXED)
    fees += _fee(m, step, symbol, closing - of_today, price, G_CLOSE_FEE, G_CLOSE_FIXED)
    return fees + _fee(m, step, symbol, of_today, price, G_TODAY_FEE, G_TODAY_FIXED)


@kernel
def _fee(m: Market, step: int, symbol: int, quantity: int, price: int, rate: int, fixed: int) -> int:
    group = m.instrument[symbol, I_GROUP]
    amount = turnover(price, quantity, m.instrument[symbol, I_NUM], m.instrument[symbol, I_DEN])
    return (
        share_of(amount, m.rates[step, group, rate], m.instrument[symbol, I_ROUND])
        + quantity * m.rates[step, group, fixed]
    )


@kernel
def call(m: Market, s: State, step: int) -> None:
    """Close out positions at the next bar, the largest margin first, while cash is below the margin they bind."""
    short = bound(m, s, step) - s.account[A_CASH]
    if short <= 0:
        return
    for place in range(s.account[A_ACTIVE]):
        if s.orders[s.active[place], O_FORCED] == 1:
            return  # one round at a time
    while short > 0:
        largest, symbol = 0, -1
        for each in range(len(s.position)):
            held = s.position[each, P_QTY]
            if held != 0 and m.instrument[each, I_KIND] == FUTURE and not closing_out(s, each):
                worth = _margin(m, step, each, abs(held), s.position[each, P_PRICE])
                if worth > largest:
                    largest, symbol = worth, each
        if symbol < 0:
            return
        held = s.position[symbol, P_QTY]
        side = SELL if held > 0 else BUY
        number = submit(m, s, step, symbol, side, MARKET, abs(held), 0, 0, UNTIL_CANCELLED)
        s.orders[number, O_FORCED] = 1
        row = s.account[A_EVENTS]
        s.account[A_EVENTS] += 1
        s.events[row, E_STEP] = step
        s.events[row, E_SYMBOL] = symbol
        s.events[row, E_KIND] = EV_MARGIN_CALL
        s.events[row, E_QTY] = -held
        s.events[row, E_CASH] = -short
        s.events[row, E_POSITION] = held
        short -= largest


@kernel
def closing_out(s: State, symbol: int) -> bool:
    """Say whether a margin call is closing out this position."""
    for place in range(s.account[A_ACTIVE]):
        number = s.active[place]
        if s.orders[number, O_FORCED] == 1 and s.orders[number, O_SYMBOL] == symbol:
            return True
    return False
