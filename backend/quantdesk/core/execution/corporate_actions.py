"""What dividends, bonus shares, rights issues and delistings do to an account at raw prices."""

from __future__ import annotations

from quantdesk.core.execution.arithmetic import turnover, units
from quantdesk.core.execution.jit import kernel
from quantdesk.core.execution.layout import (
    A_CASH,
    A_EVENTS,
    A_FREE_LOT,
    ABSENT,
    C_BONUS,
    C_CASH,
    C_CONVERSION,
    C_ERA,
    C_KIND,
    C_RIGHTS,
    C_RIGHTS_PRICE,
    C_SYMBOL,
    DELISTED,
    DERIVED,
    E_CASH,
    E_KIND,
    E_POSITION,
    E_QTY,
    E_STEP,
    E_SYMBOL,
    EV_BONUS,
    EV_CONVERSION,
    EV_DELISTED,
    EV_DIVIDEND,
    EV_EX_RIGHT,
    EV_RIGHTS,
    EV_RIGHTS_LAPSED,
    FUTURE,
    I_DEN,
    I_KIND,
    I_NUM,
    I_ROUND,
    I_SCALE,
    L_NEXT,
    L_QTY,
    L_TAXABLE,
    P_FIRST,
    P_LAST,
    P_PRICE,
    P_QTY,
    P_TODAY,
    S_RIGHTS,
    S_TAX,
    SHARE,
    SUSPENDED,
    UNIT,
    Market,
    State,
)
from quantdesk.core.execution.lots import open_lot


@kernel
def apply_actions(m: Market, s: State, step: int) -> None:
    """Apply the corporate actions whose ex-date is this step's day to what was held before."""
    for row in range(m.action_start[step], m.action_start[step + 1]):
        symbol = m.actions[row, C_SYMBOL]
        if m.actions[row, C_KIND] == DELISTED:
            if s.position[symbol, P_QTY] != 0:
                _pay_out(m, s, step, symbol)
        elif s.position[symbol, P_QTY] > 0:
            _apply(m, s, step, row, symbol)


@kernel
def _apply(m: Market, s: State, step: int, row: int, symbol: int) -> None:
    held = s.position[symbol, P_QTY]
    derived = m.actions[row, C_KIND] == DERIVED
    cash, bonus, conversion = m.actions[row, C_CASH], m.actions[row, C_BONUS], m.actions[row, C_CONVERSION]
    last, ex_right = s.position[symbol, P_PRICE], _ex_right_price(m, s, step, row, symbol)
    new_bonus = _shares(held, bonus)
    new_shares = _shares(held, bonus + conversion)
    if m.settings[S_TAX] == 1 and not derived:
        _note_taxable(s, symbol, m.actions[row, C_ERA], held, cash, new_bonus)
    if new_shares != 0:
        _spread(s, symbol, held, new_shares)
        s.position[symbol, P_QTY] = held + new_shares
    if derived:
        # What the new shares do not make up for is paid in cash, so that the position's value stays to the unit.
        paid = last * held - ex_right * (held + new_shares)
    else:
        paid = _money(held, cash, m.instrument[symbol, I_ROUND])
    s.account[A_CASH] += paid
    if derived:
        _event(s, step, symbol, EV_EX_RIGHT, new_shares, paid)
    else:
        if paid != 0:
            _event(s, step, symbol, EV_DIVIDEND, 0, paid)
        if new_bonus > 0:
            _event(s, step, symbol, EV_BONUS, new_bonus, 0)
        if new_shares - new_bonus > 0:
            _event(s, step, symbol, EV_CONVERSION, new_shares - new_bonus, 0)
    if m.actions[row, C_RIGHTS] > 0:
        _rights(m, s, step, row, symbol, held)
    s.position[symbol, P_PRICE] = ex_right


