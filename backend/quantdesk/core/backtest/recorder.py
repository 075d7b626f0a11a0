"""What happened in a run, written down while it runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from quantdesk.core.backtest.costs import Fees
from quantdesk.core.backtest.result import OrderStatus, OrderType, RejectionRule, Side

OnDay = Callable[[int, float], None]


@dataclass(slots=True)
class OrderRecord:
    id: int
    symbol: str
    side: Side
    type: OrderType
    quantity: int
    price: float | None
    created: int
    status: OrderStatus = "open"
    filled: int = 0
    amount: float = 0.0
    changed: int | None = None


@dataclass(frozen=True, slots=True)
class FillRecord:
    order_id: int
    symbol: str
    side: Side
    day: int
    quantity: int
    price: float
    amount: Decimal
    fees: Fees
    position: int


@dataclass(frozen=True, slots=True)
class RejectionRecord:
    order_id: int
    symbol: str
    side: Side
    day: int
    quantity: int
    rule: RejectionRule
    numbers: dict[str, str]


@dataclass(slots=True)
class Recorder:
    """Collect orders, fills, rejections and the daily account. Days are proleptic Gregorian ordinals.

    Plain numbers and lists while the run lasts; the records of the report are made once, at the end.
    """

    on_day: OnDay | None = None
    today: int = 0
    orders: list[OrderRecord] = field(default_factory=list)
    fills: list[FillRecord] = field(default_factory=list)
    rejections: list[RejectionRecord] = field(default_factory=list)
    days: list[int] = field(default_factory=list)
    equity: list[float] = field(default_factory=list)
    cash: list[float] = field(default_factory=list)
    default_size_used: bool = False
    ignored_settings: set[str] = field(default_factory=set)
    _by_ref: dict[int, OrderRecord] = field(default_factory=dict)

    def open_order(
        self, ref: int, symbol: str, side: Side, kind: OrderType, quantity: int, price: float | None
    ) -> OrderRecord:
        usable = price if price is not None and math.isfinite(price) else None
        record = OrderRecord(len(self.orders) + 1, symbol, side, kind, quantity, usable, self.today)
        self.orders.append(record)
        self._by_ref[ref] = record
        return record

    def order(self, ref: int) -> OrderRecord | None:
        return self._by_ref.get(ref)

    def fill(
        self, record: OrderRecord, quantity: int, price: float, amount: Decimal, fees: Fees, position: int
    ) -> None:
        record.filled += quantity
        record.amount += quantity * price
        self.fills.append(
            FillRecord(record.id, record.symbol, record.side, self.today, quantity, price, amount, fees, position)
        )

    def change(self, record: OrderRecord, status: OrderStatus) -> None:
        if status != record.status:
            record.status = status
            record.changed = self.today

    def reject(self, record: OrderRecord, quantity: int, rule: RejectionRule, numbers: dict[str, str]) -> None:
        self.rejections.append(
            RejectionRecord(record.id, record.symbol, record.side, self.today, quantity, rule, numbers)
        )

    def close_day(self, equity: float, cash: float) -> None:
        self.days.append(self.today)
        self.equity.append(equity)
        self.cash.append(cash)
        if self.on_day is not None:
            self.on_day(self.today, equity)
