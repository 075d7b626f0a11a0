"""The simulated broker behind a strategy: Backtrader's, with the costs, lots and refusals of an A-share account.

What differs from `bt.brokers.BackBroker`, and why:
- quantities are rounded down to the board's lot, below one lot the order is refused;
- nothing can be sold that is not held;
- an order that the cash does not cover is refused alone: Backtrader goes on with the negative remainder and so
  refuses every later order of that day, too;
- a resting order looks at a bar once: with several symbols Backtrader shows it the last bar again on a day
  without trading;
- slippage applies at the open, and never leads outside of the day's range;
- costs and cash come from the backtest's form: a strategy cannot change them.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import backtrader as bt
from backtrader.order import BuyOrder, SellOrder

from quantdesk.core.backtest.costs import fees_of, yuan
from quantdesk.core.backtest.recorder import Recorder
from quantdesk.core.backtest.result import OrderStatus, OrderType, RejectionRule, Side
from quantdesk.core.backtest.spec import BacktestSpec, Costs
from quantdesk.core.instruments.symbol import board_of
from quantdesk.core.rules.book import lot_size, price_tick
from quantdesk.core.rules.lots import Lot

_TYPES: dict[int, OrderType] = {
    bt.Order.Market: "market",
    bt.Order.Close: "close",
    bt.Order.Limit: "limit",
    bt.Order.Stop: "stop",
    bt.Order.StopTrail: "stop",
    bt.Order.StopLimit: "stop_limit",
    bt.Order.StopTrailLimit: "stop_limit",
}
_STATUSES: dict[int, OrderStatus] = {
    bt.Order.Partial: "partial",
    bt.Order.Completed: "filled",
    bt.Order.Canceled: "cancelled",
    bt.Order.Expired: "expired",
    bt.Order.Margin: "rejected",
    bt.Order.Rejected: "rejected",
}
_ONE_SHARE = Lot(minimum=1, step=1)


class StockCosts(bt.CommInfoBase):  # type: ignore[misc]
    """Commission with its minimum, stamp duty and transfer fee as Backtrader's commission scheme."""

    params = (("stocklike", True), ("commtype", bt.CommInfoBase.COMM_PERC))

    def __init__(self, costs: Costs) -> None:
        super().__init__()
        self._costs = costs

    def _getcommission(self, size: float, price: float, pseudoexec: bool) -> float:
        return float(fees_of(self._costs, "buy" if size > 0 else "sell", yuan(abs(size) * price)).total)