@kernel
def _ex_right_price(m: Market, s: State, step: int, row: int, symbol: int) -> int:
    """Give what the last price is worth ex right, units: as the exchange says, else (no bar) by its formula."""
    scale = m.instrument[symbol, I_SCALE]
    if m.state[step, symbol] == SUSPENDED:
        return units(m.close[step, symbol], scale)  # repeats the last close on the basis of the day
    if m.state[step, symbol] != ABSENT and m.preclose[step, symbol] > 0.0:
        return units(m.preclose[step, symbol], scale)
    rights, price = m.actions[row, C_RIGHTS], m.actions[row, C_RIGHTS_PRICE]
    value = s.position[symbol, P_PRICE] * SHARE - m.actions[row, C_CASH] * scale + rights * (price * scale // SHARE)
    shares = SHARE + m.actions[row, C_BONUS] + m.actions[row, C_CONVERSION] + rights
    return max((value + shares // 2) // shares, 0)


@kernel
def _rights(m: Market, s: State, step: int, row: int, symbol: int, held: int) -> None:
    offered = _shares(held, m.actions[row, C_RIGHTS])
    price = m.actions[row, C_RIGHTS_PRICE]
    taken = 0
    if m.settings[S_RIGHTS] == 1 and price > 0:
        taken = min(offered, max(s.account[A_CASH], 0) * (SHARE // UNIT) // price)
    while taken > 0 and _money(taken, price, m.instrument[symbol, I_ROUND]) > s.account[A_CASH]:
        taken -= 1
    if taken > 0:
        cost = _money(taken, price, m.instrument[symbol, I_ROUND])
        s.account[A_CASH] -= cost
        s.position[symbol, P_QTY] += taken
        open_lot(s, symbol, step, taken)
        _event(s, step, symbol, EV_RIGHTS, taken, -cost)
    if offered - taken > 0:
        _event(s, step, symbol, EV_RIGHTS_LAPSED, 0, 0)


@kernel
def _shares(held: int, ratio: int) -> int:
    """Give held * ratio / SHARE, the fraction dropped."""
    return held // SHARE * ratio + held % SHARE * ratio // SHARE


@kernel
def _money(held: int, each: int, rounding: int) -> int:
    """Give held * each (1e-8 currency a share) in money units, rounded half up to `rounding`."""
    scaled = held * each
    size = SHARE // UNIT * rounding
    return (scaled + size // 2) // size * rounding


@kernel
def _note_taxable(s: State, symbol: int, era: int, held: int, cash: int, new_bonus: int) -> None:
    """Note cash, and the whole bonus shares that are received, at their par of one yuan, spread like the shares."""
    lot = s.position[symbol, P_FIRST]
    before = 0
    given = 0
    while lot >= 0:
        before += s.lots[lot, L_QTY]
        up_to_here = new_bonus * before // held
        s.lots[lot, L_TAXABLE + era] += s.lots[lot, L_QTY] * cash // (SHARE // UNIT) + (up_to_here - given) * UNIT
        given = up_to_here
        lot = s.lots[lot, L_NEXT]


@kernel
def _spread(s: State, symbol: int, held: int, new_shares: int) -> None:
    """Add new shares to the lots in proportion; they count as held as long as the old ones."""
    lot = s.position[symbol, P_FIRST]
    before = 0
    given = 0
    while lot >= 0:
        before += s.lots[lot, L_QTY]
        up_to_here = new_shares * before // held
        s.lots[lot, L_QTY] += up_to_here - given
        given = up_to_here
        lot = s.lots[lot, L_NEXT]


@kernel
def _pay_out(m: Market, s: State, step: int, symbol: int) -> None:
    """Pay holders of what is no longer listed its last price; what it is worth off the exchange is not known."""
    held = s.position[symbol, P_QTY]
    worth = 0  # a future's profit is cash already
    if m.instrument[symbol, I_KIND] != FUTURE:
        num, den = m.instrument[symbol, I_NUM], m.instrument[symbol, I_DEN]
        worth = turnover(s.position[symbol, P_PRICE], held, num, den)
    s.account[A_CASH] += worth
    s.position[symbol, P_QTY] = 0
    s.position[symbol, P_TODAY] = 0
    _free_all(s, symbol)
    _event(s, step, symbol, EV_DELISTED, -held, worth)


@kernel
def _free_all(s: State, symbol: int) -> None:
    lot = s.position[symbol, P_FIRST]
    while lot >= 0:
        after = s.lots[lot, L_NEXT]
        s.lots[lot, L_NEXT] = s.account[A_FREE_LOT]
        s.account[A_FREE_LOT] = lot
        lot = after
    s.position[symbol, P_FIRST] = -1
    s.position[symbol, P_LAST] = -1


@kernel
def _event(s: State, step: int, symbol: int, kind: int, quantity: int, cash: int) -> None:
    row = s.account[A_EVENTS]
    s.account[A_EVENTS] += 1
    s.events[row, E_STEP] = step
    s.events[row, E_SYMBOL] = symbol
    s.events[row, E_KIND] = kind
    s.events[row, E_QTY] = quantity
    s.events[row, E_CASH] = cash
    s.events[row, E_POSITION] = s.position[symbol, P_QTY]
