"""What the routes of refreshes take and give."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from quantdesk.core.refresh.datasets import INDICES, Part
from quantdesk.core.refresh.plan import Reason
from quantdesk.features.jobs.schemas import Job
from quantdesk.kit.pagination import Page
from quantdesk.ports.datasets import Dataset

ItemState = Literal["pending", "done", "unchanged", "failed", "skipped"]
"""unchanged: the source had nothing that is not stored. skipped: there was nothing to fetch."""
SymbolText = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Scope = Literal["everything", "stocks", "indices", "watchlist"]


class RefreshCreate(BaseModel):
    """What is to be refreshed: what all three fields leave."""

    model_config = ConfigDict(extra="forbid")

    scope: Scope = "everything"
    """everything: all that is stored or followed, and the tables of the whole market. The others: instruments of this
    kind, or on one's watchlists, with what is kept of each."""
    symbols: Annotated[list[SymbolText], Field(min_length=1, max_length=10_000)] | None = None
    """Only these instruments. One that is not stored is fetched whole. Default: all but the simulated ones."""
    datasets: Annotated[list[Dataset], Field(min_length=1, max_length=40)] | None = None
    """Only these datasets. Default: all that are kept fresh."""

    @property
    def is_everything(self) -> bool:
        return self.scope == "everything" and self.symbols is None and self.datasets is None


class PlanItem(BaseModel):
    dataset: Dataset
    key: str
    """The symbol; of a table the index, the day, or `cn` for the whole market."""
    reason: Reason
    start: dt.date | None
    """First day to fetch; null where there is nothing to fetch, or no days are asked for."""
    end: dt.date | None
    last: dt.date | None
    """The last stored day."""
    behind: int
    """Trading days that lack at the end."""


class DatasetPlan(BaseModel):
    """What would be fetched of one dataset."""

    dataset: Dataset
    part: Part
    """The part of the schedule that asks for it."""
    sources: list[str]
    """Who would be asked, in order; nobody: the dataset is left out."""
    items: int
    """Instruments, days or tables in it."""
    fetches: int
    """Those of them to be fetched."""
    requests: int
    """About so many, of the first source or the next."""
    minutes: float
    later: int
    """Items that wait for tomorrow: the day's ceilings of requests leave no room for them."""


class SourceBudget(BaseModel):
    """What would be asked of one source's hosts."""

    source: str
    hosts: list[str]
    used: int
    """Requests of today so far, of the host that had the most."""
    ceiling: int
    """Requests a day to one host."""
    needed: int
    """About so many more."""


class RefreshPlan(BaseModel):
    """What a refresh would do now; nothing is fetched."""

    day: dt.date | None
    """The last trading day that is over; null before there is one."""
    online: bool
    """Whether any source is set up."""
    symbols: int
    """Instruments whose daily bars are kept fresh, or would be."""
    left_out: int
    """Instruments with bars that no kind of source has: funds but ETFs, pairs of coins."""
    fetches: int
    """Items to be fetched, of all datasets: at least as many requests."""
    minutes: float
    """What the pace towards the sources makes of it."""
    reasons: dict[Reason, int]
    """Number of those instruments by why they are fetched, or not."""
    most_behind: int
    """Trading days."""
    calendar_to: dt.date | None
    """How far the published calendar reaches; null: it is not stored, and weekdays count as trading days."""
    datasets: list[DatasetPlan]
    """In the order of fetching."""
    budgets: list[SourceBudget]
    items: Page[PlanItem]
    """Those to be fetched first, then the others; each in the order of fetching."""


class Stopped(BaseModel):
    """Why a refresh, or a dataset of it, stopped early: no source would have answered."""

    source: str
    kind: str
    message: str
    datasets: list[str] = []
    """Those that wait."""


class Counts(BaseModel):
    pending: int = 0
    done: int = 0
    unchanged: int = 0
    failed: int = 0
    skipped: int = 0


class DatasetTally(BaseModel):
    """What has become of one dataset's items."""

    dataset: Dataset
    counts: Counts
    inserted: int
    updated: int
    current: str | None
    """The item that is being fetched."""
    seconds_each: float | None
    """What an item takes of late, while the dataset is being fetched."""
    error_kind: str | None
    error: str | None
    """Why its newest failure failed."""


class Refresh(BaseModel):
    id: str
    job: Job
    part: Part | None
    """The part of the schedule that it is; null: asked for by hand."""
    due: dt.date | None
    """The trading day, or the night's date, whose scheduled refresh it is."""
    day: dt.date
    """Fetched up to this trading day."""
    asked: RefreshCreate | None
    """What was asked for by hand."""
    counts: Counts
    """Over all datasets."""
    inserted: int
    updated: int
    datasets: list[DatasetTally]
    """In the order of fetching."""
    missing: list[str]
    """Datasets that no source has."""
    stopped: Stopped | None
    goes_on_at: dt.datetime | None
    """When it goes on by itself; null: it does not."""
    created_at: dt.datetime


class RefreshItem(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    dataset: Dataset
    key: str
    """The symbol; of a table the index, the day, or `cn` for the whole market."""
    state: ItemState
    reason: Reason
    start: dt.date | None
    end: dt.date | None
    attempts: int
    source: str | None
    """Who answered at last."""
    inserted: int | None
    updated: int | None
    first: dt.date | None
    last: dt.date | None
    error_kind: str | None
    error: str | None
    at: dt.datetime | None


class SchedulePut(BaseModel):
    model_config = ConfigDict(extra="forbid")

    enabled: StrictBool
    at: Annotated[str, StringConstraints(pattern=r"^(15:[345][0-9]|1[6-9]:[0-5][0-9]|2[0-3]:[0-5][0-9])$")] = "17:30"
    """Time of day in Asia/Shanghai, HH:MM, at 15:30 or later: then the day's bars are final."""
    night_at: Annotated[str, StringConstraints(pattern=r"^0[0-8]:[0-5][0-9]$")] = "02:30"
    """That of the nightly part: the calendar, the lists, corporate actions and the companies' tables."""
    indices: Annotated[list[SymbolText], Field(max_length=200)] = list(INDICES)
    """Followed always, stored or not."""


class Schedule(BaseModel):
    enabled: bool
    at: str
    night_at: str
    indices: list[str]
    last_due: dt.date | None
    """The last trading day whose refresh was begun."""
    next_at: dt.datetime | None
    """When the next evening's part begins; null while switched off."""
    last_night: dt.date | None
    next_night_at: dt.datetime | None
