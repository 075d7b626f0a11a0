"""What the child tells the parent while it runs: one JSON object a line."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from quantdesk.core.backtest.result import CodeError


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Progress(_Message):
    kind: Literal["progress"] = "progress"
    done: int
    """Trading days done."""
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


class Done(_Message):
    """The result has been written to the result file."""

    kind: Literal["finished"] = "finished"


class Broken(_Message):
    """The user's code failed."""

    kind: Literal["failed"] = "failed"
    error: CodeError


LiveMessage = Progress | Log | Equity
"""What a watcher of the run gets to see."""

Message = Annotated[Progress | Log | Equity | Done | Broken, Field(discriminator="kind")]

MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)
