"""What the backtest routes take and give. The report itself is core's BacktestResult."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from quantdesk.core.backtest.result import Metrics
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.features.jobs.schemas import Job


class BacktestCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    strategy_id: Annotated[str, Field(min_length=1, max_length=26)]
    version: Annotated[int | None, Field(ge=1, le=2_147_483_647)] = None
    """Default: the newest."""
    name: Annotated[str, Field(max_length=120)] = ""
    """Default: the strategy's name and the symbols."""
    spec: BacktestSpec


class BacktestUpdate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=120)]


class Backtest(BaseModel):
    id: str
    name: str
    strategy_id: str
    strategy_name: str
    version: int
    spec: BacktestSpec
    job: Job
    metrics: Metrics | None
    """Once succeeded."""
    sparkline: list[float] | None
    """Equity, thinned to at most 60 points, once succeeded."""
    created_at: dt.datetime
