"""Shares bought together, first in first out: who holds what since when, and the dividend tax that hangs on it.

Tax on dividends depends on how long the shares were held when they are sold (Caishui 2012 No. 85, 2015 No. 101): up
to a month, up to a year, longer. Each lot carries what it has received, by tax era; selling a part of it settles that
part.
"""

from __future__ import annotations

from quantdesk.core.execution.arithmetic import share_of
from quantdesk.core.execution.jit import kernel
from quantdesk.core.execution.layout import (
    A_FREE_LOT,
    A_LOTS,
    ERAS,
    L_NEXT,
    L_QTY,
    L_STEP,
    L_TAXABLE,
    P_FIRST,
    P_LAST,
    Market,
    State,
)


@kernel
def open_lot(s: State, symbol: int, step: int, quantity: int) -> None:
    """Put newly bought shares behind the others."""
    lot = s.account[A_FREE_LOT]
    if lot >= 0:
        s.account[A_FREE_LOT] = s.lots[lot, L_NEXT]
    else:
        lot = s.account[A_LOTS]
        s.account[A_LOTS] += 1
    s.lots[lot, L_STEP] = step
    s.lots[lot, L_QTY] = quantity
    s.lots[lot, L_NEXT] = -1
    for era in range(ERAS):
        s.lots[lot, L_TAXABLE + era] = 0
    last = s.position[symbol, P_LAST]
    if last >= 0:
        s.lots[last, L_NEXT] = lot
    else:
        s.position[symbol, P_FIRST] = lot
    s.position[symbol, P_LAST] = lot


@kernel
def take_from_lots(m: Market, s: State, symbol: int, step: int, quantity: int, rounding: int) -> int:
    """Sell `quantity` shares from the oldest lots on; give the dividend tax due, money units."""
    left = quantity
    tax = 0
    day = m.day[step]
    while left > 0:
        lot = s.position[symbol, P_FIRST]
        held = s.lots[lot, L_QTY]
        taken = min(left, held)
        bought = s.lots[lot, L_STEP]
        bracket = 2
        if day <= m.held_until[bought, 0]:
            bracket = 0
        elif day <= m.held_until[bought, 1]:
            bracket = 1
        for era in range(ERAS):
            base = s.lots[lot, L_TAXABLE + era]
            if base > 0:
                part = base if taken == held else base * taken // held
                s.lots[lot, L_TAXABLE + era] = base - part
                tax += share_of(part, m.tax[era, bracket], 1)
        left -= taken
        if taken == held:
            s.position[symbol, P_FIRST] = s.lots[lot, L_NEXT]
            if s.position[symbol, P_FIRST] < 0:
                s.position[symbol, P_LAST] = -1
            s.lots[lot, L_NEXT] = s.account[A_FREE_LOT]
            s.account[A_FREE_LOT] = lot
        else:
            s.lots[lot, L_QTY] = held - taken
    return (tax + rounding // 2) // rounding * rounding
