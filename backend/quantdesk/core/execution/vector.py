"""The vectorised engine's loop: the market's steps and the decisions at each close, in one call.

A decision calls what an event strategy's order helpers call, so equal wishes give equal orders.
"""

from __future__ import annotations

from math import floor
from typing import Any, NamedTuple

from quantdesk.core.execution.arithmetic import buy_quantity, units
from quantdesk.core.execution.jit import entry, kernel
from quantdesk.core.execution.layout import (
    A_CASH,
    A_ORDERS,
    A_STEP,
    ABSENT,
    BUY,
    DAY,
    G_LOT,
    G_LOT_STEP,
    I_DEN,
    I_GROUP,
    I_NUM,
    I_SCALE,
    L_STEP,
    MARKET,
    NEXT_AVERAGE,
    O_CLOSED,
    P_FIRST,
    P_PRICE,
    P_QTY,
    PHASE_OPEN,
    S_FILL,
    S_LOTS,
    SAME_CLOSE,
    SUSPENDED,
    Floats,
    Ints,
    Market,
    State,
)
from quantdesk.core.execution.matching import match
from quantdesk.core.execution.orders import submit
from quantdesk.core.execution.prices import average_of
from quantdesk.core.execution.step import equity_now, finish_step, match_decided, open_step, room
from quantdesk.core.execution.targets import order_to, order_to_weights, quantity_for

WEIGHTS, SIGNALS, TOPK_DROPOUT = 0, 1, 2


class Decisions(NamedTuple):
    """What a vectorised strategy decided, for all steps. Arrays that a kind does not use have one cell."""

    kind: int
    weights: Floats
    """WEIGHTS: [steps, symbols], NaN leaves a symbol alone. SIGNALS: of an entry, or one cell for all."""
    entries: Any
    exits: Any
    """SIGNALS: bool [steps, symbols]."""
    max_positions: int
    """SIGNALS: 0 for no bound."""
    ranked: Any
    """TOPK_DROPOUT: int32 [steps, symbols], symbols from the best score to the worst; those without one last."""
    scored: Ints
    """TOPK_DROPOUT: [steps], how many symbols have a score."""
    topk: int
    n_drop: int
    hold_days: int
    risk_degree: float
    picks: Ints
    """TOPK_DROPOUT: [1 + symbols], scratch: how many symbols to buy at the next open, then which."""


@entry
def run_decisions(m: Market, s: State, d: Decisions, until: int) -> int:
    """Run the steps up to and including `until`; give the number of steps done. Fewer: the tables must grow first."""
    symbols = len(s.position)
    at_close = m.settings[S_FILL] == SAME_CLOSE
    while s.account[A_STEP] <= until:
        step = s.account[A_STEP]
        if not room(m, s, step, 2 * symbols if d.kind == TOPK_DROPOUT else symbols):
            break
        open_step(m, s, step)
        if d.kind == TOPK_DROPOUT and not at_close:
            _buy_picks(m, s, d, step)
        finish_step(m, s, step)
        first = s.account[A_ORDERS]
        if d.kind == WEIGHTS:
            order_to_weights(m, s, step, d.weights[step])
        elif d.kind == SIGNALS:
            _follow_signals(m, s, d, step)
        else:
            _drop(m, s, d, step, step if at_close else step + 1)
        if at_close and s.account[A_ORDERS] > first:
            match_decided(m, s, step, first)
        if at_close and d.kind == TOPK_DROPOUT and d.picks[0] > 0:
            first = s.account[A_ORDERS]
            _buy_picks(m, s, d, step)
            match_decided(m, s, step, first)
    return s.account[A_STEP]


