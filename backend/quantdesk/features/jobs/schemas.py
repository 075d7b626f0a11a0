"""Jobs as the API shows them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel

JobState = Literal["queued", "running", "cancelling", "succeeded", "failed", "cancelled"]
JobKind = Literal[
    "backtest",
    "import",
    "demo",
    "fetch",
    "tables",
    "welcome",
    "optimisation",
    "sweep",
    "truncation",
    "quality",
    "export",
    "refresh",
    "factor",
]
TERMINAL: frozenset[str] = frozenset({"succeeded", "failed", "cancelled"})


class JobProgress(BaseModel):
    done: float
    total: float | None
    """None while unknown."""
    unit: str
    """What is counted: bars, rows, files, stocks."""
    message: str | None = None


class JobError(BaseModel):
    code: str
    message_zh: str
    message_en: str
    detail: dict[str, Any] | None = None
    """E.g. a CodeError of the user's strategy."""


class Job(BaseModel):
    id: str
    parent_id: str | None
    """What this one is a part of: the optimisation's job of a sweep, the strategy of a check for look-ahead."""
    kind: JobKind
    title: str
    state: JobState
    queue: str
    subject_id: str | None
    """The backtest, import … that it works for."""
    progress: JobProgress | None
    error: JobError | None
    attempt: int
    """Starts so far."""
    request_id: str | None
    created_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None


class LogLine(BaseModel):
    at: dt.datetime
    level: Literal["debug", "info", "warning", "error"]
    text: str


class JobLog(BaseModel):
    lines: list[LogLine]
    truncated: bool
    """True when older lines were dropped."""
