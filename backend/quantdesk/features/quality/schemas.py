"""What the routes of the data's quality take and give."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from quantdesk.core.bars.frame import Interval
from quantdesk.core.calendar.iso_date import IsoDate
from quantdesk.core.quality.finding import Kind, Severity
from quantdesk.features.jobs.schemas import Job

DatasetName = Literal["stock", "index", "etf", "fund", "future", "crypto", "demo"]
"""By kind of instrument; demo: the simulated market."""
SymbolOrder = Literal["score", "symbol"]
RepairAction = Literal["quarantine", "restore", "refetch"]


class KindCount(BaseModel):
    """How often something was found."""

    kind: Kind
    severity: Severity
    zh: str
    en: str
    count: int


class Dataset(BaseModel):
    """What a check says of one kind of instrument and interval."""

    dataset: DatasetName
    interval: Interval
    symbols: int
    rows: int
    missing: int
    """Bars that should be there."""
    errors: int
    """Bars with at least one error."""
    warnings: int
    """Bars with a warning and no error."""
    score: float
    """0 to 100: 100 - 25 log10(1 + 10,000 x share of bars at fault)."""
    first: dt.date | None
    last: dt.date | None
    counts: list[KindCount]
    """The most frequent first."""


class QualityReport(BaseModel):
    id: str
    job: Job
    created_at: dt.datetime
    finished_at: dt.datetime | None
    datasets: list[Dataset]


class QualityOverview(BaseModel):
    latest: QualityReport | None
    """The newest that has finished."""
    running: Job | None
    """The check that is queued or under way."""
    history: list[QualityReport]
    """The newest first, finished ones only; at most 20."""


class SymbolQuality(BaseModel):
    symbol: str
    name: str | None
    interval: Interval
    dataset: DatasetName
    score: float
    bars: int
    missing: int
    errors: int
    warnings: int
    first: dt.date | None
    last: dt.date | None
    counts: list[KindCount]


class ToldFinding(BaseModel):
    """One thing wrong or odd, with its words."""

    date: dt.date
    at: dt.datetime | None
    kind: Kind
    severity: Severity
    field: str
    value: float | None
    expected: float | str | None
    count: int
    """Bars or days in a row that it speaks of."""
    name_zh: str
    name_en: str
    zh: str
    en: str


class SymbolFindings(BaseModel):
    """A symbol's bars as they are now, checked while you wait."""

    quality: SymbolQuality
    findings: list[ToldFinding]
    truncated: bool
    """True when there are more of a kind than are listed."""
    quarantined: list[QuarantinedBar]


class BarRow(BaseModel):
    time: str
    open: float | None
    high: float | None
    low: float | None
    close: float | None
    preclose: float | None
    volume: float | None
    amount: float | None
    suspended: bool
    is_st: bool


class BarRows(BaseModel):
    symbol: str
    interval: Interval
    rows: list[BarRow]


class QuarantinedBar(BaseModel):
    """A bar that was taken out of the store, with all that is needed to put it back."""

    symbol: str
    date: dt.date
    bar: BarRow
    source: str
    """Of the stored bars it was taken from."""
    reason: str
    username: str
    at: dt.datetime


class CoverageMonths(BaseModel):
    """The share of trading days with a bar, a row a symbol and a column a month."""

    months: list[str]
    """2024-03, increasing."""
    symbols: list[str]
    names: list[str | None]
    shares: list[list[float | None]]
    """0 to 1, one list a symbol; null before the first and after the last bar."""
    next_cursor: str | None = None


class Gap(BaseModel):
    first: dt.date
    last: dt.date
    days: int


class SymbolGaps(BaseModel):
    symbol: str
    first: dt.date
    last: dt.date
    due: int
    """Trading days between the first and the last bar."""
    have: int
    gaps: list[Gap]


class RepairCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    symbol: Annotated[str, Field(min_length=1, max_length=40)]
    dates: Annotated[list[IsoDate], Field(min_length=1, max_length=500)]
    action: RepairAction
    source: Annotated[str | None, Field(max_length=40)] = None
    """Of a refetch; default: the first that can."""
    dry_run: StrictBool = False
    """Say what would change, and change nothing."""
    reason: Annotated[str, Field(max_length=200)] = ""


class BarDifference(BaseModel):
    date: dt.date
    stored: BarRow | None
    """None: no bar of the day is stored."""
    fetched: BarRow | None
    """None: the source has no bar of the day."""
    fields: list[str]
    """Those that differ."""


class Repair(BaseModel):
    action: RepairAction
    symbol: str
    dry_run: bool
    changed: list[dt.date]
    """Days whose bars were, or would be, taken out, put back or replaced."""
    source: str | None = None
    differences: list[BarDifference] = []


SymbolFindings.model_rebuild()
