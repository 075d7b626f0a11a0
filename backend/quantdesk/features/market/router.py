"""Routes of instruments, bars and indicators. Anything with a symbol is a `stock` in the paths, indices too."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response, status

from quantdesk.core.backtest.spec import Adjustment
from quantdesk.features.jobs.schemas import Job
from quantdesk.features.market import schemas
from quantdesk.kit.errors import NotFound
from quantdesk.kit.http import (
    COMMON_PROBLEMS,
    ContextDep,
    IdempotencyKey,
    ReadUnit,
    WriteUnit,
    problems,
    require,
)
from quantdesk.kit.principal import Principal

router = APIRouter(tags=["market"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "market:read"))]
Interval = Annotated[Literal["1d", "1w", "1M"], Query()]
NOT_MODIFIED = {304: {"description": "Not changed since the ETag of If-None-Match"}}


@router.get("/stocks/search")
async def search_stocks(
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    q: Annotated[str, Query(max_length=40, description="Code, name or pinyin initials.")] = "",
    kind: Annotated[list[schemas.InstrumentKind] | None, Query()] = None,
    stored: Annotated[bool | None, Query(description="Only those with (or without) stored bars.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> schemas.InstrumentList:
    """Instruments that match, best first."""
    raise NotImplementedError


@router.get("/stocks/{symbol}", responses=problems(NotFound))
async def get_stock(
    symbol: str, principal: Reader, uow: ReadUnit, context: ContextDep
) -> schemas.InstrumentDetail:
    raise NotImplementedError


@router.get("/stocks/{symbol}/data", responses={**problems(NotFound), **NOT_MODIFIED})
async def get_bars(
    symbol: str,
    principal: Reader,
    request: Request,
    response: Response,
    context: ContextDep,
    interval: Interval = "1d",
    adjust: Adjustment = "none",
    start: dt.date | None = None,
    end: dt.date | None = None,
    as_of: Annotated[dt.date | None, Query(description="Anchor of qfq; default: the last bar.")] = None,
    max_points: Annotated[int, Query(ge=10, le=5000)] = 5000,
) -> schemas.BarSeries:
    """Bars as columns, adjusted and thinned as asked. Answers an ETag."""
    raise NotImplementedError


@router.get("/stocks/{symbol}/indicators", responses={**problems(NotFound), **NOT_MODIFIED})
async def get_indicators(
    symbol: str,
    principal: Reader,
    request: Request,
    response: Response,
    context: ContextDep,
    names: Annotated[
        list[str],
        Query(
            min_length=1,
            max_length=10,
            description="E.g. `ma:5,10,20`, `macd:12,26,9`; without parameters: the defaults.",
        ),
    ],
    interval: Interval = "1d",
    adjust: Adjustment = "none",
    start: dt.date | None = None,
    end: dt.date | None = None,
    as_of: dt.date | None = None,
    max_points: Annotated[int, Query(ge=10, le=5000)] = 5000,
) -> schemas.IndicatorSeries:
    """Indicators computed on the whole history, cut to the range, on the points of `/data` with the same query."""
    raise NotImplementedError


@router.post("/stocks/{symbol}/fetch", status_code=status.HTTP_202_ACCEPTED, responses=problems(NotFound))
async def fetch_stock(
    symbol: str,
    principal: Annotated[Principal, Depends(require("trader", "data:write"))],
    uow: WriteUnit,
    context: ContextDep,
    idempotency_key: IdempotencyKey = None,
) -> Job:
    """Fetch the instrument's daily bars from the online sources, as a job."""
    raise NotImplementedError


@router.get("/market/indicators")
async def list_indicators(principal: Reader) -> schemas.IndicatorCatalogue:
    """The indicators there are, with their parameters."""
    raise NotImplementedError


@router.get("/market/overview")
async def market_overview(principal: Reader, uow: ReadUnit, context: ContextDep) -> schemas.MarketOverview:
    raise NotImplementedError
