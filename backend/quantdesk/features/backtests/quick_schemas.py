"""What a quick run takes and gives."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from quantdesk.core.backtest.brief import BriefLog, BriefReport
from quantdesk.core.backtest.result import CodeError
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.sandbox.outcome import StopReason

SYMBOLS = 20
CODE_CHARS = 1_000_000
QUICK = b"quick"
"""The first line of a connection to the kernels' host that asks for a quick run; a QuickRequest follows."""


class QuickSpec(BacktestSpec):
    """What to run, of few symbols."""

    symbols: Annotated[list[str], Field(min_length=1, max_length=SYMBOLS)]


class QuickFile(BaseModel):
    """Another file of the strategy, as the editor holds it."""

    model_config = ConfigDict(extra="forbid")

    path: Annotated[str, Field(min_length=1, max_length=200)]
    text: Annotated[str, Field(max_length=CODE_CHARS)]


class QuickRun(BaseModel):
    """Code as it stands in the editor. It is run and forgotten: nothing of it is stored."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(max_length=CODE_CHARS)]
    files: Annotated[list[QuickFile], Field(max_length=100)] = []
    spec: QuickSpec


class QuickRequest(BaseModel):
    """What the API sends to the kernels' host, with the spec checked."""

    owner: str
    code: str
    files: list[QuickFile]
    spec: BacktestSpec


class QuickFailed(BaseModel):
    """The code is wrong or raised."""

    status: Literal["failed"] = "failed"
    error: CodeError
    logs: list[BriefLog]
    seconds: dict[str, float]


class QuickStopped(BaseModel):
    """The run was ended: it took too much, a newer one took its place, or it broke down."""

    status: Literal["stopped"] = "stopped"
    reason: StopReason
    message_zh: str
    message_en: str
    logs: list[BriefLog]
    seconds: dict[str, float]


AnyQuickReport = Annotated[BriefReport | QuickFailed | QuickStopped, Field(discriminator="status")]


class QuickReport(RootModel[AnyQuickReport]):
    """A report, or why there is none; switch on `status`."""
