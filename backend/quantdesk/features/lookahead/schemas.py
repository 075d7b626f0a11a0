"""What the routes of the look-ahead check take and give."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.backtest.truncation import Difference, TruncationReport
from quantdesk.core.backtest.words import Words
from quantdesk.core.strategies.future_hints import FutureHint
from quantdesk.features.jobs.schemas import JobError

CheckState = Literal["unchecked", "queued", "running", "clean", "look_ahead", "not_testable", "failed", "cancelled"]
"""cancelled: by the user, or by a newer check of the same strategy."""
SpecOrigin = Literal["given", "last_backtest", "default"]


class CheckCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    spec: BacktestSpec | None = None
    """Default: the strategy's last backtest's, at most three years of it; without one, a few stored symbols."""
    samples: Annotated[int, Field(ge=1, le=50)] = 12
    """Days at which the data is cut."""


class CheckResult(BaseModel):
    """What a worker found; stored as it is."""

    report: TruncationReport | None
    """None: there are no bars to run on."""
    spec: BacktestSpec | None
    """What it ran on."""
    origin: SpecOrigin
    hints: list[FutureHint]


class ToldDifference(Difference):
    """A decision that changes when later data is taken away, in words."""

    words: Words


class LookaheadCheck(BaseModel):
    """The last check of a version for look-ahead."""

    strategy_id: str
    version: int
    state: CheckState
    job_id: str | None
    """Follow `jobs.<job_id>` to hear of its end."""
    spec: BacktestSpec | None
    """What it ran on, once known."""
    origin: SpecOrigin | None
    samples: list[dt.date]
    """Days at which the data was cut."""
    decisions: int
    """Orders that were compared."""
    differences: list[ToldDifference]
    hints: list[FutureHint]
    """Lines of the code that may read the future; only where look-ahead was found."""
    words: Words
    error: JobError | None
    created_at: dt.datetime | None
    finished_at: dt.datetime | None
