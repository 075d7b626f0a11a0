"""What the market routes give."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel

from quantdesk.core.backtest.spec import Adjustment
from quantdesk.core.bars.explain import Verdict
from quantdesk.core.bars.explain_words import Topic
from quantdesk.core.bars.frame import Interval
from quantdesk.core.instruments.actions import ActionKind
from quantdesk.core.rules.describe import RuleStatement
from quantdesk.core.rules.rows import RuleText

InstrumentKind = Literal["stock", "index", "etf", "fund", "future", "crypto"]
Board = Literal["main", "chinext", "star", "bse"]


class Instrument(BaseModel):
    symbol: str
    code: str
    """Without the exchange, e.g. 600519."""
    name: str
    pinyin: str
    """Initials, e.g. gzmt."""
    kind: InstrumentKind
    board: Board | None
    list_date: dt.date | None
    delist_date: dt.date | None
    simulated: bool
    """True for the demo market."""
    price_tick: float
    """Smallest price step, e.g. 0.01."""
    stored: bool
    """True when bars of it are stored here."""


class InstrumentList(BaseModel):
    items: list[Instrument]


class StoredInterval(BaseModel):
    """Bars within the day that are stored."""

    interval: Interval
    first: dt.date
    last: dt.date
    rows: int
    updated_at: dt.datetime


class InstrumentNames(BaseModel):
    names: dict[str, str]
    """By symbol."""


class InstrumentDetail(Instrument):
    last_date: dt.date | None
    """Of the stored daily bars, with the figures of that day."""
    last_close: float | None
    change: float | None
    """Fraction against the exchange's previous close."""
    suspended: bool | None
    is_st: bool | None
    bars: int
    first_date: dt.date | None
    source: str | None
    updated_at: dt.datetime | None
    minutes: list[StoredInterval] = []
    """The stored bars within the day, finest first; left out where many instruments are listed."""


class BarSeries(BaseModel):
    """Bars as columns of equal length, oldest first; None where undefined. At most 5,000 points."""

    symbol: str
    interval: Interval
    adjust: Adjustment
    """`none` for bars within the day whose daily bars, which hold the factors, are not stored."""
    as_of: dt.date | None
    """The day whose prices are real under qfq."""
    time: list[dt.date] | list[dt.datetime]
    """Trading dates; of bars within the day the instants at which they end, UTC."""
    days: list[dt.date] | None
    """Of bars within the day: the trading day each belongs to; a night session's is the day after."""
    open: list[float]
    high: list[float]
    low: list[float]
    close: list[float]
    volume: list[float]
    """Shares."""
    amount: list[float | None]
    """Yuan."""
    change: list[float | None]
    """Fraction against the previous close (ex-right for daily bars, the settlement for those of futures)."""
    suspended: list[bool]
    open_interest: list[float | None] | None
    """Contracts held at the bar's end; None of all but futures."""
    settle: list[float | None] | None
    """The day's settlement price of futures."""
    total: int
    """Bars in the range before thinning."""
    thinned: bool
    """True when bars were merged to stay at 5,000; no high or low is lost."""
    stored_interval: Interval
    """The stored bars these were read from, or made of."""
    source: str
    updated_at: dt.datetime
    """When the stored bars were last written."""


class IndicatorParameter(BaseModel):
    name: str
    kind: Literal["int", "float", "ints"]
    """ints: a list of whole numbers, each with a line of its own."""
    default: float | list[int]
    minimum: float
    maximum: float
    label_zh: str
    label_en: str


class IndicatorInfo(BaseModel):
    key: str
    """MA, EMA, BOLL, MACD, RSI, KDJ, ATR."""
    label_zh: str
    label_en: str
    pane: Literal["overlay", "own"]
    """Over the prices, or in a pane of its own."""
    parameters: list[IndicatorParameter]


class IndicatorCatalogue(BaseModel):
    items: list[IndicatorInfo]


class IndicatorLine(BaseModel):
    name: str
    """As a legend shows it, e.g. MA5, DIF, K."""
    style: Literal["line", "bar"]
    values: list[float | None]


class IndicatorResult(BaseModel):
    key: str
    parameters: dict[str, float | list[int]]
    pane: Literal["overlay", "own"]
    lines: list[IndicatorLine]


class IndicatorSeries(BaseModel):
    """Indicators on the same points as `/stocks/{symbol}/data` with the same query."""

    symbol: str
    time: list[dt.date] | list[dt.datetime]
    indicators: list[IndicatorResult]


class MarketOverview(BaseModel):
    """The last stored day of the indices, and movers of that day."""

    date: dt.date | None
    simulated: bool
    indices: list[InstrumentDetail]
    gainers: list[InstrumentDetail]
    losers: list[InstrumentDetail]
    advancing: int
    declining: int
    unchanged: int
    suspended: int
    stored_symbols: int


