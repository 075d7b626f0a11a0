"""Matching one order against one bar: how much of it, at what cost, and what is written down."""

from __future__ import annotations

from quantdesk.core.execution import margin
from quantdesk.core.execution.arithmetic import buy_quantity, sell_quantity, turnover
from quantdesk.core.execution.fees import commission_of, duty_of, transfer_of
from quantdesk.core.execution.jit import kernel
from quantdesk.core.execution.layout import (
    A_CASH,
    ABSENT,
    BUY,
    DAY,
    FUTURE,
    G_LOT,
    G_LOT_STEP,
    G_SETTLEMENT,
    I_DELISTED,
    I_DEN,
    I_GROUP,
    I_KIND,
    I_NUM,
    I_ROUND,
    LIMIT,
    O_FILLED,
    O_QTY,
    O_SIDE,
    O_SYMBOL,
    O_TYPE,
    O_VALID,
    P_DAY,
    P_PRICE,
    P_QTY,
    P_TODAY,
    P_USED,
    P_USED_STEP,
    PARTIAL,
    PHASE_WITHIN,
    R_CASH,
    R_LOT,
    R_NONE,
    R_NOT_REACHED,
    R_OUTSIDE_LIMITS,
    R_POSITION,
    R_SUSPENDED,
    R_T_PLUS_1,
    R_VOLUME,
    REJECTED,
    S_LOTS,
    S_SETTLEMENT,
    SUSPENDED,
    V_VOLUME_SHARE,
    Market,
    State,
)
from quantdesk.core.execution.lots import open_lot, take_from_lots
from quantdesk.core.execution.orders import end, refuse, refuse_once
from quantdesk.core.execution.prices import price_in_bar
from quantdesk.core.execution.recording import record_fill


@kernel
def match(m: Market, s: State, step: int, number: int, phase: int) -> None:
    """Fill what the rules let be filled of an order in this phase of the bar, and write down what they do not."""
    symbol, side = s.orders[number, O_SYMBOL], s.orders[number, O_SIDE]
    wanted = s.orders[number, O_QTY] - s.orders[number, O_FILLED]
    state = m.state[step, symbol]
    if state in (SUSPENDED, ABSENT):
        if 0 <= m.instrument[symbol, I_DELISTED] <= step:
            return  # it lapses with the day
        refuse_once(m, s, number, step, R_SUSPENDED, wanted, 0, 0, 0, 0, 0)  # submit refuses what was never listed
        return
    price, reference, rule, barrier = price_in_bar(m, s, step, number, phase)
    if price == 0:
        if rule == R_OUTSIDE_LIMITS:
            # One that is good until cancelled is entered again tomorrow.
            refuse_once(m, s, number, step, rule, wanted, 0, 0, barrier, 0, 0)
            if s.orders[number, O_VALID] == DAY:
                end(s, number, step, REJECTED)
        elif rule != R_NONE and rule != R_NOT_REACHED:
            refuse_once(m, s, number, step, rule, wanted, 0, barrier, barrier, 0, 0)
        return
    if m.instrument[symbol, I_KIND] == FUTURE:
        allowed = _within_volume(m, s, step, number, wanted, price)
        if allowed > 0:
            margin.fill(m, s, step, number, allowed, price, reference)
        return
    allowed = wanted
    if side != BUY:
        allowed = _sellable(m, s, step, number, wanted)
    if allowed > 0:
        allowed = _within_volume(m, s, step, number, allowed, price)
    passive = s.orders[number, O_TYPE] == LIMIT and phase == PHASE_WITHIN
    if allowed > 0 and side == BUY:
        allowed = _affordable(m, s, step, number, allowed, price, passive)
    if allowed > 0:
        _fill(m, s, step, number, allowed, price, reference, passive)


@kernel
def _sellable(m: Market, s: State, step: int, number: int, wanted: int) -> int:
    """Cut an order to sell to what is held, may be sold today, and makes a permitted odd lot."""
    symbol = s.orders[number, O_SYMBOL]
    group = m.instrument[symbol, I_GROUP]
    held = s.position[symbol, P_QTY]
    allowed = wanted
    if wanted > held:
        refuse(s, number, step, R_POSITION, wanted, held, 0, 0, wanted, held)
        allowed = held
    today = s.position[symbol, P_TODAY] if s.position[symbol, P_DAY] == m.day[step] else 0
    if m.settings[S_SETTLEMENT] == 1 and m.rates[step, group, G_SETTLEMENT] > 0 and allowed > held - today:
        refuse(s, number, step, R_T_PLUS_1, allowed, held - today, 0, 0, held, today)
        allowed = held - today
    if allowed > 0 and m.settings[S_LOTS] == 1 and allowed < held:
        lot, lot_step = m.rates[step, group, G_LOT], m.rates[step, group, G_LOT_STEP]
        permitted = sell_quantity(allowed, held, lot, lot_step)
        if permitted < allowed:
            refuse(s, number, step, R_LOT, allowed, permitted, 0, 0, lot, lot_step)
            allowed = permitted
    if allowed < wanted:
        # What the account cannot deliver will not be delivered later in the day either.
        s.orders[number, O_QTY] = s.orders[number, O_FILLED] + allowed
        if allowed == 0:
            end(s, number, step, REJECTED if s.orders[number, O_FILLED] == 0 else PARTIAL)
    return allowed


