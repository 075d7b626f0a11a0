"""What is passed to the kernel: one pointer for the market, one for the run, instead of thirty arrays."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.experimental import structref

from quantdesk.core.execution.jit import entry
from quantdesk.core.execution.layout import Floats, Ints, Market, State


@structref.register
class _MarketType(types.StructRef):  # type: ignore[misc]
    pass


@structref.register
class _StateType(types.StructRef):  # type: ignore[misc]
    pass


class MarketHandle(structref.StructRefProxy):  # type: ignore[misc]
    """A Market inside the kernel."""


class StateHandle(structref.StructRefProxy):  # type: ignore[misc]
    """A State inside the kernel. It shares the arrays of the State it was made from."""


structref.define_proxy(MarketHandle, _MarketType, list(Market._fields))
structref.define_proxy(StateHandle, _StateType, list(State._fields))


def market_handle(market: Market) -> Market:
    """Give the kernel's handle of a market; the kernel reads it like the Market itself."""
    return _market(*market)


def state_handle(state: State) -> State:
    """Give the kernel's handle of a run."""
    return _state(*state)


@entry
def _market(
    open_: Floats,
    high: Floats,
    low: Floats,
    close: Floats,
    volume: Floats,
    amount: Floats,
    preclose: Floats,
    state: Any,
    limit_up: Any,
    limit_down: Any,
    scale: Floats,
    rates: Ints,
    instrument: Ints,
    day: Ints,
    day_end: Any,
    held_until: Ints,
    actions: Ints,
    action_start: Ints,
    tax: Ints,
    settings: Ints,
    factors: Floats,
) -> Any:
    return MarketHandle(
        open_, high, low, close, volume, amount, preclose, state, limit_up, limit_down, scale, rates, instrument, day,
        day_end, held_until, actions, action_start, tax, settings, factors,
    )  # fmt: skip


@entry
def _state(
    account: Ints,
    position: Ints,
    lots: Ints,
    orders: Ints,
    active: Ints,
    fills: Ints,
    refusals: Ints,
    events: Ints,
    equity: Ints,
    cash: Ints,
) -> Any:
    return StateHandle(account, position, lots, orders, active, fills, refusals, events, equity, cash)