class StockBroker(bt.brokers.BackBroker):  # type: ignore[misc]
    """Long-only cash account that writes every order, fill and refusal into a recorder."""

    def __init__(self, spec: BacktestSpec, recorder: Recorder) -> None:
        super().__init__()
        self.p.cash = float(spec.cash)
        self._spec = spec
        self._recorder = recorder
        self._costs = StockCosts(spec.costs)
        self._lots: dict[str, Lot] = {}
        self._bar_seen: dict[int, float] = {}
        slippage = spec.costs.slippage
        self._slippage_ticks = slippage.value if slippage.kind == "ticks" else Decimal(0)
        self.p.slip_perc = float(slippage.value) if slippage.kind == "percent" else 0.0
        self.p.slip_open = True

    def lot(self, symbol: str) -> Lot:
        """Give the lot that quantities of this symbol are rounded to."""
        if symbol not in self._lots:
            self._lots[symbol] = lot_size(board_of(symbol)) if self._spec.whole_lots else _ONE_SHARE
        return self._lots[symbol]

    def getcommissioninfo(self, data: Any) -> StockCosts:
        return self._costs

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
        """Refuse an order for a symbol without a bar yet; `simulated` keeps it from asking for that bar."""
        side: Side = "buy" if order.isbuy() else "sell"
        self._recorder.open_order(order.ref, order.data._name, side, "market", int(abs(order.size)), None)
        return self._refuse(order, "data", {"bars": "0"})

    def submit(self, order: Any, check: bool = True) -> Any:
        asked = abs(order.size)
        if not math.isfinite(asked):
            raise ValueError(f"order size is {asked}: an indicator that has no value yet was used to compute it")
        symbol, data = order.data._name, order.data
        side: Side = "buy" if order.isbuy() else "sell"
        quantity = self._allowed(symbol, side, int(asked), self.positions[data].size)
        price = order.created.price
        kind = _TYPES.get(order.exectype, "market")
        shown = None if kind in ("market", "close") else price
        record = self._recorder.open_order(order.ref, symbol, side, kind, quantity or int(asked), shown)
        if not price > 0.0:
            return self._refuse(order, "price", {"price": str(price)})
        if not quantity:
            lot = self.lot(symbol)
            record.quantity = int(asked)
            return self._refuse(order, "lot", {"asked": str(asked), "minimum": str(lot.minimum)})
        signed = quantity if side == "buy" else -quantity
        order.size = order.created.size = order.executed.remsize = signed
        return super().submit(order, check=check)

    def _allowed(self, symbol: str, side: Side, asked: int, held: int) -> int:
        """Round down to lots; a sell that closes the position may be an odd lot (SSE trading rules 2023, 3.3.8)."""
        if side == "sell" and asked == held:
            return asked
        return self.lot(symbol).round_down(asked)

    def _refuse(self, order: Any, rule: RejectionRule, numbers: dict[str, str]) -> Any:
        record = self._recorder.order(order.ref)
        if record is not None:
            self._recorder.reject(record, record.quantity - record.filled, rule, numbers)
        order.reject(self)
        self.notify(order)
        return order

    def check_submitted(self) -> None:
        cash = self.cash
        positions: dict[Any, Any] = {}
        while self.submitted:
            order = self.submitted.popleft()
            if self._take_children(order) is None:
                continue
            before = positions.get(order.data, self.positions[order.data])
            position = before.clone()
            if order.issell() and position.size < -order.executed.remsize:
                # A stop for shares that an order still to be filled will buy. It brings no cash yet;
                # whether the shares are there is looked at when it is filled.
                self.submit_accept(order)
                continue
            left = self._execute(order, cash=cash, position=position)
            if left < 0.0:
                self._cash_refusal(order, order.executed.remsize, order.created.price, cash)
                order.margin()
                self.notify(order)
                self._ococheck(order)
                self._bracketize(order, cancel=True)
                continue
            cash = left
            positions[order.data] = position
            self.submit_accept(order)

    # Fills

    def _try_exec(self, order: Any) -> None:
        bar = order.data.datetime[0]
        if bar <= self._bar_seen.get(order.ref, order.created.dt):
            return
        self._bar_seen[order.ref] = bar
        if self._slippage_ticks:
            self.p.slip_fixed = float(self._slippage_ticks * price_tick(order.data._name))
        super()._try_exec(order)

    def _execute(
        self,
        order: Any,
        ago: int | None = None,
        price: float | None = None,
        cash: float | None = None,
        position: Any = None,
        dtcoc: float | None = None,
    ) -> Any:
        if ago is None or price is None:
            return super()._execute(order, ago, price, cash, position, dtcoc)
        held, size = self.positions[order.data].size, order.executed.remsize
        if order.issell() and held < -size:
            self._refuse(order, "position", {"asked": str(-size), "held": str(held)})
            self._ococheck(order)
            self._bracketize(order, cancel=True)
            return None
        before, cash_before = len(order.executed.exbits), self.cash
        super()._execute(order, ago, price, cash, position, dtcoc)
        if len(order.executed.exbits) > before:
            self._record_fill(order)
        elif order.status == bt.Order.Margin:
            self._cash_refusal(order, size, price, cash_before)
        return None

    def _record_fill(self, order: Any) -> None:
        record = self._recorder.order(order.ref)
        if record is None:
            return
        bit = order.executed.exbits[-1]
        quantity = abs(int(bit.size))
        amount = yuan(quantity * bit.price)
        fees = fees_of(self._spec.costs, record.side, amount)
        self._recorder.fill(record, quantity, bit.price, amount, fees, int(self.positions[order.data].size))

    def _cash_refusal(self, order: Any, size: int, price: float, cash: float) -> None:
        record = self._recorder.order(order.ref)
        if record is None:
            return
        amount = yuan(size * price)
        needed = amount + fees_of(self._spec.costs, "buy", amount).total
        numbers = {"needed": str(needed), "cash": str(yuan(cash)), "price": f"{price:.4f}"}
        self._recorder.reject(record, size, "cash", numbers)

    def notify(self, order: Any) -> None:
        record = self._recorder.order(order.ref)
        status = _STATUSES.get(order.status)
        if record is not None and status is not None:
            self._recorder.change(record, status)
        super().notify(order)

    # The day

    def next(self) -> None:
        """Fill what can be filled at this bar and close the day's account.

        Backtrader's own loop less what a cash account has no use for: interest, futures, order histories, funds.
        """
        while self._toactivate:
            self._toactivate.popleft().activate()
        self.check_submitted()
        self.pending.append(None)  # marks the end of this round: orders that stay alive queue up behind it
        while (order := self.pending.popleft()) is not None:
            if order.expire():
                self.notify(order)
                self._ococheck(order)
                self._bracketize(order, cancel=True)
            elif not order.active():
                self.pending.append(order)
            else:
                self._try_exec(order)
                if order.alive():
                    self.pending.append(order)
                elif order.status == bt.Order.Completed:
                    self._bracketize(order)
        self._get_value()
        self._recorder.close_day(self._value, self.cash)

    def _get_value(self, datas: Any = None, lever: bool = False) -> float:
        held = datas if datas else [data for data, position in self.positions.items() if position.size]
        value: float = 0.0
        for data in held:
            value += self.positions[data].size * data.close[0]
        if datas:
            return value
        self._value = self._valuelever = self.cash + value
        self._valuemkt = self._valuemktlever = value
        self._leverage = 1.0
        return float(self._value)


def _ignored(name: str) -> Any:
    def ignore(self: StockBroker, *args: Any, **kwargs: Any) -> None:
        self._recorder.ignored_settings.add(name)

    ignore.__name__ = name
    return ignore


for _name in (
    "set_cash", "setcash", "add_cash", "setcommission", "addcommissioninfo", "set_slippage_perc",
    "set_slippage_fixed", "set_coc", "set_coo", "set_filler", "set_checksubmit", "set_shortcash",
):  # fmt: skip
    setattr(StockBroker, _name, _ignored(_name))
