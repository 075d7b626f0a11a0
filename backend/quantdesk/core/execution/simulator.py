"""The simulator as engines use it: submit orders, advance, read the account. Lets the kernel's tables grow."""

from __future__ import annotations

import numpy as np

from quantdesk.core.execution import layout as c
from quantdesk.core.execution import orders, step, tally, targets, vector
from quantdesk.core.execution.handles import market_handle, state_handle
from quantdesk.core.execution.layout import Floats, Ints, Market, State
from quantdesk.core.execution.vector import Decisions

_ROWS, _MANY_ROWS = 256, 2**17
_USED = {
    "lots": c.A_LOTS, "orders": c.A_ORDERS, "active": c.A_ACTIVE, "fills": c.A_FILLS, "refusals": c.A_REFUSALS,
    "events": c.A_EVENTS,
}  # fmt: skip
"""Where the account counts the rows of each table."""


def new_state(market: Market, cash: int, capacity: int = _ROWS) -> State:
    """Give a fresh account with `cash` money units, before the market's first step."""
    steps, symbols = market.close.shape
    # Rows that are never used take no memory; room from the start spares the copies of growing.
    rows = min(max(capacity, steps * symbols // 16), _MANY_ROWS) + 2 * symbols
    state = State(
        account=np.zeros(c.A_COLUMNS, dtype=np.int64),
        position=np.zeros((symbols, c.P_COLUMNS), dtype=np.int64),
        lots=_table(rows, c.L_COLUMNS),
        orders=_table(rows, c.O_COLUMNS),
        active=np.zeros(rows, dtype=np.int64),
        fills=_table(rows, c.F_COLUMNS),
        refusals=_table(2 * rows, c.X_COLUMNS),
        events=_table(2 * rows, c.E_COLUMNS),
        equity=np.zeros(steps, dtype=np.int64),
        cash=np.zeros(steps, dtype=np.int64),
    )
    _begin(state, cash)
    return state


def _begin(state: State, cash: int) -> None:
    """Put the account at its start. Rows of the tables and steps of the series are written anew when they are used."""
    state.account[:] = 0
    state.account[c.A_CASH] = state.account[c.A_START] = cash
    state.account[c.A_FREE_LOT] = -1
    state.position[:] = 0
    for column in (c.P_FIRST, c.P_LAST, c.P_DAY, c.P_USED_STEP):
        state.position[:, column] = -1


def grown(state: State) -> State:
    """Give the state with twice the room in the tables that are more than half full, or in all when none is."""

    def doubled(table: Ints) -> Ints:
        larger = np.zeros((2 * len(table), *table.shape[1:]), dtype=table.dtype)  # takes no memory before it is used
        larger[: len(table)] = table
        return larger

    account = state.account
    full = [name for name, used in _USED.items() if 2 * account[used] > len(getattr(state, name))]
    return state._replace(**{name: doubled(getattr(state, name)) for name in full or _USED})


class Simulator:
    """One run. Steps are the market's rows; prices are units, money is money units, see layout.

    Decisions are taken at the close of the last step that was done (`step`); their orders take part from the next
    step on, or with same_close at once when `decided` is called.
    """

    def __init__(self, market: Market, cash: int) -> None:
        self.market = market
        self.state = new_state(market, cash)
        self._m = market_handle(market)
        self._s = state_handle(self.state)
        self._decided = 0

    def restart(self) -> None:
        """Begin a new run on the same market; the state of the last one is overwritten."""
        _begin(self.state, int(self.state.account[c.A_START]))
        self._decided = 0

    @property
    def step(self) -> int:
        """The last step done; -1 before the first."""
        return self.state.account.item(c.A_STEP) - 1

    @property
    def order_count(self) -> int:
        return self.state.account.item(c.A_ORDERS)

    @property
    def fill_count(self) -> int:
        return self.state.account.item(c.A_FILLS)

    @property
    def active_count(self) -> int:
        return self.state.account.item(c.A_ACTIVE)

    @property
    def cash(self) -> int:
        return self.state.account.item(c.A_CASH)

    def advance(self, until: int) -> None:
        """Run the market up to and including step `until`."""
        while step.advance(self._m, self._s, until) <= until:
            self._grow()

    def decide(self, decisions: Decisions, until: int) -> None:
        """Like advance, and take a vectorised strategy's decisions at each close."""
        while vector.run_decisions(self._m, self._s, decisions, until) <= until:
            self._grow()

    def submit(
        self, symbol: int, side: int, kind: int, quantity: int, limit: int = 0, stop: int = 0, validity: int = c.DAY
    ) -> int:
        """Take in an order at the close of the last step; give its number. A refused one is listed as rejected."""
        self._reserve(1)
        return int(orders.submit(self._m, self._s, self.step, symbol, side, kind, quantity, limit, stop, validity))

    def order_to(self, symbol: int, target: int, validity: int = c.DAY) -> int:
        """Order towards a position; give the order's number, -1 when nothing is to do."""
        self._reserve(1)
        return int(targets.order_to(self._m, self._s, self.step, symbol, target, validity))

    def order_to_weight(self, symbol: int, weight: float, validity: int = c.DAY) -> int:
        """Order towards a weight of equity at the last close; give the order's number, -1 when nothing is to do."""
        self._reserve(1)
        return int(targets.order_to_weight(self._m, self._s, self.step, symbol, weight, validity))

    def order_to_weights(self, weights: Floats) -> None:
        """Order towards weights of equity, [symbols]; NaN leaves a symbol alone."""
        self._reserve(len(weights))
        targets.order_to_weights(self._m, self._s, self.step, weights)

    def quantity_for(self, symbol: int, weight: float) -> int:
        """Give the quantity worth `weight` of equity at the last close."""
        return int(targets.quantity_for(self._m, self._s, self.step, symbol, weight, self.equity()))

    def cancel(self, number: int) -> bool:
        """Cancel an order; say whether it was still active."""
        return bool(orders.cancel(self._s, number, self.step))

    def decided(self) -> None:
        """End the decisions of this step: with same_close their market orders are filled now."""
        if self.market.settings[c.S_FILL] == c.SAME_CLOSE and self.order_count > self._decided:
            while not step.room(self._m, self._s, self.step, 0):
                self._grow()
            step.match_decided(self._m, self._s, self.step, self._decided)
        self._decided = self.order_count

    def tally(self) -> Ints:
        """Give the totals of fills and round trips, see core.execution.tally; not for futures."""
        return tally.tally(self._m, self._s)

    def equity(self) -> int:
        return int(step.equity_now(self._m, self._s))

    def position(self, symbol: int) -> int:
        return int(self.state.position[symbol, c.P_QTY])

    def _reserve(self, orders_more: int) -> None:
        account = self.state.account
        while (
            account.item(c.A_ORDERS) + orders_more >= len(self.state.orders)
            or account.item(c.A_ACTIVE) + orders_more >= len(self.state.active)
            or account.item(c.A_REFUSALS) + 2 * orders_more >= len(self.state.refusals)
        ):
            self._grow()

    def _grow(self) -> None:
        self.state = grown(self.state)
        self._s = state_handle(self.state)


def _table(rows: int, columns: int) -> Ints:
    return np.zeros((rows, columns), dtype=np.int64)
