"""What the routes of futures and of single days give."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel

from quantdesk.core.bars.frame import Interval
from quantdesk.core.futures.continuous import BackAdjustment, RollRule
from quantdesk.core.rules.rows import RuleText
from quantdesk.features.market.schemas import BarSeries


class SessionSpan(BaseModel):
    """A session of the day, times in Shanghai (of coins UTC)."""

    start: str
    """HH:MM; of a night session the evening before the trading day."""
    end: str
    minutes: int


class IntradayDay(BaseModel):
    """One trading day minute by minute, as columns of equal length."""

    date: dt.date
    base: float | None
    """What changes are counted from: the previous close (ex-right), of futures the previous settlement."""
    base_kind: Literal["preclose", "last_close", "settlement"] | None
    """last_close: that of the last bar before the day, where the exchange's is not known."""
    sessions: list[SessionSpan]
    """First to last, a night session first."""
    time: list[dt.datetime]
    """Ends of the bars, UTC."""
    minute: list[int]
    """Traded minutes of the day up to each bar's end: where it stands on an axis without breaks."""
    price: list[float]
    average: list[float | None]
    """Turnover so far / volume so far; None for indices and where turnover is unknown."""
    volume: list[float]
    amount: list[float | None]
    open_interest: list[float | None] | None


class IntradaySeries(BaseModel):
    """The last stored days minute by minute, raw prices."""

    symbol: str
    interval: Interval
    """Of the stored bars: the finest there are."""
    days: list[IntradayDay]
    """Oldest first."""
    source: str
    updated_at: dt.datetime


class FuturesProduct(BaseModel):
    symbol: str
    """Of the main series, e.g. rb.SHFE."""
    product: str
    exchange: str
    name: RuleText
    pinyin: str
    """Initials of the Chinese name."""
    multiplier: int
    price_tick: float
    night: bool
    """True when it trades at night."""
    contracts: int
    """Contracts of which daily bars are stored."""
    main_stored: bool
    """True when bars of a ready-made main series are stored under `symbol`."""
    last_date: dt.date | None
    """Of the newest stored bar."""


class FuturesProductList(BaseModel):
    items: list[FuturesProduct]


class FuturesContractItem(BaseModel):
    """A stored contract with the figures of its last day."""

    symbol: str
    active: bool
    """True when its last bar is as new as the product's newest."""
    main: bool
    """True for the main contract by open interest, of those with bars on the newest day."""
    date: dt.date
    close: float
    change: float | None
    """Fraction against the previous settlement, or the close before where that is not known."""
    volume: float
    open_interest: float | None
    open_interest_change: float | None
    """Contracts, against the day before."""
    settle: float | None
    last_trade_day: dt.date
    last_trade_day_known: bool
    """False where it follows from the product's rule, which a holiday may move."""
    days_left: int
    """Calendar days from `date` to the last trading day; below 0 never."""
    first_date: dt.date
    bars: int


class FuturesContractList(BaseModel):
    product: FuturesProduct
    items: list[FuturesContractItem]
    """By expiry, nearest first."""


class RollItem(BaseModel):
    """A change of the main contract."""

    date: dt.date
    """The first day on the new contract."""
    decided: dt.date
    old: str
    new: str
    old_close: float
    new_close: float
    forced: bool
    """True when the old contract had come to its end."""


class ContinuousSeries(BaseModel):
    """The main series of a product, spliced from its stored contracts."""

    product: str
    rule: RollRule
    back_adjust: BackAdjustment
    bars: BarSeries
    contracts: list[str]
    """The main contract at each point of `bars`."""
    rolls: list[RollItem]
    """All of them up to the last bar, oldest first."""
