"""What the routes of a market day give. Changes are fractions, amounts yuan."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel

from quantdesk.features.market.schemas import Board

Figure = float | None
MarketName = Literal["cn", "demo"]
BoardChoice = Literal["industry", "concept"]


class IndexCard(BaseModel):
    symbol: str
    name: str
    close: float
    change: Figure
    amount: Figure
    closes: list[float]
    """Up to the day, at most 60, oldest first."""


class MarketBreadth(BaseModel):
    advancing: int
    declining: int
    unchanged: int
    suspended: int
    missing: int
    """Shares whose stored bars end shortly before the day: not counted, perhaps not refreshed."""
    limit_up: int
    """Closed at the upper limit, by the rulebook."""
    limit_down: int
    broken: int
    """Traded at the upper limit and closed below it."""


class ChangeBin(BaseModel):
    """Shares whose change is between the two; the edge away from 0 is in. Low and high 0: no change."""

    low: Figure
    high: Figure
    count: int


class AboveAverage(BaseModel):
    days: int
    above: int
    """Shares whose close is above the average of so many closes (qfq)."""
    of: int
    """Shares that have as many."""


class YearExtremes(BaseModel):
    highs: int
    lows: int
    of: int
    """Shares with bars of 52 weeks."""


class MarketHistory(BaseModel):
    """The last 60 trading days as columns, oldest first."""

    date: list[dt.date]
    advancing: list[int]
    declining: list[int]
    limit_up: list[int]
    limit_down: list[int]
    amount: list[float]


class MarketShare(BaseModel):
    symbol: str
    name: str
    board: Board | None
    close: float
    change: Figure
    amount: Figure


class LimitUpShare(MarketShare):
    streak: int
    """Days in a row at the upper limit."""
    industry: str | None
    first_sealed: str | None
    """Time of day in Shanghai; None where the limit-up pool is not stored."""
    breaks: int | None
    """Times that the limit broke open; likewise."""
    sealed_amount: Figure


class LadderRung(BaseModel):
    streak: int
    count: int
    shares: list[LimitUpShare]
    """The most traded first; at most 60."""


class LimitUpSummary(BaseModel):
    rungs: list[LadderRung]
    """The longest streaks first."""
    day_after: Figure
    """Mean change of the shares that closed at the upper limit the day before."""
    pool_stored: bool
    """Whether times and breaks come from the stored limit-up pool; all else is computed from bars."""


class Movers(BaseModel):
    gainers: list[MarketShare]
    losers: list[MarketShare]
    active: list[MarketShare]
    """By amount."""


class MarketDay(BaseModel):
    """The market on a stored day."""

    market: MarketName
    markets: list[MarketName]
    """That have stored shares."""
    date: dt.date
    previous: dt.date | None
    """The stored trading days around it."""
    next: dt.date | None
    first: dt.date
    last: dt.date
    shares: int
    """With bars of the day."""
    updated_at: dt.datetime
    """When bars of any of them were last written."""
    indices: list[IndexCard]
    breadth: MarketBreadth
    histogram: list[ChangeBin]
    above: list[AboveAverage]
    extremes: YearExtremes
    history: MarketHistory
    limit_up: LimitUpSummary
    movers: Movers


class HeatShare(BaseModel):
    symbol: str
    name: str
    change: float
    amount: float


class HeatBoard(BaseModel):
    code: str
    name: str
    change: float
    """Mean of its shares' changes, weighted by amount."""
    amount: float
    advancing: int
    declining: int
    count: int
    """Shares that traded."""
    shares: list[HeatShare]
    """The most traded; all of them where one board is asked for."""


class HeatMap(BaseModel):
    """Industries or concepts on a day: area by amount, colour by change."""

    market: MarketName
    date: dt.date
    kind: BoardChoice
    boards: list[HeatBoard]
    """The most traded first; empty where no boards are stored."""
    unassigned: int
    """Shares that traded and are on no board."""
    source: str | None
    boards_as_of: dt.datetime | None
    """When the boards were last asked for; they are those of that day, not of `date`."""
