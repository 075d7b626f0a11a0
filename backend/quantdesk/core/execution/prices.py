"""At which price an order can be filled in a bar, if at all."""

from __future__ import annotations

from math import floor, sqrt

from quantdesk.core.execution.arithmetic import limit_units, limit_units_within, units
from quantdesk.core.execution.jit import kernel
from quantdesk.core.execution.layout import (
    AT_CLOSE,
    AT_OPEN,
    BUY,
    FUTURE,
    G_TICK,
    I_DEN,
    I_GROUP,
    I_KIND,
    I_NUM,
    I_SCALE,
    MARKET,
    NEXT_AVERAGE,
    O_LIMIT,
    O_QTY,
    O_SIDE,
    O_STOP,
    O_SYMBOL,
    O_TRIGGERED,
    O_TYPE,
    PHASE_CLOSE,
    PHASE_OPEN,
    PHASE_WITHIN,
    R_LIMIT_DOWN,
    R_LIMIT_UP,
    R_NONE,
    R_NOT_REACHED,
    R_OUTSIDE_LIMITS,
    S_FILL,
    S_LIMITS,
    S_SLIPPAGE,
    SAME_CLOSE,
    SLIP_IMPACT,
    SLIP_TICKS,
    STOP,
    STOP_LIMIT,
    UNIT,
    V_SLIPPAGE,
    Market,
    State,
)


@kernel
def limits_of(m: Market, step: int, symbol: int) -> tuple[int, int]:
    """Give the limit prices (up, down) of a step in units; 0 where there is none.

    A limit that the day's own prices disprove is none: the first day after a relisting, an ST mark or a day of
    listing that the data do not know.
    """
    if m.settings[S_LIMITS] == 0:
        return 0, 0
    up, down = m.limit_up[step, symbol], m.limit_down[step, symbol]
    preclose = m.preclose[step, symbol]
    if (up < 0 and down < 0) or not preclose > 0.0:
        return 0, 0
    scale = m.instrument[symbol, I_SCALE]
    tick = m.rates[step, m.instrument[symbol, I_GROUP], G_TICK]
    # Adjusted prices: the limit is a raw price, scaled along with the bar.
    factor = m.scale[step, symbol] if len(m.scale) > 0 else 1.0
    base = units(preclose / factor, scale)
    future = m.instrument[symbol, I_KIND] == FUTURE
    highest, lowest = 0, 0
    if up >= 0:
        highest = limit_units_within(base, up, tick) if future else limit_units(base, up, tick)
        if factor != 1.0:
            highest = units(highest / scale * factor, scale)
        if units(m.high[step, symbol], scale) > highest:
            highest = 0
    if down >= 0:
        lowest = limit_units_within(base, -down, tick) if future else limit_units(base, -down, tick)
        if factor != 1.0:
            lowest = units(lowest / scale * factor, scale)
        if units(m.low[step, symbol], scale) < lowest:
            lowest = 0
    return highest, lowest


@kernel
def slipped(m: Market, step: int, symbol: int, side: int, price: int, quantity: int) -> int:
    """Give a price moved against the order, within the bar's high and low."""
    size = m.factors[V_SLIPPAGE]
    if size == 0.0:
        return price
    scale = m.instrument[symbol, I_SCALE]
    kind = m.settings[S_SLIPPAGE]
    if kind == SLIP_TICKS:
        moved = size * m.rates[step, m.instrument[symbol, I_GROUP], G_TICK]
        if len(m.scale) > 0:
            moved *= m.scale[step, symbol]
    elif kind == SLIP_IMPACT:
        volume = m.volume[step, symbol]
        moved = price * size * sqrt(quantity / volume) if volume > 0.0 else 0.0
    else:
        moved = price * size
    shift = int(floor(moved + 0.5))  # noqa: RUF046 - numba's floor gives a float
    if side == BUY:
        return max(min(price + shift, units(m.high[step, symbol], scale)), price)
    return min(max(price - shift, units(m.low[step, symbol], scale)), price)


@kernel
def average_of(m: Market, step: int, symbol: int) -> int:
    """Give a bar's average price, amount / volume, within high and low; without them the mean of its four prices."""
    scale = m.instrument[symbol, I_SCALE]
    low, high = m.low[step, symbol], m.high[step, symbol]
    amount, volume = m.amount[step, symbol], m.volume[step, symbol]
    if amount > 0.0 and volume > 0.0:
        average = amount / volume / m.instrument[symbol, I_NUM] * (m.instrument[symbol, I_DEN] * UNIT / scale)
        if len(m.scale) > 0:
            average *= m.scale[step, symbol]
    else:
        average = (m.open[step, symbol] + high + low + m.close[step, symbol]) / 4.0
    return units(min(max(average, low), high), scale)


