"""Small results put together by hand, for what is computed from a finished run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from quantdesk.core.backtest.result import BacktestResult, CorporateActionRecord, Fill, Order, Series
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.metrics.drawdown import drawdown_series
from quantdesk.core.metrics.report import metrics_of
from quantdesk.core.metrics.round_trips import round_trips


def made_fill(
    symbol: str, side: Any, date: dt.date, quantity: int, price: str, *, order_id: int = 1, **changes: Any
) -> Fill:
    """Give a fill with a commission of 5 yuan and nothing else, unless said otherwise."""
    values: dict[str, Any] = {
        "order_id": order_id,
        "symbol": symbol,
        "side": side,
        "date": date,
        "quantity": quantity,
        "price": Decimal(price),
        "amount": Decimal(price) * quantity,
        "commission": Decimal("5.00"),
        "stamp_duty": Decimal("0.00"),
        "transfer_fee": Decimal("0.00"),
        "position": 0,
    }
    return Fill.model_validate(values | changes)


def made_order(id: int, symbol: str, side: Any, created: dt.date, quantity: int, **changes: Any) -> Order:
    """Give a filled market order."""
    values: dict[str, Any] = {
        "id": id,
        "symbol": symbol,
        "side": side,
        "type": "market",
        "quantity": quantity,
        "filled": quantity,
        "price": None,
        "average_price": Decimal("10"),
        "status": "filled",
        "created": created,
        "closed": created,
    }
    return Order.model_validate(values | changes)


def made_report(
    dates: Sequence[dt.date],
    equity: Sequence[float],
    cash: Sequence[float],
    *,
    fills: Sequence[Fill] = (),
    orders: Sequence[Order] = (),
    actions: Sequence[CorporateActionRecord] = (),
    benchmark: Sequence[float] | None = None,
    spec: dict[str, Any] | None = None,
    **changes: Any,
) -> BacktestResult:
    """Give the report of an event strategy with these series and records; its metrics are computed from them."""
    settings: dict[str, Any] = {
        "symbols": list(dict.fromkeys(fill.symbol for fill in fills)) or ["600519.SH"],
        "start": dates[0],
        "end": dates[-1],
        "cash": Decimal(str(round(equity[0], 2))),
    }
    made = BacktestSpec.model_validate(settings | (spec or {}))
    values = np.array(equity, dtype=np.float64)
    trips = round_trips(fills, dates, {fill.symbol: fill.price for fill in fills}, actions)
    result = BacktestResult(
        engine="event",
        spec=made,
        metrics=metrics_of(
            dates=dates,
            equity=values,
            cash=np.array(cash, dtype=np.float64),
            benchmark=None if benchmark is None else np.array(benchmark, dtype=np.float64),
            starting_cash=float(made.cash),
            fills=fills,
            trips=trips,
        ),
        series=Series(
            date=list(dates),
            equity=list(equity),
            cash=list(cash),
            benchmark=None if benchmark is None else list(benchmark),
            drawdown=drawdown_series(values).tolist(),
        ),
        orders=list(orders),
        fills=list(fills),
        rejections=[],
        round_trips=trips,
        actions=list(actions),
        assumptions=[],
        code_sha256="c0de",
        data_sha256="da7a",
        versions={"python": "3.11", "numpy": "2.4"},
    )
    return result.model_copy(update=changes)
