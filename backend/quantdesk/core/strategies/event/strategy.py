"""The base class of event strategies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from quantdesk.core.bars.frame import FloatArray
from quantdesk.core.strategies.event.bar import Bar
from quantdesk.core.strategies.event.columns import FIELDS
from quantdesk.core.strategies.event.declaring import Declaring
from quantdesk.core.strategies.event.orders import Fill, GoodTill, Order, OrderAt, Position


class Strategy(Declaring):
    """Extend it, declare parameters in the class body and indicators in on_start, and decide in on_bar.

    What is decided at a bar's close is traded from the next bar on, at traded (raw) prices, under the exchange's
    rules. Nothing of the future can be read: bars, lines and history end at the current day.
    """

    # ---- what a strategy may define

    def on_start(self) -> None:
        """Declare indicators and timers; called once, before the first bar."""

    def on_bar(self, bar: Bar) -> None:
        """Decide at the close of a symbol's bar; called each day for each symbol with trading, in their order."""

    def on_day(self) -> None:
        """Decide once a day, after the bars of all symbols."""

    def on_order(self, order: Order) -> None:
        """Hear that an order was filled, in part or in full, refused, cancelled, or has expired."""

    def on_fill(self, fill: Fill) -> None:
        """Hear of a fill; called at the close of its day, before the day's bars."""

    def on_stop(self) -> None:
        """Do what is left to do after the last day; no order is filled any more."""

    def on_kline(self, kline: Bar) -> None:
        """Do as on_bar, under the name that exchange-style strategies use."""

    def on_market_data(self, quote: Bar) -> None:
        """Hear the last price (`quote.price`); in a backtest on daily bars that is each bar's close."""

    def on_order_update(self, order: Order) -> None:
        """Do as on_order, under the name that exchange-style strategies use."""

    # ---- what it can ask

    @property
    def symbols(self) -> list[str]:
        """The symbols that have bars in the backtest's range, in their order."""
        return list(self._desk.symbols)

    @property
    def today(self) -> dt.date:
        """The current trading day."""
        return self._desk.today

    @property
    def cash(self) -> float:
        """Free and bound money, without the value of positions."""
        return self._desk.cash

    @property
    def equity(self) -> float:
        """Cash and positions at their last close."""
        return self._desk.equity

    @property
    def positions(self) -> dict[str, Position]:
        """All positions that are not flat, by symbol."""
        return self._desk.positions

    def position(self, symbol: str) -> Position:
        """Give the position in a symbol: its quantity, False when flat; `.average_price`, `.sellable`."""
        return self._desk.position(symbol)

    def bar(self, symbol: str) -> Bar | None:
        """Give a symbol's newest bar up to today; None before its first."""
        return self._desk.bar(symbol)

    def history(self, symbol: str, field: str = "close", n: int = 1) -> FloatArray:
        """Give the last n values of a field up to now, oldest first, adjusted to the current day; fewer at the start.

        Fields: open, high, low, close, preclose, volume, amount. The array is a copy.
        """
        if field not in FIELDS:
            raise ValueError(f"history has no field {field!r}; use one of {', '.join(FIELDS)}")
        if isinstance(n, bool) or n != int(n) or n < 1:
            raise ValueError(f"history's n is {n!r}; give how many bars, a whole number from 1 on")
        desk = self._desk
        return desk.columns.history(field, desk.number_of(symbol), desk.step, int(n))

    def log(self, text: object) -> None:
        """Print with the date in front."""
        print(f"{self._desk.today} {text}" if self._desk.step >= 0 else text)

    # ---- what it can do

    def buy(
        self,
        symbol: str,
        quantity: float | None = None,
        *,
        limit: float | None = None,
        stop: float | None = None,
        at: OrderAt = "market",
        good_till: GoodTill = "day",
    ) -> Order | None:
        """Send an order to buy. None when the quantity is 0.

        Args:
            symbol: What to buy.
            quantity: Shares, contracts or coins; without it one lot.
            limit: Highest price to pay.
            stop: Wait until the price has risen to it; then at market, or at `limit`.
            at: market, or in the opening or the closing of the next bar.
            good_till: day, or cancelled to try again each day.
        """
        return self._desk.submit(symbol, 1, quantity, limit, stop, at, good_till)

    def sell(
        self,
        symbol: str,
        quantity: float | None = None,
        *,
        limit: float | None = None,
        stop: float | None = None,
        at: OrderAt = "market",
        good_till: GoodTill = "day",
    ) -> Order | None:
        """Send an order to sell; futures may be sold short. Arguments as of `buy`; `stop` is below the price."""
        return self._desk.submit(symbol, -1, quantity, limit, stop, at, good_till)

    def order_target(self, symbol: str, quantity: float, *, good_till: GoodTill = "day") -> Order | None:
        """Order at market what leads to a position; the symbol's open orders are cancelled. None: nothing to do."""
        return self._desk.order_to(symbol, quantity, good_till)

    def order_target_value(self, symbol: str, value: float, *, good_till: GoodTill = "day") -> Order | None:
        """Order towards a position worth `value` at the last close."""
        return self._desk.order_to_value(symbol, value, good_till)

    def order_target_percent(self, symbol: str, weight: float, *, good_till: GoodTill = "day") -> Order | None:
        """Order towards a position worth a share of equity: 0.95 is 95 %."""
        return self._desk.order_to_weight(symbol, weight, good_till)

    def order_target_weights(self, weights: Mapping[str, float]) -> list[Order]:
        """Order towards a whole portfolio: weights of equity by symbol. What is held and not named is sold.

        Sells go first, so that their cash buys the rest.
        """
        return self._desk.order_to_weights(weights)

    def close(self, symbol: str) -> Order | None:
        """Order at market what closes the position."""
        return self._desk.order_to(symbol, 0, "day")

    def long(self, symbol: str, contracts: int) -> Order | None:
        """Be long so many contracts of a future: closes a short position first."""
        return self._desk.order_to(symbol, abs(contracts), "day")

    def short(self, symbol: str, contracts: int) -> Order | None:
        """Be short so many contracts of a future: closes a long position first."""
        return self._desk.order_to(symbol, -abs(contracts), "day")

    def cancel(self, order: Order) -> bool:
        """Cancel an order; say whether it was still active."""
        return self._desk.cancel(order)

    def stop(self) -> None:
        """End the run early: nothing is called after this day but on_stop."""
        self._desk.stopped = True