@kernel
def price_in_bar(m: Market, s: State, step: int, number: int, phase: int) -> tuple[int, int, int, int]:
    """Find the price at which an order can be filled in this phase of the bar.

    Give (price, reference price, what stands in the way, limit price that does): price 0 when it cannot be filled
    now. A price limit of the market binds a buyer from above: on a board that is locked at it nothing can be
    bought; on one that opened during the day a market order fills at the limit, the worst price of the bar.
    """
    symbol, side, kind = s.orders[number, O_SYMBOL], s.orders[number, O_SIDE], s.orders[number, O_TYPE]
    scale = m.instrument[symbol, I_SCALE]
    opened, closed = units(m.open[step, symbol], scale), units(m.close[step, symbol], scale)
    high, low = units(m.high[step, symbol], scale), units(m.low[step, symbol], scale)
    up, down = limits_of(m, step, symbol)
    barrier = up if side == BUY else down
    wall = R_LIMIT_UP if side == BUY else R_LIMIT_DOWN
    quantity = s.orders[number, O_QTY]
    limit = s.orders[number, O_LIMIT]
    # In a seller's eyes all is mirrored: `beyond` compares prices in the direction that is worse for the order.
    if limit > 0 and ((up > 0 and limit > up) or (down > 0 and limit < down)):
        return 0, 0, R_OUTSIDE_LIMITS, up if (up > 0 and limit > up) else down
    best = low if side == BUY else high
    if barrier > 0 and not _better(side, best, barrier):
        return 0, 0, wall, barrier  # locked all day
    if kind == AT_CLOSE or (kind == MARKET and m.settings[S_FILL] == SAME_CLOSE):
        if phase != PHASE_CLOSE:
            return 0, 0, R_NONE, 0
        if barrier > 0 and not _better(side, closed, barrier):
            return 0, 0, wall, barrier
        return slipped(m, step, symbol, side, closed, quantity), closed, R_NONE, 0
    if kind in (AT_OPEN, MARKET):
        if phase != PHASE_OPEN:
            return 0, 0, R_NONE, 0
        reference = opened
        if kind == MARKET and m.settings[S_FILL] == NEXT_AVERAGE:
            reference = average_of(m, step, symbol)
        if barrier > 0 and not _better(side, opened, barrier):
            if kind == AT_OPEN:
                return 0, 0, wall, barrier
            return barrier, barrier, R_NONE, 0
        return slipped(m, step, symbol, side, reference, quantity), reference, R_NONE, 0
    price, reference = 0, 0
    if kind in (STOP, STOP_LIMIT) and s.orders[number, O_TRIGGERED] == 0:
        stop = s.orders[number, O_STOP]
        at_open = opened >= stop if side == BUY else opened <= stop
        within = high >= stop if side == BUY else low <= stop
        if at_open and phase == PHASE_OPEN:
            reference = opened
        elif within and not at_open and phase == PHASE_WITHIN:
            reference = stop
        else:
            return 0, 0, R_NOT_REACHED if phase == PHASE_WITHIN else R_NONE, stop
        s.orders[number, O_TRIGGERED] = 1
        price = reference
        if kind == STOP_LIMIT and _better(side, limit, price):
            # It rests at its limit from now on; whether the market came back in this bar is not known.
            return 0, 0, R_NOT_REACHED, limit
    elif kind == STOP:
        # Triggered before and not filled in full: a market order from then on.
        if phase != PHASE_OPEN:
            return 0, 0, R_NONE, 0
        price = reference = opened
    else:
        if phase == PHASE_OPEN and not _better(side, limit, opened):
            price = reference = opened
        elif phase == PHASE_WITHIN and not _better(side, limit, best):
            return limit, limit, R_NONE, 0
        else:
            return 0, 0, R_NOT_REACHED if phase == PHASE_WITHIN else R_NONE, limit
    if barrier > 0 and not _better(side, price, barrier):
        if phase == PHASE_OPEN:
            return barrier, barrier, R_NONE, 0
        return 0, 0, wall, barrier
    price = slipped(m, step, symbol, side, price, quantity)
    if limit > 0 and _better(side, limit, price):
        price = limit
    return price, reference, R_NONE, 0


@kernel
def _better(side: int, price: int, than: int) -> bool:
    """Say whether `price` is strictly better for the order: lower for a buyer, higher for a seller."""
    return price < than if side == BUY else price > than
