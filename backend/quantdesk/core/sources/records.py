"""The rows of the tables that are kept besides bars: what was known of companies, indices, boards, funds, contracts.

Amounts are yuan and counts shares, ratios fractions (0.12 is 12 %), whatever units a source uses. None is "not said".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Statement = Literal["income", "balance", "cash_flow", "indicators"]
BoardKind = Literal["industry", "concept"]


@dataclass(frozen=True, slots=True)
class TradingDay:
    """A day on which the exchanges trade; the calendar is made of them."""

    day: dt.date


@dataclass(frozen=True, slots=True)
class InstrumentInfo:
    """What a source knows of an instrument."""

    symbol: str
    name: str
    kind: str
    """stock, index, etf, fund, future, crypto."""
    board: str | None
    """main, chinext, star, bse for stocks; None else."""
    list_date: dt.date | None
    delist_date: dt.date | None


@dataclass(frozen=True, slots=True)
class StatementItem:
    """One figure of a financial report, as it was announced: read by announcement day, never by report day."""

    symbol: str
    statement: Statement
    report_date: dt.date
    """The end of the period that is reported on."""
    announced: dt.date
    """The day on which the figure became public; a restated one comes again with a later day."""
    item: str
    """A name of core.sources.items, e.g. `revenue`, `net_profit_parent`, `total_assets`, `roe`."""
    value: float | None
    """Since the beginning of the year for income and cash flow, as companies report them."""


@dataclass(frozen=True, slots=True)
class ValuationDay:
    """What a share was worth at a day's close."""

    symbol: str
    day: dt.date
    close: float | None
    market_value: float | None
    float_value: float | None
    total_shares: float | None
    float_shares: float | None
    pe_ttm: float | None
    """Negative with a loss."""
    pe_static: float | None
    """Over the last full year's profit."""
    pb: float | None
    ps_ttm: float | None
    pcf_ttm: float | None
    peg: float | None


@dataclass(frozen=True, slots=True)
class IndexMember:
    """A share in an index."""

    index: str
    symbol: str
    since: dt.date | None
    """The first day in the index; None where the source does not tell."""
    until: dt.date | None
    """The last day; None while it is in it."""
    weight: float | None
    """Of the index, a fraction; None where the source does not tell."""


@dataclass(frozen=True, slots=True)
class BoardMember:
    """A share on an industry or concept board (行业板块, 概念板块)."""

    kind: BoardKind
    board: str
    """The source's code of the board, e.g. BK0475."""
    name: str
    symbol: str


@dataclass(frozen=True, slots=True)
class LimitUp:
    """A share that closed at, or touched, its upper limit on a day (涨停池)."""

    day: dt.date
    symbol: str
    name: str
    close: float
    sealed_amount: float | None
    """Yuan waiting at the limit at the close (封板资金)."""
    first_sealed: str | None
    """HH:MM:SS in Shanghai."""
    last_sealed: str | None
    breaks: int | None
    """How many times the limit broke open (炸板次数)."""
    streak: int | None
    """Consecutive days at the limit (连板数)."""
    industry: str | None


@dataclass(frozen=True, slots=True)
class FundNav:
    """A fund's net asset value a unit."""

    symbol: str
    day: dt.date
    nav: float
    accumulated: float | None
    """With all dividends that were paid added."""


@dataclass(frozen=True, slots=True)
class FuturesContract:
    """A contract of a futures product."""

    symbol: str
    product: str
    """The product's letters as the exchange writes them: `rb`, `IF`."""
    exchange: str
    multiplier: float | None
    price_tick: float | None
    list_date: dt.date | None
    last_trade_day: dt.date | None