@kernel
def _within_volume(m: Market, s: State, step: int, number: int, wanted: int, price: int) -> int:
    """Cut to the share of the bar's volume that orders may take; the rest waits."""
    symbol = s.orders[number, O_SYMBOL]
    share = m.factors[V_VOLUME_SHARE]
    volume = m.volume[step, symbol]
    if share <= 0.0 or not volume >= 0.0:
        return wanted
    if s.position[symbol, P_USED_STEP] != step:
        s.position[symbol, P_USED_STEP] = step
        s.position[symbol, P_USED] = 0
    bound = int(volume * share + 1e-9) - s.position[symbol, P_USED]
    if wanted <= bound:
        return wanted
    lot_step = m.rates[step, m.instrument[symbol, I_GROUP], G_LOT_STEP] if m.settings[S_LOTS] == 1 else 1
    allowed = max(bound - bound % lot_step, 0)
    refuse_once(m, s, number, step, R_VOLUME, wanted, allowed, price, 0, int(volume), bound)
    return allowed


@kernel
def _affordable(m: Market, s: State, step: int, number: int, wanted: int, price: int, passive: bool) -> int:
    """Cut an order to buy to what cash pays for, costs included; what is cut is not bought later."""
    symbol = s.orders[number, O_SYMBOL]
    cash = s.account[A_CASH]
    needed = _cost(m, s, step, number, symbol, wanted, price, passive)
    if needed <= cash:
        return wanted
    group = m.instrument[symbol, I_GROUP]
    lots = m.settings[S_LOTS] == 1
    minimum = m.rates[step, group, G_LOT] if lots else 1
    lot_step = m.rates[step, group, G_LOT_STEP] if lots else 1
    if s.orders[number, O_FILLED] > 0:
        minimum = lot_step
    allowed = 0
    if cash > 0:
        # The cost grows with the quantity a little faster than in proportion: from the proportional guess go down.
        allowed = min(int(wanted * (cash / needed)) + lot_step, wanted)
        allowed = buy_quantity(allowed, minimum, lot_step)
        while allowed > 0 and _cost(m, s, step, number, symbol, allowed, price, passive) > cash:
            allowed = buy_quantity(allowed - lot_step, minimum, lot_step)
        while allowed > 0 and allowed + lot_step < wanted:
            if _cost(m, s, step, number, symbol, allowed + lot_step, price, passive) > cash:
                break
            allowed += lot_step
    refuse(s, number, step, R_CASH, wanted, allowed, price, 0, needed, cash)
    s.orders[number, O_QTY] = s.orders[number, O_FILLED] + allowed
    if allowed == 0:
        end(s, number, step, REJECTED if s.orders[number, O_FILLED] == 0 else PARTIAL)
    return allowed


@kernel
def _cost(m: Market, s: State, step: int, number: int, symbol: int, quantity: int, price: int, passive: bool) -> int:
    amount = turnover(price, quantity, m.instrument[symbol, I_NUM], m.instrument[symbol, I_DEN])
    fees = commission_of(m, s, step, number, symbol, amount, passive)
    return amount + fees + duty_of(m, step, symbol, BUY, amount) + transfer_of(m, step, symbol, amount, quantity)


@kernel
def _fill(
    m: Market, s: State, step: int, number: int, quantity: int, price: int, reference: int, passive: bool
) -> None:
    symbol, side = s.orders[number, O_SYMBOL], s.orders[number, O_SIDE]
    num, den = m.instrument[symbol, I_NUM], m.instrument[symbol, I_DEN]
    amount = turnover(price, quantity, num, den)
    commission = commission_of(m, s, step, number, symbol, amount, passive)
    duty = duty_of(m, step, symbol, side, amount)
    transfer = transfer_of(m, step, symbol, amount, quantity)
    tax = 0
    if s.position[symbol, P_DAY] != m.day[step]:
        s.position[symbol, P_DAY] = m.day[step]
        s.position[symbol, P_TODAY] = 0
    if side == BUY:
        open_lot(s, symbol, step, quantity)
        s.position[symbol, P_QTY] += quantity
        s.position[symbol, P_TODAY] += quantity
        s.account[A_CASH] -= amount + commission + duty + transfer
    else:
        tax = take_from_lots(m, s, symbol, step, quantity, m.instrument[symbol, I_ROUND])
        s.position[symbol, P_QTY] -= quantity
        s.account[A_CASH] += amount - commission - duty - transfer - tax
    s.position[symbol, P_PRICE] = price
    slippage = abs(amount - turnover(reference, quantity, num, den))
    record_fill(m, s, step, number, quantity, price, amount, commission, duty, transfer, slippage, tax)
