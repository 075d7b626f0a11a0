"""What a backtest gives: the one result schema of API, command line and frontend."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from quantdesk.core.backtest.analysis import Analysis
from quantdesk.core.backtest.badge import BadgeItem
from quantdesk.core.backtest.spec import BacktestSpec


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Model = TypeVar("_Model", bound=_Part)
_FIELDS: dict[type[_Part], set[str]] = {}


def made(model: type[_Model], values: dict[str, Any]) -> _Model:
    """Make a record from all its fields, which the caller makes right: without validation, ten times as quick."""
    record = model.__new__(model)
    fields = _FIELDS.get(model)
    if fields is None:
        fields = _FIELDS[model] = set(model.model_fields)
    fill_in = object.__setattr__
    fill_in(record, "__dict__", values)
    fill_in(record, "__pydantic_fields_set__", fields)  # one set for all: nothing adds to it, records are frozen
    fill_in(record, "__pydantic_extra__", None)
    fill_in(record, "__pydantic_private__", None)
    return record


Side = Literal["buy", "sell"]
OrderType = Literal["market", "limit", "stop", "stop_limit", "open", "close"]
OrderStatus = Literal["filled", "partial", "cancelled", "expired", "rejected", "open"]
EngineKind = Literal["event", "vector", "backtrader"]
RejectionRule = Literal[
    "lot", "cash", "position", "price", "data",
    "t_plus_1", "limit_up", "limit_down", "outside_limits", "suspended", "not_listed", "delisted", "volume",
    "not_reached", "margin", "minimum",
]  # fmt: skip
"""What an order was refused or cut by. price: no price above zero. data: the strategy asked what cannot be traded.
not_reached: the market never came to a limit or stop price (told when the order lapses). margin: a future's margin.
minimum: a smallest order value, e.g. of a crypto exchange."""
ActionKind = Literal[
    "dividend", "bonus", "conversion", "split", "rights_issue", "rights_lapsed", "ex_right", "delisted", "margin_call"
]


class Metrics(_Part):
    """Figures of one run. Ratios are fractions (0.12 is 12 %); None where undefined (too few days, no loss …).

    Returns are daily simple returns of equity; a year has 252 trading days; the risk-free rate is 0.
    """

    total_return: float
    annual_return: float | None
    """(1 + total)^(252 / days) - 1."""
    volatility: float | None
    """Standard deviation (n-1) of daily returns x sqrt(252)."""
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown: float
    """Zero or negative."""
    max_drawdown_start: dt.date | None
    """The peak's day."""
    max_drawdown_end: dt.date | None
    """The trough's day."""
    max_drawdown_recovered: dt.date | None
    """First day at or above the peak again; None while under water."""
    alpha: float | None
    """Annualised, against the benchmark (CAPM regression of daily returns)."""
    beta: float | None
    information_ratio: float | None
    benchmark_return: float | None
    excess_return: float | None
    """total_return - benchmark_return."""
    win_rate: float | None
    """Share of closed round trips with a positive net profit."""
    profit_factor: float | None
    """Net profit of winners / net loss of losers."""
    round_trips: int
    average_holding_days: float | None
    """Trading days, closed round trips."""
    turnover: float | None
    """Annualised: min(bought, sold) turnover / average equity x 252 / days."""
    exposure: float
    """Mean over days of position value / equity."""
    total_costs: Decimal
    """Yuan: commission + stamp duty + transfer fee + dividend tax. Slippage is in the fill prices."""
    final_equity: Decimal
    days: int
    """Trading days with an equity value."""


class Series(_Part):
    """Daily series as columns of equal length, oldest first."""

    date: list[dt.date]
    equity: list[float]
    cash: list[float]
    benchmark: list[float | None] | None
    """The benchmark scaled to the starting cash; None when no benchmark was asked for."""
    drawdown: list[float]
    """Fraction below the running peak, zero or negative."""


class Order(_Part):
    """One order as the strategy sent it and what became of it."""

    id: int
    symbol: str
    side: Side
    type: OrderType
    quantity: int
    """Shares asked, after rounding to whole lots."""
    filled: int
    price: Decimal | None
    """The limit or stop price, if any."""
    average_price: Decimal | None
    status: OrderStatus
    created: dt.date
    closed: dt.date | None
    """Day of the last change; None while open."""


