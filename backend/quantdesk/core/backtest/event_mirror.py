"""What a strategy sees of the account, kept beside the simulator so that reading it costs next to nothing."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from quantdesk.core.execution import layout as c
from quantdesk.core.strategies.event.orders import Fill, Order, position_of

if TYPE_CHECKING:
    from quantdesk.core.backtest.event_desk import SimulatedDesk

_TYPES = ("market", "limit", "stop", "stop_limit", "open", "close")


class _Positions(dict[str, Any]):
    """Positions by symbol; says what is wrong with an unknown one."""

    def __init__(self, desk: SimulatedDesk) -> None:
        self._desk = desk

    def __missing__(self, symbol: str) -> Any:
        self._desk.number_of(symbol)
        raise KeyError(symbol)


class Mirror:
    """Positions with their average prices, and the changes of orders that callbacks have not heard of."""

    def __init__(self, desk: SimulatedDesk) -> None:
        self._desk = desk
        self.positions = _Positions(desk)
        self.active = False
        """Whether an order may be filled at the next step."""
        self.holding = False
        self.futures_held = False
        self.watch_fills = False
        self.watch_orders = False
        self.news: deque[tuple[str, Any]] = deque()
        """("fill", Fill) and ("order", Order), in the order of time."""
        self._cost: dict[int, int] = {}
        """Money units paid for the position, by symbol; below zero for a short one."""
        self._held: set[int] = set()
        self._fills = self._events = self._known = 0
        self._open: dict[int, tuple[int, int]] = {}
        """Status and filled quantity of the orders that were active, by number."""
        kinds = desk.stage.exchange.market.instrument[:, c.I_KIND].tolist()
        self._kinds: list[int] = kinds
        self._futures = c.FUTURE in kinds
        self._contracts: list[tuple[int, int]] = desk.stage.exchange.market.instrument[:, [c.I_NUM, c.I_DEN]].tolist()
        for symbol, kind in zip(desk.stage.exchange.symbols, kinds, strict=True):
            self.positions[symbol] = position_of(desk, symbol, 0, 0.0, coin=kind == c.COIN)

    def handle(self, number: int) -> Order:
        """Make the handle of an order."""
        desk = self._desk
        row = desk.simulator.state.orders[number].tolist()
        scale = desk.scales[row[c.O_SYMBOL]]
        return Order(
            desk,
            number,
            desk.symbols[row[c.O_SYMBOL]],
            "buy" if row[c.O_SIDE] == c.BUY else "sell",
            _TYPES[row[c.O_TYPE]],
            row[c.O_LIMIT] / scale if row[c.O_LIMIT] else None,
            row[c.O_STOP] / scale if row[c.O_STOP] else None,
            desk.stage.days[max(row[c.O_CREATED], 0)],
        )

    def after_orders(self, number: int) -> Order | None:
        """Note that orders were sent or cancelled; give the handle of `number`, None for -1."""
        self.active = self._desk.simulator.active_count > 0
        if self.watch_orders:
            self._orders()
        return None if number < 0 else self.handle(number)

    def after_step(self) -> None:
        """Take over what the simulator did."""
        simulator = self._desk.simulator
        account = simulator.state.account.tolist()
        self.active = account[c.A_ACTIVE] > 0
        fills, events = account[c.A_FILLS], account[c.A_EVENTS]
        if fills > self._fills or events > self._events:
            state = simulator.state
            touched = set()
            # Corporate actions come before the fills of their day.
            for row in state.events[self._events : events].tolist() if events > self._events else ():
                if row[c.E_KIND] == c.EV_MARGIN_CALL:
                    continue  # moves nothing by itself
                self._cost[row[c.E_SYMBOL]] = self._cost.get(row[c.E_SYMBOL], 0) - row[c.E_CASH]
                touched.add(row[c.E_SYMBOL])
            for row in state.fills[self._fills : fills].tolist():
                self._pay(row)
                touched.add(row[c.F_SYMBOL])
                if self.watch_fills:
                    self.news.append(("fill", self._fill(row)))
            self._fills, self._events = fills, events
            for symbol in touched:
                self._place(symbol)
            self.holding = bool(self._held)
            if self._futures:
                self.futures_held = any(self._kinds[symbol] == c.FUTURE for symbol in self._held)
        if self.watch_orders:
            self._orders()

    def _pay(self, row: list[int]) -> None:
        """Move what was paid for a position by a fill: more when it grows, in proportion when it shrinks."""
        symbol, change = row[c.F_SYMBOL], row[c.F_SIDE] * row[c.F_QTY]
        after = row[c.F_POSITION]
        before = after - change
        paid = self._cost.get(symbol, 0)
        turnover = row[c.F_SIDE] * row[c.F_AMOUNT]
        if before * change >= 0:
            paid += turnover
        elif before * after >= 0:
            paid = paid * after // before
        else:  # through zero to the other side
            paid = turnover * after // change
        self._cost[symbol] = paid if after else 0

    def _place(self, symbol: int) -> None:
        desk = self._desk
        held = desk.simulator.state.position.item(symbol, c.P_QTY)
        average = 0.0
        if held:
            self._held.add(symbol)
            num, den = self._contracts[symbol]
            average = self._cost.get(symbol, 0) / c.UNIT / held * den / num * c.UNIT / desk.scales[symbol]
            if self._kinds[symbol] != c.FUTURE:
                average = max(average, 0.0)
        else:
            self._held.discard(symbol)
            self._cost.pop(symbol, None)
        coin = self._kinds[symbol] == c.COIN
        name = desk.symbols[symbol]
        self.positions[name] = position_of(desk, name, held * desk.units[symbol] if coin else held, average, coin=coin)

    def _fill(self, row: list[int]) -> Fill:
        desk, symbol = self._desk, row[c.F_SYMBOL]
        unit = desk.units[symbol]
        quantity, position = row[c.F_QTY], row[c.F_POSITION]
        costs = row[c.F_COMMISSION] + row[c.F_DUTY] + row[c.F_TRANSFER] + row[c.F_TAX]
        return Fill(
            order=self.handle(row[c.F_ORDER]),
            symbol=desk.symbols[symbol],
            side="buy" if row[c.F_SIDE] == c.BUY else "sell",
            date=desk.stage.days[row[c.F_STEP]],
            quantity=quantity * unit if unit != 1.0 else quantity,
            price=row[c.F_PRICE] / desk.scales[symbol],
            amount=row[c.F_AMOUNT] / c.UNIT,
            costs=costs / c.UNIT,
            position=position * unit if unit != 1.0 else position,
        )

    def _orders(self) -> None:
        """Compare the orders that were active, and the new ones, with what is known of them."""
        simulator = self._desk.simulator
        table, count = simulator.state.orders, simulator.order_count
        for number in range(self._known, count):
            self._open[number] = (c.OPEN, 0)
        self._known = count
        for number in list(self._open):
            status, filled = int(table[number, c.O_STATUS]), int(table[number, c.O_FILLED])
            if (status, filled) != self._open[number]:
                self._open[number] = (status, filled)
                self.news.append(("order", self.handle(number)))
            if table[number, c.O_CLOSED] >= 0:
                del self._open[number]
