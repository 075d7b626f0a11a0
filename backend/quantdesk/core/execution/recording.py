"""Writing a fill down, once the account has been changed by it."""

from __future__ import annotations

from quantdesk.core.execution.jit import kernel
from quantdesk.core.execution.layout import (
    A_CASH,
    A_COMMISSION,
    A_DUTY,
    A_FILLS,
    A_SLIPPAGE,
    A_TAX,
    A_TRANSFER,
    F_AMOUNT,
    F_CASH,
    F_COMMISSION,
    F_DUTY,
    F_ORDER,
    F_POSITION,
    F_PRICE,
    F_QTY,
    F_SIDE,
    F_SLIPPAGE,
    F_STEP,
    F_SYMBOL,
    F_TAX,
    F_TRANSFER,
    FILLED,
    O_AMOUNT,
    O_DAY,
    O_DAY_AMOUNT,
    O_DAY_COMMISSION,
    O_FILLED,
    O_QTY,
    O_SIDE,
    O_STATUS,
    O_SYMBOL,
    P_QTY,
    P_USED,
    P_USED_STEP,
    PARTIAL,
    Market,
    State,
)
from quantdesk.core.execution.orders import end


@kernel
def record_fill(
    m: Market,
    s: State,
    step: int,
    number: int,
    quantity: int,
    price: int,
    amount: int,
    commission: int,
    duty: int,
    transfer: int,
    slippage: int,
    tax: int,
) -> None:
    """Write down a fill that the account has already been changed by."""
    symbol = s.orders[number, O_SYMBOL]
    if s.position[symbol, P_USED_STEP] != step:
        s.position[symbol, P_USED_STEP] = step
        s.position[symbol, P_USED] = 0
    s.position[symbol, P_USED] += quantity
    s.account[A_COMMISSION] += commission
    s.account[A_DUTY] += duty
    s.account[A_TRANSFER] += transfer
    s.account[A_SLIPPAGE] += slippage
    s.account[A_TAX] += tax
    if s.orders[number, O_DAY] != m.day[step]:
        s.orders[number, O_DAY] = m.day[step]
        s.orders[number, O_DAY_AMOUNT] = 0
        s.orders[number, O_DAY_COMMISSION] = 0
    s.orders[number, O_DAY_AMOUNT] += amount
    s.orders[number, O_DAY_COMMISSION] += commission
    s.orders[number, O_FILLED] += quantity
    s.orders[number, O_AMOUNT] += amount
    if s.orders[number, O_FILLED] == s.orders[number, O_QTY]:
        end(s, number, step, FILLED)
    else:
        s.orders[number, O_STATUS] = PARTIAL
    row = s.account[A_FILLS]
    s.account[A_FILLS] += 1
    s.fills[row, F_ORDER] = number
    s.fills[row, F_STEP] = step
    s.fills[row, F_SYMBOL] = symbol
    s.fills[row, F_SIDE] = s.orders[number, O_SIDE]
    s.fills[row, F_QTY] = quantity
    s.fills[row, F_PRICE] = price
    s.fills[row, F_AMOUNT] = amount
    s.fills[row, F_COMMISSION] = commission
    s.fills[row, F_DUTY] = duty
    s.fills[row, F_TRANSFER] = transfer
    s.fills[row, F_SLIPPAGE] = slippage
    s.fills[row, F_TAX] = tax
    s.fills[row, F_POSITION] = s.position[symbol, P_QTY]
    s.fills[row, F_CASH] = s.account[A_CASH]
