"""What the strategy routes take and give."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from quantdesk.core.backtest.result import CodeError
from quantdesk.core.strategies.parameters import Parameter

StrategyName = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")]
Code = Annotated[str, Field(max_length=1_000_000)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CodeInspection(BaseModel):
    """What can be said of a strategy's source without running it."""

    class_name: str | None
    """The strategy that would run; None when there is none."""
    classes: list[str]
    parameters: list[Parameter]
    errors: list[CodeError]


class CodeInspect(_In):
    code: Code


class Template(BaseModel):
    id: str
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    code: str


class TemplateList(BaseModel):
    items: list[Template]


class StrategyCreate(_In):
    name: StrategyName
    description: Annotated[str, Field(max_length=2000)] = ""
    code: Code | None = None
    """Either code or a template's id; neither gives an empty strategy skeleton."""
    template: Annotated[str | None, Field(max_length=60)] = None


class StrategyUpdate(_In):
    name: StrategyName | None = None
    description: Annotated[str | None, Field(max_length=2000)] = None


class LastBacktest(BaseModel):
    """The newest backtest of a strategy that has a report."""

    id: str
    total_return: float
    """Fraction."""
    finished_at: dt.datetime


class Strategy(BaseModel):
    id: str
    name: str
    description: str
    version: int
    """The newest version's number."""
    created_at: dt.datetime
    updated_at: dt.datetime
    deleted_at: dt.datetime | None
    last_backtest: LastBacktest | None = None


class StrategyDetail(Strategy):
    code: str
    inspection: CodeInspection


class VersionCreate(_In):
    code: Code
    base_version: Annotated[int, Field(ge=0, le=2_147_483_647)]
    """The version that was edited; when it is no longer the newest the answer is 409 and nothing is saved."""
    message: Annotated[str, Field(max_length=200)] = ""


class Version(BaseModel):
    number: int
    message: str
    sha256: str
    lines: int
    author: str
    created_at: dt.datetime


class VersionDetail(Version):
    code: str
    inspection: CodeInspection


class VersionList(BaseModel):
    items: list[Version]
