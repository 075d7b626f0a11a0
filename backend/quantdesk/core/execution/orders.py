"""The order table: taking orders in, cutting and refusing them, ending them."""

from __future__ import annotations

from quantdesk.core.execution.arithmetic import buy_quantity, turnover, units
from quantdesk.core.execution.jit import entry, kernel
from quantdesk.core.execution.layout import (
    A_ACTIVE,
    A_ORDERS,
    A_REFUSALS,
    ABSENT,
    BUY,
    CANCELLED,
    G_LOT,
    G_LOT_STEP,
    G_MIN_VALUE,
    G_TICK,
    I_DELISTED,
    I_DEN,
    I_GROUP,
    I_NUM,
    I_SCALE,
    LIMIT,
    O_ASKED,
    O_CLOSED,
    O_COLUMNS,
    O_CREATED,
    O_DAY,
    O_FORCED,
    O_LIMIT,
    O_QTY,
    O_SIDE,
    O_STATUS,
    O_STOP,
    O_SYMBOL,
    O_TOLD,
    O_TYPE,
    O_VALID,
    OPEN,
    P_PRICE,
    P_QTY,
    R_DELISTED,
    R_LOT,
    R_MINIMUM,
    R_NOT_LISTED,
    R_PRICE,
    REJECTED,
    S_LOTS,
    STOP,
    STOP_LIMIT,
    X_A,
    X_ALLOWED,
    X_B,
    X_LIMIT,
    X_ORDER,
    X_PRICE,
    X_RULE,
    X_SIDE,
    X_STEP,
    X_SYMBOL,
    X_WANTED,
    Market,
    State,
)


@entry
def submit(
    m: Market,
    s: State,
    step: int,
    symbol: int,
    side: int,
    kind: int,
    quantity: int,
    limit: int,
    stop: int,
    validity: int,
) -> int:
    """Take in an order at the close of `step`; give its number. A refused one is in the table as rejected.

    Prices are units, 0 for none. The arrays must have room for one order and one refusal.
    """
    number = s.account[A_ORDERS]
    s.account[A_ORDERS] += 1
    for column in range(O_COLUMNS):
        s.orders[number, column] = 0
    s.orders[number, O_SYMBOL] = symbol
    s.orders[number, O_SIDE] = side
    s.orders[number, O_TYPE] = kind
    s.orders[number, O_QTY] = quantity
    s.orders[number, O_ASKED] = quantity
    s.orders[number, O_LIMIT] = limit
    s.orders[number, O_STOP] = stop
    s.orders[number, O_VALID] = validity
    s.orders[number, O_CREATED] = step
    s.orders[number, O_STATUS] = OPEN
    s.orders[number, O_CLOSED] = -1
    s.orders[number, O_DAY] = -1
    s.orders[number, O_TOLD] = -1
    group = m.instrument[symbol, I_GROUP]
    if len(m.scale) == 0:
        tick = m.rates[step, group, G_TICK]
        s.orders[number, O_LIMIT] = limit = on_tick(limit, tick, side == BUY)
        s.orders[number, O_STOP] = stop = on_tick(stop, tick, side != BUY)
    lot, lot_step = m.rates[step, group, G_LOT], m.rates[step, group, G_LOT_STEP]
    if quantity <= 0:
        refuse(s, number, step, R_LOT, quantity, 0, 0, 0, lot, lot_step)
        return end(s, number, step, REJECTED)
    if (kind in (LIMIT, STOP_LIMIT) and limit <= 0) or (kind in (STOP, STOP_LIMIT) and stop <= 0):
        refuse(s, number, step, R_PRICE, quantity, 0, limit if kind == LIMIT else stop, 0, 0, 0)
        return end(s, number, step, REJECTED)
    if m.instrument[symbol, I_DELISTED] >= 0 and step >= m.instrument[symbol, I_DELISTED]:
        refuse(s, number, step, R_DELISTED, quantity, 0, 0, 0, m.instrument[symbol, I_DELISTED], 0)
        return end(s, number, step, REJECTED)
    if last_price(m, s, step, symbol) == 0:
        refuse(s, number, step, R_NOT_LISTED, quantity, 0, 0, 0, 0, 0)
        return end(s, number, step, REJECTED)
    if side == BUY and m.settings[S_LOTS] == 1:
        permitted = buy_quantity(quantity, lot, lot_step)
        if permitted != quantity:
            refuse(s, number, step, R_LOT, quantity, permitted, 0, 0, lot, lot_step)
            if permitted == 0:
                return end(s, number, step, REJECTED)
            s.orders[number, O_QTY] = permitted
    minimum = m.rates[step, group, G_MIN_VALUE]
    if minimum > 0:
        price = limit if limit > 0 else last_price(m, s, step, symbol)
        worth = turnover(price, s.orders[number, O_QTY], m.instrument[symbol, I_NUM], m.instrument[symbol, I_DEN])
        if price > 0 and worth < minimum:
            refuse(s, number, step, R_MINIMUM, quantity, 0, price, 0, worth, minimum)
            return end(s, number, step, REJECTED)
    s.active[s.account[A_ACTIVE]] = number
    s.account[A_ACTIVE] += 1
    return number


