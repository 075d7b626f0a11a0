"""The desk of a backtest: a strategy's orders go to the simulator, which is advanced only when it matters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np

from quantdesk.core.backtest.decode import Decoder
from quantdesk.core.backtest.event_mirror import Mirror
from quantdesk.core.backtest.exchange import money
from quantdesk.core.backtest.stage import Stage
from quantdesk.core.execution import layout as c
from quantdesk.core.execution.derivative_rates import step_of
from quantdesk.core.execution.layout import Market
from quantdesk.core.execution.simulator import Simulator
from quantdesk.core.strategies.event.bar import Bar, Cursor
from quantdesk.core.strategies.event.columns import Columns
from quantdesk.core.strategies.event.orders import (
    GoodTill,
    Order,
    OrderAt,
    OrderState,
    Position,
    Refusal,
)

_KINDS = {"market": c.MARKET, "open": c.AT_OPEN, "close": c.AT_CLOSE}
_TYPES = ("market", "limit", "stop", "stop_limit", "open", "close")
_VALIDITY = {"day": c.DAY, "cancelled": c.UNTIL_CANCELLED}
_STATUSES: tuple[Any, ...] = ("open", "partial", "filled", "cancelled", "expired", "rejected")


class _Shown:
    """The stage as the columns want it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.market: Market = stage.exchange.market
        self.symbols = stage.exchange.symbols
        self.adjustment = stage.spec.adjustment

    @property
    def days(self) -> list[dt.date]:
        return self._stage.days

    @property
    def factor(self) -> Any:
        return self._stage.factor

    @property
    def amount(self) -> Any:
        return self._stage.amount