@kernel
def _follow_signals(m: Market, s: State, d: Decisions, step: int) -> None:
    """Sell what is held and has an exit; then buy what is flat and has an entry and no exit."""
    symbols = len(s.position)
    for symbol in range(symbols):
        if d.exits[step, symbol] and s.position[symbol, P_QTY] != 0:
            order_to(m, s, step, symbol, 0, DAY)
    held = 0
    if d.max_positions > 0:
        for symbol in range(symbols):
            if s.position[symbol, P_QTY] != 0 and not d.exits[step, symbol]:
                held += 1
    equity = -1
    for symbol in range(symbols):
        if not d.entries[step, symbol] or d.exits[step, symbol] or s.position[symbol, P_QTY] != 0:
            continue
        if 0 < d.max_positions <= held:
            break
        if equity < 0:
            equity = equity_now(m, s)
        weight = d.weights[0, 0] if len(d.weights) == 1 else d.weights[step, symbol]
        if weight != weight:
            continue
        if order_to(m, s, step, symbol, quantity_for(m, s, step, symbol, weight, equity), DAY) >= 0:
            held += 1


@kernel
def _drop(m: Market, s: State, d: Decisions, step: int, trade_step: int) -> None:
    """Order to sell what drops out, and pick what is bought with the cash.

    Source: qlib 0.9, TopkDropoutStrategy with method_sell="bottom", method_buy="top". Without any score of the step
    nothing is done.
    """
    d.picks[0] = 0
    if d.scored[step] == 0:
        return
    symbols = len(s.position)
    held = 0
    for symbol in range(symbols):
        if s.position[symbol, P_QTY] > 0:
            held += 1
    wanted = max(d.n_drop + d.topk - held, 0)
    candidates = 0
    for place in range(d.scored[step]):
        symbol = d.ranked[step, place]
        if candidates < wanted and s.position[symbol, P_QTY] <= 0:
            candidates += 1
            d.picks[candidates] = symbol
    # The worst n_drop of holdings and candidates together; of these what is held goes.
    last = candidates
    sold = 0
    seen = 0
    for back in range(symbols):
        if seen == d.n_drop:
            break
        symbol = d.ranked[step, symbols - 1 - back]
        if s.position[symbol, P_QTY] > 0:
            seen += 1
            sold += 1
            if trade_step - s.lots[s.position[symbol, P_FIRST], L_STEP] >= d.hold_days:
                order_to(m, s, step, symbol, 0, DAY)
        elif last > 0 and d.picks[last] == symbol:
            seen += 1
            last -= 1
    d.picks[0] = min(max(sold + d.topk - held, 0), candidates)


@kernel
def _buy_picks(m: Market, s: State, d: Decisions, step: int) -> None:
    """Spend an equal part of the cash on each pick: orders by value, sized after the sells by the price of the fill."""
    count = d.picks[0]
    d.picks[0] = 0
    value = s.account[A_CASH] * d.risk_degree / max(count, 1)
    fill = m.settings[S_FILL]
    for place in range(1, count + 1):
        symbol = d.picks[place]
        if m.state[step, symbol] == ABSENT:
            price = s.position[symbol, P_PRICE]
        elif fill == SAME_CLOSE or m.state[step, symbol] == SUSPENDED:
            price = units(m.close[step, symbol], m.instrument[symbol, I_SCALE])
        elif fill == NEXT_AVERAGE:
            price = average_of(m, step, symbol)
        else:
            price = units(m.open[step, symbol], m.instrument[symbol, I_SCALE])
        if price <= 0:
            continue
        quantity = int(floor(value / (price * m.instrument[symbol, I_NUM] / m.instrument[symbol, I_DEN])))  # noqa: RUF046
        if m.settings[S_LOTS] == 1:
            group = m.instrument[symbol, I_GROUP]
            quantity = buy_quantity(quantity, m.rates[step, group, G_LOT], m.rates[step, group, G_LOT_STEP])
        if quantity <= 0:
            continue
        decided = step if fill == SAME_CLOSE else step - 1
        number = submit(m, s, decided, symbol, BUY, MARKET, quantity, 0, 0, DAY)
        if fill != SAME_CLOSE and s.orders[number, O_CLOSED] < 0:
            match(m, s, step, number, PHASE_OPEN)
