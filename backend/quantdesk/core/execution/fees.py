"""What a fill costs, as it stands on a broker's statement."""

from __future__ import annotations

from quantdesk.core.execution.arithmetic import share_of
from quantdesk.core.execution.jit import kernel
from quantdesk.core.execution.layout import (
    BUY,
    COIN,
    G_COMMISSION,
    G_COMMISSION_MIN,
    G_DUTY_BUY,
    G_DUTY_SELL,
    G_MAKER,
    G_TRANSFER,
    G_TRANSFER_FACE,
    I_GROUP,
    I_KIND,
    I_ROUND,
    O_DAY,
    O_DAY_AMOUNT,
    O_DAY_COMMISSION,
    S_COMMISSION,
    S_COMMISSION_MIN,
    S_DUTY,
    S_TRANSFER,
    UNIT,
    Market,
    State,
)


@kernel
def commission_of(m: Market, s: State, step: int, number: int, symbol: int, amount: int, passive: bool) -> int:
    """Give the commission that a fill of `amount` adds to its order's.

    A broker charges an order once a day: the rate on the day's turnover of the order, at least the minimum. What
    earlier fills of the order paid that day counts.
    """
    group = m.instrument[symbol, I_GROUP]
    rate = m.settings[S_COMMISSION]
    minimum = m.settings[S_COMMISSION_MIN]
    if rate < 0 or m.instrument[symbol, I_KIND] == COIN:  # a broker's rate for shares is not a coin exchange's fee
        rate = m.rates[step, group, G_MAKER if passive and m.instrument[symbol, I_KIND] == COIN else G_COMMISSION]
        minimum = m.rates[step, group, G_COMMISSION_MIN]
    today = s.orders[number, O_DAY] == m.day[step]
    earlier = s.orders[number, O_DAY_AMOUNT] if today else 0
    paid = s.orders[number, O_DAY_COMMISSION] if today else 0
    if m.instrument[symbol, I_KIND] == COIN:
        return share_of(amount, rate, m.instrument[symbol, I_ROUND])
    return max(max(share_of(earlier + amount, rate, m.instrument[symbol, I_ROUND]), minimum) - paid, 0)


@kernel
def duty_of(m: Market, step: int, symbol: int, side: int, amount: int) -> int:
    """Give the stamp duty of a fill."""
    if m.instrument[symbol, I_KIND] == COIN:
        return 0
    rate = m.settings[S_DUTY]
    if rate >= 0:
        return share_of(amount, rate, m.instrument[symbol, I_ROUND]) if side != BUY else 0
    column = G_DUTY_BUY if side == BUY else G_DUTY_SELL
    return share_of(amount, m.rates[step, m.instrument[symbol, I_GROUP], column], m.instrument[symbol, I_ROUND])


@kernel
def transfer_of(m: Market, step: int, symbol: int, amount: int, quantity: int) -> int:
    """Give the transfer fee of a fill: of turnover, or in the early years of face value, one yuan a share."""
    if m.instrument[symbol, I_KIND] == COIN:
        return 0
    rate = m.settings[S_TRANSFER]
    if rate >= 0:
        return share_of(amount, rate, m.instrument[symbol, I_ROUND])
    group = m.instrument[symbol, I_GROUP]
    base = quantity * UNIT if m.rates[step, group, G_TRANSFER_FACE] == 1 else amount
    return share_of(base, m.rates[step, group, G_TRANSFER], m.instrument[symbol, I_ROUND])
