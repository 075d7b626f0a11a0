"""Schemas of a company's figures."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from quantdesk.core.fundamentals.valuation import Measure
from quantdesk.core.sources.items import Unit
from quantdesk.core.sources.records import Statement
from quantdesk.features.datasets.schemas import PartitionInfo

ReportView = Literal["cumulative", "single"]
"""Since the beginning of the year, as companies report; or each quarter by itself."""
CompanyTable = Literal["statements", "valuation", "dividends", "names"]


class TablesFetch(BaseModel):
    """Which of a company's tables to fetch."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tables: Annotated[list[CompanyTable], Field(min_length=1, max_length=4)] | None = None
    """Default: all four."""


class ReportItem(BaseModel):
    """One item over the periods; None where a report does not have it."""

    name: str
    statement: Statement
    zh: str
    en: str
    unit: Unit
    values: list[float | None]
    growth: list[float | None]
    """Over the same period a year before, a fraction; None where that was not above 0, and for ratios."""


class ReportPeriod(BaseModel):
    report_date: dt.date
    announced: dt.date
    """When the newest of its figures became public."""
    first_announced: dt.date
    restated: list[str]
    """Items whose figure was another one before."""


class Fundamentals(BaseModel):
    """Financial reports as they were known on a day."""

    symbol: str
    view: ReportView
    as_of: dt.date | None
    stored: PartitionInfo | None
    """None when none were ever fetched."""
    periods: list[ReportPeriod]
    """Oldest first."""
    items: list[ReportItem]


class FigureVersion(BaseModel):
    """A figure as one announcement told it and one write brought it."""

    announced: dt.date
    value: float | None
    known_from: dt.datetime
    known_until: dt.datetime | None
    source: str
    parser: str
    fetched_at: dt.datetime


class FigureProvenance(BaseModel):
    """Newest announcement first."""

    symbol: str
    item: str
    report_date: dt.date
    versions: list[FigureVersion]


class ValuationBand(BaseModel):
    percent: int
    value: float


class Valuation(BaseModel):
    """A measure of a share's price over days, and where the newest day stands among them."""

    symbol: str
    measure: Measure
    as_of: dt.date | None
    stored: PartitionInfo | None
    date: list[dt.date]
    value: list[float | None]
    """Negative with a loss."""
    close: list[float | None]
    bands: list[ValuationBand]
    """Percentiles over the days of the range with a value above 0; none where these are fewer than 20."""
    last: float | None
    last_date: dt.date | None
    rank: float | None
    """Share of the days above 0 on which the share was not dearer than on the newest day; None for a loss."""
    days_above: int
    days_below: int
    """Days with a loss: they are in the line and not in the bands."""
    latest: dict[str, float | None]
    """All figures of the newest day."""
    points: int
    """Days in the range; more than there are in the columns when those are thinned."""


class DividendItem(BaseModel):
    """A plan to pay; amounts a share."""

    report_date: dt.date
    announced: dt.date | None
    progress: str | None
    """The source's own word; None where it was not known on the day asked for."""
    cash: str
    bonus: str
    conversion: str
    record_date: dt.date | None
    ex_date: dt.date | None
    yield_at_ex: float | None
    """Cash over the last raw close before the ex-date; None without bars of that day."""
    key: list[str]
    """Of the row, for its provenance."""


class DividendYear(BaseModel):
    year: int
    """Of the ex-dates."""
    cash: str
    yield_at_ex: float | None
    payments: int


class Dividends(BaseModel):
    symbol: str
    as_of: dt.date | None
    stored: PartitionInfo | None
    items: list[DividendItem]
    """Newest first."""
    years: list[DividendYear]
    """Oldest first."""


class NameItem(BaseModel):
    name: str
    since: dt.date | None
    """None where the source does not tell."""
    is_st: bool
    key: list[str]


class Flagged(BaseModel):
    """Days on which the stored bars carry the risk warning (ST)."""

    first: dt.date
    last: dt.date


class Names(BaseModel):
    symbol: str
    as_of: dt.date | None
    stored: PartitionInfo | None
    items: list[NameItem]
    """Oldest first."""
    flagged: list[Flagged]
