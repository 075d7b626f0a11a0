"""The broker behind a Backtrader strategy: Backtrader's own order book-keeping over our exchange simulator.

Backtrader keeps its queues, brackets, one-cancels-other groups, trailing stops and validity; what can be filled, at
which price, at what cost, and what is refused, is decided by the same kernel as for every other engine. Costs and cash
come from the backtest's form: a strategy cannot change them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import backtrader as bt
from backtrader.order import BuyOrder, SellOrder

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.execution import layout as c
from quantdesk.core.execution.market import Exchange
from quantdesk.core.execution.simulator import Simulator
from quantdesk.core.instruments.symbol import board_of
from quantdesk.core.rules.book import lot_size
from quantdesk.core.rules.lots import Lot

_TYPES: dict[int, int] = {
    bt.Order.Market: c.MARKET,
    bt.Order.Close: c.AT_CLOSE,
    bt.Order.Limit: c.LIMIT,
    bt.Order.Stop: c.STOP,
    bt.Order.StopTrail: c.STOP,
    bt.Order.StopLimit: c.STOP_LIMIT,
    bt.Order.StopTrailLimit: c.STOP_LIMIT,
}
_TRAILING = (bt.Order.StopTrail, bt.Order.StopTrailLimit)
_ENDED_HERE = (bt.Order.Canceled, bt.Order.Expired)
_ONE_SHARE = Lot(minimum=1, step=1)


class ExchangeBroker(bt.brokers.BackBroker):  # type: ignore[misc]
    """Hands Backtrader's orders to the simulator and its fills and refusals back."""

    def __init__(self, spec: BacktestSpec, exchange: Exchange, simulator: Simulator) -> None:
        super().__init__()
        self.p.cash = float(spec.cash)
        self.p.checksubmit = False
        self._spec = spec
        self._simulator = simulator
        self._market = exchange.market
        self._symbols = {symbol: number for number, symbol in enumerate(exchange.symbols)}
        self._scales: list[int] = exchange.market.instrument[:, c.I_SCALE].tolist()
        self._orders: dict[int, Any] = {}
        """By their number in the simulator."""
        self._numbers: dict[int, int] = {}
        """By Backtrader's reference."""
        self._fills = 0
        self._events = 0
        self._lots: dict[str, Lot] = {}
        self._comminfo = bt.CommInfoBase(
            commission=float(spec.costs.commission_rate),
            stocklike=True,
            commtype=bt.CommInfoBase.COMM_PERC,
            percabs=True,
        )
        self.step = -1
        """Of the market, set before each round."""
        self.on_round: Callable[[int, float], None] | None = None
        """Called at the end of each round with its step and the equity in yuan."""
        self.ignored_settings: set[str] = set()

    def lot(self, symbol: str) -> Lot:
        """Give the lot that quantities of this symbol are rounded to."""
        if symbol not in self._lots:
            self._lots[symbol] = lot_size(board_of(symbol)) if self._spec.whole_lots else _ONE_SHARE
        return self._lots[symbol]

    def getcommissioninfo(self, data: Any) -> bt.CommInfoBase:
        return self._comminfo

    # Orders on their way in

    def buy(self, owner: Any, data: Any, size: float, *args: Any, **kwargs: Any) -> Any:
        if not len(data):
            return self._unlisted(BuyOrder(owner=owner, data=data, size=size, simulated=True))
        return super().buy(owner, data, size, *args, **kwargs)

    def sell(self, owner: Any, data: Any, size: float, *args: Any, **kwargs: Any) -> Any:
        if not len(data):
            return self._unlisted(SellOrder(owner=owner, data=data, size=size, simulated=True))
        return super().sell(owner, data, size, *args, **kwargs)

    def _unlisted(self, order: Any) -> Any:
        """Have an order refused whose symbol has no bar yet; `simulated` keeps it from asking for that bar."""
        side = c.BUY if order.isbuy() else c.SELL
        self._simulator.submit(self._symbols[order.data._name], side, c.MARKET, int(abs(order.size)))
        order.reject(self)
        self.notify(order)
        return order

    def submit(self, order: Any, check: bool = True) -> Any:
        if not math.isfinite(order.size):
            raise ValueError(f"order size is {order.size}: an indicator that has no value yet was used to compute it")
        order.size = order.created.size = order.executed.remsize = int(order.size)
        return super().submit(order, check=check)

    def _send(self, order: Any) -> None:
        """Put an order into the simulator; Backtrader's are good until they are cancelled."""
        symbol = self._symbols[order.data._name]
        scale = self._scales[symbol]
        kind = _TYPES.get(order.exectype, c.MARKET)
        price, beyond = _units(order.created.price, scale), _units(order.created.pricelimit, scale)
        number = self._simulator.submit(
            symbol,
            c.BUY if order.isbuy() else c.SELL,
            kind,
            abs(order.size),
            limit=price if kind == c.LIMIT else beyond if kind == c.STOP_LIMIT else 0,
            stop=price if kind in (c.STOP, c.STOP_LIMIT) else 0,
            validity=c.UNTIL_CANCELLED,
        )
        self._orders[number] = order
        self._numbers[order.ref] = number

    def notify(self, order: Any) -> None:
        if order.status in _ENDED_HERE and (number := self._numbers.get(order.ref)) is not None:
            self._simulator.cancel(number)
        super().notify(order)

    # The bar

    def next(self) -> None:
        """Send what was decided at the last bar, run the simulator to this one, tell the strategy what came of it."""
        while self._toactivate:
            self._toactivate.popleft().activate()
        self._expire()
        self.send_decided()
        self._simulator.advance(self.step)
        if self.pending or self._simulator.fill_count > self._fills:
            self._take_fills()
            self._take_ends()
        self._follow_actions()
        self.cash = self._simulator.cash / c.UNIT
        self._value = self._valuelever = float(self._simulator.state.equity[self.step]) / c.UNIT
        self._valuemkt = self._valuemktlever = self._value - self.cash
        self._leverage = 1.0
        if self.on_round is not None:
            self.on_round(self.step, self._value)

    def send_decided(self) -> None:
        """Put what the strategy decided into the simulator; also after the last bar, where it stays open."""
        for order in self.pending:
            if order.ref not in self._numbers and order.active():
                self._send(order)
        self._simulator.decided()

    def _expire(self) -> None:
        for order in list(self.pending):
            if order.expire():
                self.pending.remove(order)
                self.notify(order)
                self._ococheck(order)
                self._bracketize(order, cancel=True)

    def _take_fills(self) -> None:
        state = self._simulator.state
        for row in state.fills[self._fills : self._simulator.fill_count].tolist():
            number = row[c.F_ORDER]
            order = self._orders[number]
            self.pending.remove(order)  # or its own one-cancels-other group would cancel it
            self._execute_fill(order, row, self._scales[row[c.F_SYMBOL]])
            self._ococheck(order)
            if state.orders[number, c.O_CLOSED] < 0:
                self.pending.append(order)
            else:
                self._close(order, number)
        self._fills = self._simulator.fill_count

    def _execute_fill(self, order: Any, row: list[int], scale: int) -> None:
        data, size, price = order.data, row[c.F_QTY] * row[c.F_SIDE], row[c.F_PRICE] / scale
        position = self.positions[data]
        before = position.price
        psize, pprice, opened, closed = position.update(size, price, data.datetime.datetime())
        fees = (row[c.F_COMMISSION] + row[c.F_DUTY] + row[c.F_TRANSFER] + row[c.F_TAX]) / c.UNIT
        pnl = -closed * (price - before)
        order.execute(
            data.datetime[0], size, price,
            closed, abs(closed) * before, fees if closed else 0.0,
            opened, abs(opened) * price, 0.0 if closed else fees,
            None, pnl, psize, pprice,
        )  # fmt: skip
        order.addcomminfo(self._comminfo)
        self.notify(order)

    def _take_ends(self) -> None:
        """End in Backtrader's books what the simulator has ended, and move the trailing stops of the rest."""
        table = self._simulator.state.orders
        for order in list(self.pending):
            number = self._numbers.get(order.ref)
            if number is None:
                continue
            if table[number, c.O_CLOSED] < 0:
                if order.exectype in _TRAILING and order.data.datetime[0] > order.created.dt:
                    self._trail(order, number)
                continue
            self.pending.remove(order)
            self._close(order, number)

    def _close(self, order: Any, number: int) -> None:
        """End in Backtrader's books an order that the simulator has ended."""
        if order.status == bt.Order.Completed:
            self._bracketize(order)
            return
        if order.executed.size:
            order.cancel()
        elif self._last_rule(number) in (c.R_CASH, c.R_MARGIN):
            order.margin()
        else:
            order.reject(self)
        self.notify(order)
        self._ococheck(order)
        self._bracketize(order, cancel=True)

    def _trail(self, order: Any, number: int) -> None:
        order.trailadjust(order.data.close[0])
        scale = self._scales[self._symbols[order.data._name]]
        table = self._simulator.state.orders
        table[number, c.O_STOP] = _units(order.created.price, scale)
        if order.exectype == bt.Order.StopTrailLimit:
            table[number, c.O_LIMIT] = _units(order.created.pricelimit, scale)

    def _last_rule(self, number: int) -> int:
        state = self._simulator.state
        refusals = state.refusals[: state.account[c.A_REFUSALS]]
        mine = refusals[refusals[:, c.X_ORDER] == number]
        return int(mine[-1, c.X_RULE]) if len(mine) else c.R_NONE

    def _follow_actions(self) -> None:
        """Take over positions that a corporate action or a delisting has changed; the money paid in stays the same."""
        count = int(self._simulator.state.account[c.A_EVENTS])
        if count == self._events:
            return
        self._events = count
        for data, position in self.positions.items():
            held = self._simulator.position(self._symbols[data._name])
            if held != position.size:
                position.set(held, position.price * position.size / held if held else 0.0)

    def _get_value(self, datas: Any = None, lever: bool = False) -> float:
        if datas:
            return float(sum(self.positions[data].size * data.close[0] for data in datas))
        return float(self._value)


def _units(price: float | None, scale: int) -> int:
    return 0 if price is None or not math.isfinite(price) else max(math.floor(price * scale + 0.5), 0)


def _ignored(name: str) -> Any:
    def ignore(self: ExchangeBroker, *args: Any, **kwargs: Any) -> None:
        self.ignored_settings.add(name)

    ignore.__name__ = name
    return ignore


for _name in (
    "set_cash", "setcash", "add_cash", "setcommission", "addcommissioninfo", "set_slippage_perc",
    "set_slippage_fixed", "set_coc", "set_coo", "set_filler", "set_checksubmit", "set_shortcash",
):  # fmt: skip
    setattr(ExchangeBroker, _name, _ignored(_name))
