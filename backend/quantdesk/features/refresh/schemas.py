"""What the routes of refreshes take and give."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from quantdesk.core.refresh.plan import Reason
from quantdesk.features.jobs.schemas import Job
from quantdesk.kit.pagination import Page

SymbolState = Literal["pending", "done", "unchanged", "failed", "skipped"]
"""unchanged: the source had nothing that is not stored. skipped: there was nothing to fetch."""
SymbolText = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class RefreshCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    symbols: Annotated[list[SymbolText], Field(min_length=1, max_length=10_000)] | None = None
    """Default: all stored instruments but the simulated ones. One that is not stored is fetched whole."""


class PlanItem(BaseModel):
    symbol: str
    reason: Reason
    start: dt.date | None
    """First day to fetch; null where there is nothing to fetch."""
    end: dt.date | None
    last: dt.date | None
    """The last stored day."""
    behind: int
    """Trading days that lack at the end."""


class RefreshPlan(BaseModel):
    """What a refresh would do now; nothing is fetched."""

    day: dt.date | None
    """The last trading day that is over; null before there is one."""
    online: bool
    """Whether any online source is set up."""
    symbols: int
    fetches: int
    """Symbols to be fetched: at least as many requests."""
    minutes: float
    """What the pace towards the sources makes of it."""
    reasons: dict[Reason, int]
    """Number of symbols by why they are fetched, or not."""
    most_behind: int
    """Trading days."""
    items: Page[PlanItem]
    """Those to be fetched first, then the others; each by symbol."""


class Stopped(BaseModel):
    """Why a refresh stopped early: no source would have answered."""

    source: str
    kind: str
    message: str


class Counts(BaseModel):
    pending: int = 0
    done: int = 0
    unchanged: int = 0
    failed: int = 0
    skipped: int = 0


class Refresh(BaseModel):
    id: str
    job: Job
    due: dt.date | None
    """The day whose scheduled refresh it is; null: asked for by hand."""
    day: dt.date
    """Fetched up to this trading day."""
    symbols: list[str] | None
    """As asked for; null: all that were stored."""
    counts: Counts
    inserted: int
    updated: int
    stopped: Stopped | None
    goes_on_at: dt.datetime | None
    """When it goes on by itself; null: it does not."""
    created_at: dt.datetime


class RefreshSymbol(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    symbol: str
    state: SymbolState
    reason: Reason
    start: dt.date | None
    end: dt.date | None
    attempts: int
    source: str | None
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


class Schedule(BaseModel):
    enabled: bool
    at: str
    last_due: dt.date | None
    """The last trading day whose refresh was begun."""
    next_at: dt.datetime | None
    """When the next one begins; null while switched off."""
