"""What a quick run takes and gives."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from quantdesk.core.backtest.brief import BriefLog, BriefReport
from quantdesk.core.backtest.result import CodeError
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.strategies.project import MOST_CHARACTERS, MOST_FILES, CodeFile
from quantdesk.sandbox.outcome import StopReason

SYMBOLS = 20
QUICK = b"quick"
"""The first line of a connection to the kernels' host that asks for a quick run; a QuickRequest follows."""


class QuickSpec(BacktestSpec):
    """What to run, of few symbols."""

    symbols: Annotated[list[str], Field(min_length=1, max_length=SYMBOLS)]


class QuickRun(BaseModel):
    """Code as it stands in the editor. It is run and forgotten: nothing of it is stored."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(max_length=MOST_CHARACTERS)]
    files: Annotated[list[CodeFile], Field(max_length=MOST_FILES)] = []
    """Those beside the main one."""
    spec: QuickSpec


class QuickRequest(BaseModel):
    """What the API sends to the kernels' host, with the spec checked."""

    owner: str
    code: str
    files: list[CodeFile]
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
