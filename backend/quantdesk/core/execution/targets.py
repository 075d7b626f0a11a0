"""From a wished position to orders: the one place where weights become shares."""

from __future__ import annotations

from math import floor

from quantdesk.core.execution.arithmetic import buy_quantity, sell_quantity
from quantdesk.core.execution.jit import entry, kernel
from quantdesk.core.execution.layout import (
    A_ACTIVE,
    BUY,
    DAY,
    FUTURE,
    G_LOT,
    G_LOT_STEP,
    I_DEN,
    I_GROUP,
    I_KIND,
    I_NUM,
    MARKET,
    P_QTY,
    S_LOTS,
    SELL,
    Floats,
    Market,
    State,
)
from quantdesk.core.execution.margin import closing_out
from quantdesk.core.execution.orders import cancel_symbol, last_price, submit
from quantdesk.core.execution.step import equity_now


@entry
def quantity_for(m: Market, s: State, step: int, symbol: int, weight: float, equity: int) -> int:
    """Give the quantity whose value at the close of `step` is `weight` of `equity`, towards zero; 0 without a price."""
    price = last_price(m, s, step, symbol)
    if price <= 0:
        return 0
    each = price * m.instrument[symbol, I_NUM] / m.instrument[symbol, I_DEN]
    quantity = int(floor(abs(weight) * equity / each + 1e-9))  # noqa: RUF046 - numba's floor gives a float
    return quantity if weight >= 0.0 else -quantity


@entry
def order_to_weight(m: Market, s: State, step: int, symbol: int, weight: float, validity: int) -> int:
    """Order towards a weight of equity at the close of `step`; see quantity_for and order_to."""
    return order_to(m, s, step, symbol, quantity_for(m, s, step, symbol, weight, equity_now(m, s)), validity)


@entry
def order_to(m: Market, s: State, step: int, symbol: int, target: int, validity: int) -> int:
    """Order what leads from the position to `target`, at market; give the order's number, -1 when nothing is to do.

    Orders of the symbol that are still active are cancelled first. A difference below a lot is no order, and a position
    that a margin call is closing out takes none.
    """
    cancel_symbol(s, symbol, step, s.account[A_ACTIVE])
    return _order_towards(m, s, step, symbol, target, validity)


@kernel
def _order_towards(m: Market, s: State, step: int, symbol: int, target: int, validity: int) -> int:
    if m.instrument[symbol, I_KIND] == FUTURE and closing_out(s, symbol):
        return -1
    held = s.position[symbol, P_QTY]
    group = m.instrument[symbol, I_GROUP]
    lot, lot_step = m.rates[step, group, G_LOT], m.rates[step, group, G_LOT_STEP]
    lots = m.settings[S_LOTS] == 1
    if m.instrument[symbol, I_KIND] != FUTURE:
        target = max(target, 0)
    if target > held:
        quantity = target - held
        if lots and held >= 0:
            quantity = buy_quantity(quantity, lot, lot_step)
        return submit(m, s, step, symbol, BUY, MARKET, quantity, 0, 0, validity) if quantity > 0 else -1
    if target < held:
        quantity = held - target
        if lots and held > 0 and target >= 0:
            quantity = sell_quantity(quantity, held, lot, lot_step)
        return submit(m, s, step, symbol, SELL, MARKET, quantity, 0, 0, validity) if quantity > 0 else -1
    return -1


@entry
def order_to_weights(m: Market, s: State, step: int, weights: Floats) -> None:
    """Order towards target weights of equity at the close of `step`, [symbols]; NaN leaves a symbol alone.

    What is to be reduced is ordered first, so that its cash buys the rest; each in the order of the symbols.
    """
    equity = equity_now(m, s)
    earlier = s.account[A_ACTIVE]  # none of the orders made here is of a symbol that comes later
    for reducing in (True, False):
        for symbol in range(len(weights)):
            weight = weights[symbol]
            if weight != weight:
                continue
            held = s.position[symbol, P_QTY]
            if weight == 0.0 and held == 0:
                continue
            target = quantity_for(m, s, step, symbol, weight, equity)
            if (target < held) == reducing and target != held:
                cancel_symbol(s, symbol, step, earlier)
                _order_towards(m, s, step, symbol, target, DAY)
