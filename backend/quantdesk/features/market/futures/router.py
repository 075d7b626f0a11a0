"""Routes of futures: products, contracts, main series; and of single days minute by minute, of any instrument."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Response, status
from pydantic import AwareDatetime, BaseModel

from quantdesk.core.bars.frame import Interval
from quantdesk.core.calendar.iso_date import IsoDate
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.futures.continuous import BackAdjustment, RollRule
from quantdesk.features.datasets import service as datasets
from quantdesk.features.market import intraday, series, service
from quantdesk.features.market.errors import BadSymbol, BarsNotStored, NoMainSeries, UnknownProduct
from quantdesk.features.market.futures import products as futures
from quantdesk.features.market.futures import schemas as futures_schemas
from quantdesk.kit.context import Context
from quantdesk.kit.errors import Invalid
from quantdesk.kit.http import COMMON_PROBLEMS, ContextDep, ReadUnit, etag_matches, problems, require
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork

router = APIRouter(tags=["market"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "market:read"))]
Product = Annotated[str, Path(max_length=20, description="rb or rb.SHFE.")]
IfNoneMatch = Annotated[str | None, Header(max_length=200)]
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "Not changed since the ETag of If-None-Match"}}


def continuous_query(
    product: Product,
    rule: Annotated[RollRule, Query(description="What the contracts are compared by.")] = "open_interest",
    adjust: Annotated[
        BackAdjustment, Query(description="Whether the steps of the rolls are taken out of the prices before them.")
    ] = "none",
    interval: Annotated[Interval, Query()] = "1d",
    start: IsoDate | None = None,
    end: IsoDate | None = None,
    as_of: Annotated[IsoDate | None, Query(description="As the series was at this day's close; default: now.")] = None,
    max_points: Annotated[int, Query(ge=10, le=5000)] = 5000,
    known_at: Annotated[
        AwareDatetime | None, Query(description="Of the bars that were stored at this instant; default: now.")
    ] = None,
) -> futures.ContinuousQuery:
    if start is not None and end is not None and end < start:
        raise Invalid(f"end {end} is before start {start}", field="end")
    key = futures.product_named(product)
    query = series.SeriesQuery(key, interval, "none", start, end, as_of, max_points, known_at)
    return futures.ContinuousQuery(key, rule, adjust, query)


@router.get("/futures/products")
async def list_futures_products(principal: Reader, context: ContextDep) -> futures_schemas.FuturesProductList:
    """The products there are, those with stored bars first."""
    return await asyncio.to_thread(futures.products, context.bars)


@router.get("/futures/{product}/contracts", responses=problems(UnknownProduct))
async def list_futures_contracts(
    product: Product, principal: Reader, uow: ReadUnit, context: ContextDep
) -> futures_schemas.FuturesContractList:
    """The stored contracts of a product with the figures of their last day, nearest expiry first."""
    key = futures.product_named(product)
    records = await datasets.rows(uow, context, "futures_contracts", "cn")
    calendar = await _calendar(uow, context)
    return await asyncio.to_thread(futures.contract_list, context.bars, key, records, calendar)


@router.get(
    "/futures/{product}/continuous",
    response_model=futures_schemas.ContinuousSeries,
    responses={**problems(UnknownProduct, BarsNotStored, NoMainSeries), **NOT_MODIFIED},
)
async def get_continuous(
    principal: Reader,
    query: Annotated[futures.ContinuousQuery, Depends(continuous_query)],
    context: ContextDep,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The main series, spliced from the stored contracts, with its rolls. Answers an ETag."""

    def answer() -> Response:
        contracts = futures.contracts_of(context.bars, query.product)
        etag = query.etag(context.bars, contracts)
        if etag_matches(if_none_match, etag):
            return _not_modified(etag)
        return _json(futures.continuous_series(context.bars, contracts, query), etag)

    return await asyncio.to_thread(answer)


@router.get(
    "/stocks/{symbol}/intraday",
    response_model=futures_schemas.IntradaySeries,
    responses={**problems(BarsNotStored, BadSymbol), **NOT_MODIFIED},
)
async def get_intraday(
    symbol: Annotated[str, Path(max_length=40, description="Any common spelling: 600519.SH, sh600519, 600519 …")],
    principal: Reader,
    context: ContextDep,
    days: Annotated[int, Query(ge=1, le=10, description="Stored trading days.")] = 1,
    date: Annotated[IsoDate | None, Query(description="The last of them; default: the newest.")] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Single days minute by minute: price, average and volume, with the day's sessions. Answers an ETag."""
    name = service.canonical(symbol)

    def answer() -> Response:
        coverage = intraday.finest_coverage(context.bars, name)
        daily = context.bars.coverage(name, "1d")
        text = f"{coverage.etag}\n{daily.etag if daily else ''}\n{days}\n{date}"
        etag = f'"{sha256(text.encode()).hexdigest()[:32]}"'
        if etag_matches(if_none_match, etag):
            return _not_modified(etag)
        return _json(intraday.intraday_series(context.bars, coverage, days, date), etag)

    return await asyncio.to_thread(answer)


async def _calendar(uow: UnitOfWork, context: Context) -> TradingCalendar | None:
    """Give the stored trading calendar; None where none is stored."""
    rows = await datasets.rows(uow, context, "calendar", "cn")
    return TradingCalendar.from_dates([row.day for row in rows]) if rows else None


def _json(model: BaseModel, etag: str) -> Response:
    # Straight from the model: a second validation by the framework would double the time of a long series.
    return Response(
        model.model_dump_json(),
        media_type="application/json",
        headers={"ETag": etag, "Cache-Control": "private, no-cache"},
    )


def _not_modified(etag: str) -> Response:
    return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag})