class SimulatedDesk:
    """See `quantdesk.core.strategies.event.desk.Desk`.

    The account is looked at lazily: between two orders nothing but equity changes while no order is active, no
    corporate action touches a holding and no future is held, so the simulator need not run.
    """

    def __init__(self, stage: Stage) -> None:
        market = stage.exchange.market
        self.stage = stage
        self.columns = Columns(_Shown(stage))
        self.simulator = Simulator(market, money(stage.spec.cash))
        self.cursor = Cursor()
        self.step = -1
        self._done = -1
        self.stopped = False
        self.bars = [Bar(self.columns, s) for s in range(len(stage.exchange.symbols))]
        self.units: list[float] = [float(step_of(row)) if row[c.I_KIND] == c.COIN else 1.0 for row in market.instrument]
        """Coins: how much one quantity unit of the simulator is; 1 for shares and contracts."""
        self.scales: list[int] = market.instrument[:, c.I_SCALE].tolist()
        self.mirror = Mirror(self)
        self._decoder: Decoder | None = None

    @property
    def symbols(self) -> list[str]:
        return self.stage.exchange.symbols

    @property
    def today(self) -> dt.date:
        return self.stage.days[max(self.step, 0)]

    @property
    def cash(self) -> float:
        return self.simulator.cash / c.UNIT

    @property
    def equity(self) -> float:
        if self.step < 0:
            return self.cash
        self.catch_up()
        return self.simulator.equity() / c.UNIT

    @property
    def positions(self) -> dict[str, Position]:
        return {symbol: position for symbol, position in self.mirror.positions.items() if position}

    def position(self, symbol: str) -> Position:
        found: Position = self.mirror.positions[symbol]
        return found

    def bar(self, symbol: str) -> Bar | None:
        number = self.number_of(symbol)
        row = self.columns.last(number, self.step)
        if row < self.columns.first[number]:
            return None
        bar = self.bars[number]
        bar._at = row
        return bar

    def number_of(self, symbol: str) -> int:
        try:
            return self.columns.number[symbol]
        except KeyError:
            raise unknown_symbol(self.stage, symbol) from None

    def catch_up(self) -> None:
        """Run the market up to the current day."""
        if self._done < self.step:
            self.simulator.advance(self.step)
            self._done = self.step

    # ---- orders

    def submit(
        self,
        symbol: str,
        side: int,
        quantity: float | None,
        limit: float | None,
        stop: float | None,
        at: OrderAt,
        good_till: GoodTill,
    ) -> Order | None:
        number = self._ready(symbol)
        if at not in _KINDS:
            raise ValueError(f"at is {at!r}; give one of {', '.join(_KINDS)}")
        kind = _KINDS[at]
        if limit is not None or stop is not None:
            if kind != c.MARKET:
                raise ValueError(f"an order at the {at} takes no limit or stop price; leave at, or the price, away")
            kind = c.LIMIT if stop is None else c.STOP if limit is None else c.STOP_LIMIT
        units = self._lot(number) if quantity is None else self._units(symbol, number, quantity)
        if units < 0:
            raise ValueError(f"{symbol}: quantity {quantity} must not be negative; the other side is sell or buy")
        if units == 0:
            return None
        limit_units, stop_units = self._price(number, "limit", limit), self._price(number, "stop", stop)
        order = self.simulator.submit(number, side, kind, units, limit_units, stop_units, _validity(good_till))
        return self.mirror.after_orders(order)

    def order_to(self, symbol: str, quantity: float, good_till: GoodTill) -> Order | None:
        number = self._ready(symbol)
        order = self.simulator.order_to(number, self._units(symbol, number, quantity), _validity(good_till))
        return self.mirror.after_orders(order)

    def order_to_weight(self, symbol: str, weight: float, good_till: GoodTill) -> Order | None:
        number = self._ready(symbol)
        wished = _finite(symbol, "weight", weight)
        return self.mirror.after_orders(self.simulator.order_to_weight(number, wished, _validity(good_till)))

    def order_to_value(self, symbol: str, value: float, good_till: GoodTill) -> Order | None:
        self._ready(symbol)
        equity = self.simulator.equity() / c.UNIT
        wished = _finite(symbol, "value", value)
        return self.order_to_weight(symbol, wished / equity if equity > 0 else 0.0, good_till)

    def order_to_weights(self, weights: Mapping[str, float]) -> list[Order]:
        wished = np.full(len(self.symbols), np.nan)
        for symbol, position in self.mirror.positions.items():
            if position:
                wished[self.columns.number[symbol]] = 0.0
        for symbol, weight in weights.items():
            wished[self._ready(symbol)] = _finite(symbol, "weight", weight)
        self.catch_up()
        before = self.simulator.order_count
        self.simulator.order_to_weights(wished)
        self.mirror.after_orders(-1)
        return [self.mirror.handle(number) for number in range(before, self.simulator.order_count)]

    def cancel(self, order: Order) -> bool:
        if not isinstance(order, Order):
            raise TypeError(f"cancel needs the order that buy or sell gave, not {order!r}")
        self._ready(order.symbol)
        done = self.simulator.cancel(order.id - 1)
        self.mirror.after_orders(-1)
        return done

    # ---- what handles look up

    def order_state(self, number: int) -> OrderState:
        row = self.simulator.state.orders[number].tolist()
        symbol, filled, asked = row[c.O_SYMBOL], row[c.O_FILLED], row[c.O_ASKED]
        status = _STATUSES[row[c.O_STATUS]]
        unit = self.units[symbol]
        average = None
        if filled:
            num, den = self.stage.exchange.market.instrument[symbol, [c.I_NUM, c.I_DEN]].tolist()
            average = row[c.O_AMOUNT] * den / num / filled / self.scales[symbol]
        return OrderState(
            status="partial" if status == "filled" and filled < asked else status,
            quantity=asked * unit if unit != 1.0 else asked,
            filled=filled * unit if unit != 1.0 else filled,
            average_price=average,
            active=row[c.O_CLOSED] < 0,
        )

    def refusal(self, number: int) -> Refusal | None:
        state = self.simulator.state
        rows = state.refusals[: state.account[c.A_REFUSALS]]
        own = np.flatnonzero(rows[:, c.X_ORDER] == number)
        if not len(own):
            return None
        if self._decoder is None or self._decoder.state is not state:
            self._decoder = Decoder(self.stage.exchange, state)
        found = self._decoder.rejection(rows[own[-1]].tolist())
        return Refusal(found.rule, found.message_zh, found.message_en)

    def bought_today(self, symbol: str) -> float:
        number = self.number_of(symbol)
        market, row = self.stage.exchange.market, self.simulator.state.position[number]
        step = max(self.step, 0)
        settled = market.rates[step, market.instrument[number, c.I_GROUP], c.G_SETTLEMENT] == 0
        if settled or not market.settings[c.S_SETTLEMENT] or row[c.P_DAY] != market.day[step]:
            return 0
        unit = self.units[number]
        return int(row[c.P_TODAY]) * unit if unit != 1.0 else int(row[c.P_TODAY])

    def _ready(self, symbol: str) -> int:
        number = self.number_of(symbol)
        if self.step < 0:
            raise RuntimeError("orders can be sent from the first bar on, not in on_start")
        self.catch_up()
        return number

    def _lot(self, number: int) -> int:
        market = self.stage.exchange.market
        return max(int(market.rates[self.step, market.instrument[number, c.I_GROUP], c.G_LOT]), 1)

    def _units(self, symbol: str, number: int, quantity: float) -> int:
        unit = self.units[number]
        if unit != 1.0:
            return int(_finite(symbol, "quantity", quantity) / unit + (1e-9 if quantity >= 0 else -1e-9))
        if type(quantity) is int:
            return quantity
        whole = int(_finite(symbol, "quantity", quantity))
        if whole != quantity:
            raise ValueError(f"{symbol}: quantity {quantity} is no whole number; round it, e.g. int({quantity})")
        return whole

    def _price(self, number: int, name: str, value: float | None) -> int:
        if value is None:
            return 0
        price = _finite(self.symbols[number], name, value)
        if price <= 0:
            raise ValueError(f"{self.symbols[number]}: {name} {value} must be a price above 0")
        return max(round(price * self.scales[number]), 1)


def unknown_symbol(stage: Stage, symbol: object) -> ValueError:
    """Make the error for a symbol that is not in the backtest."""
    if symbol in stage.without_bars:
        return ValueError(f"{symbol} has no bars in the backtest's range; self.symbols lists those that have")
    names = ", ".join(stage.exchange.symbols[:5]) + (" …" if len(stage.exchange.symbols) > 5 else "")
    return ValueError(f"{symbol!r} is not in this backtest; its symbols are {names}")


def _validity(good_till: GoodTill) -> int:
    if good_till not in _VALIDITY:
        raise ValueError(f"good_till is {good_till!r}; give one of {', '.join(_VALIDITY)}")
    return _VALIDITY[good_till]


def _finite(symbol: str, name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{symbol}: {name} must be a number, not {value!r}") from None
    if not abs(number) < float("inf"):
        raise ValueError(
            f"{symbol}: {name} is {number}: an indicator has no value on the first bars; check line.ready first"
        )
    return number