class DayLimit(BaseModel):
    """The limit prices of one trading day, in the quote's currency."""

    rule_id: str
    base: str
    """The price they are computed from."""
    base_kind: Literal["preclose", "last_close", "issue_price", "settlement"]
    """last_close: no previous close of the day is known; right unless shares go ex-right that day. settlement: of the
    previous trading day, of futures."""
    up: str
    down: str


class MarketRules(BaseModel):
    """The exchange's rules that hold for an instrument on a day."""

    symbol: str
    date: dt.date
    kind: InstrumentKind
    board: Board | None
    is_st: bool
    list_date: dt.date | None
    limit: DayLimit | None
    """Of the day; None where there is no limit or no price to compute it from."""
    next_limit: DayLimit | None
    """Of the next trading day, from the close of the day; None where that is not known."""
    statements: list[RuleStatement]
    """In words, the price limit first, of futures and coins what is traded; empty for an index, which is not traded."""
    assumptions: list[RuleText]
    """What was taken for granted because it is not known here."""
    rules_version: str


class CorporateActionItem(BaseModel):
    """What one share of a stock got on an ex-date. Amounts are exact decimals, a share, in the quote's currency."""

    ex_date: dt.date
    kinds: list[ActionKind]
    words_zh: str
    """What ten shares get, e.g. 10送3派1.5."""
    words_en: str
    cash: str
    """Before tax."""
    bonus: str
    """New shares out of profit."""
    conversion: str
    """New shares out of the capital reserve."""
    split: str
    """Shares that one becomes; 1 where there is no split."""
    rights: str
    """New shares that may be bought at `rights_price`."""
    rights_price: str | None
    announced: dt.date | None
    record_date: dt.date | None
    pay_date: dt.date | None
    list_date: dt.date | None
    """From when the new shares may be sold."""
    source: str


class CorporateActionList(BaseModel):
    symbol: str
    items: list[CorporateActionItem]
    """Newest first; empty also where none is stored."""


class AdjustedPrices(BaseModel):
    """A day's close on each basis."""

    date: dt.date
    raw: float
    qfq: float
    hfq: float
    additive: float
    """Front-adjusted by amounts; may be negative."""


class AdjustedReturns(BaseModel):
    """From the first day's close to the last day's, as fractions."""

    raw: float
    qfq: float
    hfq: float
    additive: float | None
    """None where the first day's additive price is not above 0."""
    held: float
    """With dividends kept as cash, rights taken up and paid for."""


class AdjustmentEvent(BaseModel):
    """An ex-right day: what the prices say beside what is known of it."""

    date: dt.date
    """The bar that shows it; after a suspension often later than the ex-date."""
    close_before: float
    preclose: float | None
    """The exchange's ex-right previous close; None where the source gives none."""
    step: float
    """The day's factor, close_before / preclose; 1 where no price shows the event."""
    factor_before: float
    factor_after: float
    """Cumulative (hfq)."""
    expected: str | None
    """The ex-right price by the exchange's formula from the known actions, a decimal; None without any."""
    verdict: Verdict
    ex_dates: list[dt.date]
    """Of the known actions."""
    words: RuleText
    """The actions, and whether they explain the previous close."""


class AdjustmentSentence(BaseModel):
    topic: Topic
    words: RuleText


class AdjustmentComparison(BaseModel):
    """The first and the last bar of the range."""

    start: AdjustedPrices
    end: AdjustedPrices
    returns: AdjustedReturns
    events: list[AdjustmentEvent]
    """After the first bar, up to the last, oldest first."""
    sentences: list[AdjustmentSentence]


class AdjustmentSeries(BaseModel):
    """Daily closes on four bases as columns of equal length, oldest first, and why they differ."""

    symbol: str
    as_of: dt.date
    """The bar whose price is real under qfq and additive adjustment."""
    time: list[dt.date]
    raw: list[float]
    qfq: list[float]
    hfq: list[float]
    additive: list[float]
    total: int
    """Bars in the range before thinning."""
    thinned: bool
    """True when bars were left out to stay at max_points; the extremes of each line and the events' days are there."""
    first_date: dt.date
    last_date: dt.date
    """Of all stored bars."""
    compared: AdjustmentComparison | None
    """None when no bar is in the range."""


class BarVersionItem(BaseModel):
    """A bar as one write put it there: raw prices, None where the source did not say."""

    open: float | None
    high: float | None
    low: float | None
    close: float | None
    volume: float | None
    amount: float | None
    preclose: float | None
    suspended: bool
    is_st: bool
    source: str
    parser: str | None
    """What read the source's answer, with its version; null where that is not on record."""
    as_of: dt.date | None
    """The day whose knowledge the source said it gave."""
    fetched_at: dt.datetime
    since: dt.datetime
    """From when it held here."""
    until: dt.datetime | None
    """When another version replaced it, or it was deleted; null for the one that holds."""
    deleted: bool
    """True when it ended by a deletion."""


class BarProvenance(BaseModel):
    symbol: str
    interval: Literal["1d"]
    date: dt.date
    versions: list[BarVersionItem]
    """Newest first; empty where there never was a bar."""
