"""What the child tells the parent while it runs: one JSON object a line."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from quantdesk.core.backtest.result import CodeError, Metrics


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ready(_Message):
    """The first message: locked down, the user's code comes next. Later ones are not believed."""

    kind: Literal["ready"] = "ready"
    memory_mb: float
    """Resident memory that is not the user's: Python, libraries, bars."""


class Progress(_Message):
    kind: Literal["progress"] = "progress"
    done: int
    """Trading days done; of a truncation test, cuts."""
    total: int
    date: dt.date


class Log(_Message):
    kind: Literal["log"] = "log"
    level: Literal["info", "warning"]
    """info: print and self.log; warning: the error stream."""
    text: str


class Equity(_Message):
    """Daily equity since the last message of this kind, yuan; columns of equal length."""

    kind: Literal["equity"] = "equity"
    dates: list[dt.date]
    equity: list[float]


class TrialDone(_Message):
    """One parameter set of a sweep has been run: its metrics, or how its code failed."""

    kind: Literal["trial"] = "trial"
    index: int
    metrics: Metrics | None
    error: CodeError | None


class Done(_Message):
    """The result has been written to the result file."""

    kind: Literal["finished"] = "finished"


class Broken(_Message):
    """The user's code failed."""

    kind: Literal["failed"] = "failed"
    error: CodeError


LiveMessage = Progress | Log | Equity | TrialDone
"""What a watcher of the run gets to see."""

Message = Annotated[Ready | Progress | Log | Equity | TrialDone | Done | Broken, Field(discriminator="kind")]

MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)
