"""What the routes of the sources take and give."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from quantdesk.core.bars.frame import Interval
from quantdesk.ports.data_source import HostHealth
from quantdesk.ports.datasets import Dataset, SourceName
from quantdesk.ports.errors import SourceKind

Trouble = Literal["ban", "unreachable", "drift", "answer", "limit", "setup"]
"""What a failure is a sign of: the host turned us away; the way to it; its form changed; one answer was wrong;
our own limits; something is missing here."""
SourceState = Literal["ready", "resting", "off"]
OffReason = Literal["offline", "token_missing", "folder_missing", "not_in_order"]

TROUBLES: dict[SourceKind, Trouble] = {
    "unreachable": "unreachable",
    "timeout": "unreachable",
    "rate_limited": "ban",
    "banned": "ban",
    "page": "ban",
    "truncated": "drift",
    "encoding": "drift",
    "changed": "drift",
    "empty": "answer",
    "unknown_symbol": "answer",
    "wrong_symbol": "answer",
    "out_of_order": "answer",
    "units": "answer",
    "invalid": "answer",
    "resting": "limit",
    "ceiling": "limit",
    "unsupported": "setup",
    "not_set_up": "setup",
}


class SourceHealth(BaseModel):
    source: str
    datasets: list[Dataset]
    """What it can be asked for."""
    hosts: list[HostHealth]
    """None for a source on the disk."""


class SourceStanding(BaseModel):
    """A source that there is, set up or not."""

    source: SourceName
    state: SourceState
    """resting: all of its hosts are left alone for now. off: it is not asked."""
    off: OffReason | None
    datasets: list[Dataset]
    hosts: list[HostHealth]
    """None for a source on the disk."""


class DatasetChain(BaseModel):
    dataset: Dataset
    sources: list[str]
    """In the order in which they are asked."""
    chosen: bool
    """True where QD_SOURCES__ORDER says so."""


class SourcesOverview(BaseModel):
    online: bool
    sources: list[SourceStanding]
    chains: list[DatasetChain]
    """Of the datasets that some source has."""
    requests_per_day: int
    """To one host (QD_SOURCES__REQUESTS_PER_DAY)."""
    seconds_between: float
    """Two requests to one host (QD_SOURCES__SECONDS_BETWEEN)."""
    cross_check_share: float
    """Of the symbols of a refresh, a fraction (QD_SOURCES__CROSS_CHECK_SHARE)."""


class SourceEvent(BaseModel):
    """A run of failures of one kind, from the first to the last of it."""

    id: str
    source: str
    dataset: Dataset
    host: str | None
    error_kind: SourceKind
    trouble: Trouble
    message: str
    symbol: str | None
    next_source: str | None
    """That stepped in; null: none could."""
    count: int
    first_at: dt.datetime
    last_at: dt.datetime
    recovered_at: dt.datetime | None
    """When the source gave the dataset again; null: not yet."""


class SourceTest(BaseModel):
    """What one small request to a source came to."""

    source: str
    dataset: Dataset
    symbol: str | None
    ok: bool
    rows: int
    first: dt.date | None
    last: dt.date | None
    milliseconds: int
    """With the wait for our turn."""
    from_cache: bool
    """The answer was one that is kept for the day: the host was not asked."""
    error_kind: SourceKind | None
    message: str | None


class CrossCheckCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    symbol: Annotated[str, Field(min_length=1, max_length=40)]


class CrossCheckResult(BaseModel):
    """One symbol's stored bars held against another source."""

    id: str
    symbol: str
    interval: Interval
    first_source: str
    """Of the stored bars."""
    second_source: str
    first: dt.date
    last: dt.date
    bars: int
    differences: int
    at: dt.datetime


class SourceDifference(BaseModel):
    id: str
    symbol: str
    interval: Interval
    day: dt.date
    field: str
    """A column of the bars, or `missing`."""
    first_source: str
    second_source: str
    first_value: float | None
    """As stored; null: no such bar is."""
    second_value: float | None
    found_at: dt.datetime
    settled_at: dt.datetime | None
    """When a later check of the day no longer saw it."""