@kernel
def on_tick(price: int, tick: int, down: bool) -> int:
    """Give the nearest price on the tick that does not ask more of the account than `price`."""
    return price // tick * tick if down else (price + tick - 1) // tick * tick


@kernel
def last_price(m: Market, s: State, step: int, symbol: int) -> int:
    """Give the last known price in units, looked up on a day without a bar; 0 when there was none yet."""
    if m.state[step, symbol] != ABSENT:
        return units(m.close[step, symbol], m.instrument[symbol, I_SCALE])
    if s.position[symbol, P_QTY] == 0 or s.position[symbol, P_PRICE] == 0:
        # Of what is not held the price is not kept.
        for earlier in range(step - 1, -1, -1):
            if m.state[earlier, symbol] != ABSENT:
                s.position[symbol, P_PRICE] = units(m.close[earlier, symbol], m.instrument[symbol, I_SCALE])
                break
    return s.position[symbol, P_PRICE]


@entry
def cancel(s: State, number: int, step: int) -> bool:
    """Cancel an order that is still active; say whether it was. What a margin call closes cannot be cancelled."""
    if s.orders[number, O_CLOSED] >= 0 or s.orders[number, O_FORCED] == 1:
        return False
    end(s, number, step, CANCELLED)
    return True


@kernel
def cancel_symbol(s: State, symbol: int, step: int, count: int) -> None:
    """Cancel a symbol's orders among the first `count` active ones."""
    for place in range(count):
        number = s.active[place]
        if s.orders[number, O_SYMBOL] == symbol:
            cancel(s, number, step)


@kernel
def end(s: State, number: int, step: int, status: int) -> int:
    """Set an order's last status; give its number. Ended orders leave `active` at the next drop_ended."""
    s.orders[number, O_STATUS] = status
    s.orders[number, O_CLOSED] = step
    return number


@kernel
def drop_ended(s: State) -> None:
    """Take the orders that have ended out of `active`, keeping the order of submission."""
    kept = 0
    for place in range(s.account[A_ACTIVE]):
        number = s.active[place]
        if s.orders[number, O_CLOSED] < 0:
            s.active[kept] = number
            kept += 1
    s.account[A_ACTIVE] = kept


@kernel
def refuse(
    s: State, number: int, step: int, rule: int, wanted: int, allowed: int, price: int, limit: int, a: int, b: int
) -> None:
    """Write down that a rule left `allowed` of `wanted`; a and b are the figures it compared."""
    row = s.account[A_REFUSALS]
    s.account[A_REFUSALS] += 1
    s.refusals[row, X_ORDER] = number
    s.refusals[row, X_STEP] = step
    s.refusals[row, X_SYMBOL] = s.orders[number, O_SYMBOL]
    s.refusals[row, X_SIDE] = s.orders[number, O_SIDE]
    s.refusals[row, X_RULE] = rule
    s.refusals[row, X_WANTED] = wanted
    s.refusals[row, X_ALLOWED] = allowed
    s.refusals[row, X_PRICE] = price
    s.refusals[row, X_LIMIT] = limit
    s.refusals[row, X_A] = a
    s.refusals[row, X_B] = b


@kernel
def refuse_once(
    m: Market,
    s: State,
    number: int,
    step: int,
    rule: int,
    wanted: int,
    allowed: int,
    price: int,
    limit: int,
    a: int,
    b: int,
) -> None:
    """Like refuse, but the same rule speaks once a trading day and order."""
    told = m.day[step] * 32 + rule
    if s.orders[number, O_TOLD] != told:
        s.orders[number, O_TOLD] = told
        refuse(s, number, step, rule, wanted, allowed, price, limit, a, b)