class Fill(_Part):
    order_id: int
    symbol: str
    side: Side
    date: dt.date
    quantity: int
    price: Decimal
    amount: Decimal
    """Quantity x price, yuan."""
    commission: Decimal
    stamp_duty: Decimal
    transfer_fee: Decimal
    position: int
    """Shares held after this fill."""
    slippage: Decimal = Decimal("0.00")
    """Yuan that the price is worse than the reference price of the fill; already in the price."""
    dividend_tax: Decimal = Decimal("0.00")
    """Yuan, of the shares that this fill sold."""


class CorporateActionRecord(_Part):
    """What a corporate action, a delisting or a margin call did to the account."""

    symbol: str
    date: dt.date
    kind: ActionKind
    quantity: int
    """Shares that came (went, where negative)."""
    cash: Decimal
    """Yuan that came (went, where negative), before tax."""
    position: int
    """Shares held afterwards."""
    message_zh: str
    message_en: str


class Rejection(_Part):
    """An order, or part of one, that was refused."""

    order_id: int | None
    symbol: str
    side: Side
    date: dt.date
    quantity: int
    """Shares refused."""
    rule: RejectionRule
    allowed: int = 0
    """Shares that the rule left of what was wanted; 0 where all was refused."""
    price: Decimal | None = None
    """The price at which the order would have been filled."""
    limit: Decimal | None = None
    """The price limit, or the order's own limit or stop price, where the rule compares one."""
    rulebook: str | None = None
    """Id of the rulebook's row, e.g. limit.main.10; GET /api/v1/market/rules gives its source."""
    numbers: dict[str, str]
    """The figures the rule compared, as decimal strings: e.g. {"needed": "180000.00", "cash": "9312.40"}."""
    message_zh: str
    message_en: str


class RoundTrip(_Part):
    """An entry with its exit: from flat to flat, first in first out. The last one may be open."""

    symbol: str
    entry_date: dt.date
    exit_date: dt.date | None
    """None while open; profit is then at the last close."""
    quantity: int
    """Largest holding in between."""
    entry_price: Decimal
    """Average of the entries."""
    exit_price: Decimal
    """Average of the exits, or the last close."""
    profit: Decimal
    """Net of all costs, yuan."""
    return_pct: float
    """Fraction of the money put in."""
    costs: Decimal
    holding_days: int
    """Trading days."""


class Assumption(_Part):
    """Something a reader of the report must know about how it was made."""

    code: str
    message_zh: str
    message_en: str


class Capsule(_Part):
    """What determines the numbers of a run: equal capsules, equal results."""

    code_sha256: str
    data_sha256: str
    """Of the bars and corporate actions that were used."""
    rules_version: str
    """Of the rulebook."""
    versions: dict[str, str]
    """Of the libraries."""
    seed: int
    result_sha256: str
    """Of the series, orders, fills, rejections and actions, in canonical JSON."""


class BacktestResult(_Part):
    schema_version: Literal[1, 2] = 2
    engine: EngineKind = "backtrader"
    spec: BacktestSpec
    metrics: Metrics
    series: Series
    orders: list[Order]
    fills: list[Fill]
    rejections: list[Rejection]
    round_trips: list[RoundTrip]
    actions: list[CorporateActionRecord] = Field(default_factory=list)
    assumptions: list[Assumption]
    code_sha256: str
    """Of the strategy's source, UTF-8."""
    data_sha256: str
    """Of the bars that were used, in the order of the symbols."""
    versions: dict[str, str]
    """Of quantdesk, python, numpy, pandas and backtrader."""
    capsule: Capsule | None = None
    """None in reports of schema version 1."""
    analysis: Analysis | None = None
    """None in reports of schema version 1."""
    badge: list[BadgeItem] = Field(default_factory=list)
    """What may make the figures too good, warnings first."""


class CodeError(_Part):
    """An error in the user's code, in the terms of their file."""

    type: str
    """The exception's class, e.g. ZeroDivisionError."""
    message: str
    line: int | None
    """1-based line in the strategy's source; None when it happened outside of it."""
    file: str | None = None
    """The path of the file that the line is in; None: the main one."""
    source_line: str | None
    traceback: list[str]
    """Frames of the user's file only, then the exception; oldest first."""
    hint_zh: str | None = None
    hint_en: str | None = None
