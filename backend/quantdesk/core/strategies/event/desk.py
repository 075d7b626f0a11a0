"""What a strategy trades through. The backtest's desk is the simulator; another may stand for a real account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Protocol

from quantdesk.core.strategies.event.bar import Bar, Cursor
from quantdesk.core.strategies.event.columns import Columns
from quantdesk.core.strategies.event.orders import GoodTill, Order, OrderAt, Position


class Desk(Protocol):
    """Quantities are shares, contracts or coins; prices are traded (raw) prices; money is in currency."""

    columns: Columns
    cursor: Cursor
    step: int
    """The current day's number; -1 before the first."""
    stopped: bool

    @property
    def symbols(self) -> list[str]: ...
    @property
    def today(self) -> dt.date: ...
    @property
    def cash(self) -> float: ...
    @property
    def equity(self) -> float: ...
    @property
    def positions(self) -> dict[str, Position]: ...
    def position(self, symbol: str) -> Position: ...
    def bar(self, symbol: str) -> Bar | None: ...
    def number_of(self, symbol: str) -> int: ...
    def submit(
        self,
        symbol: str,
        side: int,
        quantity: float | None,
        limit: float | None,
        stop: float | None,
        at: OrderAt,
        good_till: GoodTill,
    ) -> Order | None: ...
    def order_to(self, symbol: str, quantity: float, good_till: GoodTill) -> Order | None: ...
    def order_to_weight(self, symbol: str, weight: float, good_till: GoodTill) -> Order | None: ...
    def order_to_value(self, symbol: str, value: float, good_till: GoodTill) -> Order | None: ...
    def order_to_weights(self, weights: Mapping[str, float]) -> list[Order]: ...
    def cancel(self, order: Order) -> bool: ...
