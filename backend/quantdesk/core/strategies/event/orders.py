"""What a strategy holds in its hands of the account: orders, fills, positions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal, Protocol

OrderAt = Literal["market", "open", "close"]
"""market: when the backtest's fill mode says; open and close: in the opening or closing of the next bar."""
GoodTill = Literal["day", "cancelled"]
"""day: the exchange's rule, what is left lapses at the close; cancelled: again each day until cancelled."""
OrderStatus = Literal["open", "partial", "filled", "cancelled", "expired", "rejected"]


@dataclass(frozen=True, slots=True)
class OrderState:
    """What has become of an order so far."""

    status: OrderStatus
    quantity: float
    filled: float
    average_price: float | None
    active: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order was refused or cut."""

    rule: str
    message_zh: str
    message_en: str


class OrderBook(Protocol):
    """Where an order's handle looks up what has become of it."""

    def order_state(self, number: int) -> OrderState: ...
    def refusal(self, number: int) -> Refusal | None: ...


class Order:
    """An order; what it says of itself is always up to date."""

    __slots__ = ("_book", "_number", "created", "id", "limit", "side", "stop", "symbol", "type")

    def __init__(
        self,
        book: OrderBook,
        number: int,
        symbol: str,
        side: Literal["buy", "sell"],
        type: str,
        limit: float | None,
        stop: float | None,
        created: dt.date,
    ) -> None:
        self._book, self._number = book, number
        self.id = number + 1
        """As in the report."""
        self.symbol, self.side, self.type = symbol, side, type
        self.limit, self.stop = limit, stop
        self.created = created

    @property
    def status(self) -> OrderStatus:
        return self._book.order_state(self._number).status

    @property
    def quantity(self) -> float:
        """Asked for."""
        return self._book.order_state(self._number).quantity

    @property
    def filled(self) -> float:
        return self._book.order_state(self._number).filled

    @property
    def average_price(self) -> float | None:
        """Of what was filled; None before."""
        return self._book.order_state(self._number).average_price

    @property
    def active(self) -> bool:
        """Whether more of it may be filled."""
        return self._book.order_state(self._number).active

    @property
    def rule(self) -> str | None:
        """Id of the rule that refused or cut it last: cash, limit_up, t_plus_1, volume …; None when none did."""
        found = self._book.refusal(self._number)
        return None if found is None else found.rule

    @property
    def reason(self) -> str | None:
        """Why it was refused or cut, in Chinese; None when it was not."""
        found = self._book.refusal(self._number)
        return None if found is None else found.message_zh

    @property
    def reason_en(self) -> str | None:
        """The same in English."""
        found = self._book.refusal(self._number)
        return None if found is None else found.message_en

    def __repr__(self) -> str:
        state = self._book.order_state(self._number)
        return (
            f"Order({self.id} {self.side} {self.symbol} {self.type} {state.filled:g}/{state.quantity:g} {state.status})"
        )


@dataclass(frozen=True, slots=True)
class Fill:
    """A part of an order that was filled."""

    order: Order
    symbol: str
    side: Literal["buy", "sell"]
    date: dt.date
    quantity: float
    price: float
    """As traded, slippage included."""
    amount: float
    """Turnover in currency."""
    costs: float
    """Commission, duties and taxes in currency."""
    position: float
    """Held after it."""


class Account(Protocol):
    """Where a position looks up what may be sold today."""

    def bought_today(self, symbol: str) -> float: ...


class _Position:
    symbol: str
    average_price: float
    """Paid for a unit on average, without costs, less dividends received; 0 when flat. Of a traded, not of an
    adjusted price. A short position's is what it was sold for."""
    _account: Account

    @property
    def quantity(self) -> float:
        return +self  # type: ignore[operator,no-any-return]

    @property
    def sellable(self) -> float:
        """What may be sold today: not what was bought today, where T+1 holds."""
        return max(self.quantity - self._account.bought_today(self.symbol), 0)


class Position(_Position, int):
    """A position as of when it was asked for. It is its quantity: negative for a short one, False when flat."""

    def __repr__(self) -> str:
        return f"Position({self.symbol} {int(self)} @ {self.average_price:g})"


class CoinPosition(_Position, float):
    """A position in a coin: a quantity with decimals."""

    def __repr__(self) -> str:
        return f"Position({self.symbol} {float(self):g} @ {self.average_price:g})"


def position_of(account: Account, symbol: str, quantity: float, average_price: float, *, coin: bool) -> Any:
    """Make a position."""
    made: Position | CoinPosition = CoinPosition(quantity) if coin else Position(int(quantity))
    made._account, made.symbol, made.average_price = account, symbol, average_price
    return made
