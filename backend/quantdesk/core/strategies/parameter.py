"""One parameter of a strategy."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from quantdesk.core.backtest.spec import ParamValue

ParameterType = Literal["int", "float", "bool", "str", "other"]


class Parameter(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    type: ParameterType
    default: ParamValue | None
    """None only for type other."""
    minimum: float | None = None
    maximum: float | None = None
    choices: list[ParamValue] | None = None
    help: str | None = None
    line: int
    """1-based line of its declaration."""
