"""Routes of instruments, bars and indicators. Anything with a symbol is a `stock` in the paths, indices too."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Response, status
from pydantic import AwareDatetime, BaseModel

from quantdesk.core.backtest.spec import Adjustment
from quantdesk.core.bars.frame import Interval
from quantdesk.core.calendar.iso_date import IsoDate
from quantdesk.features.jobs.schemas import Job
from quantdesk.features.market import (
    adjustment,
    corporate_actions,
    day_schemas,
    fetching,
    market_days,
    overview,
    provenance,
    rules,
    schemas,
    series,
    service,
)
from quantdesk.features.market.errors import (
    BadIndicator,
    BadSymbol,
    BarsNotStored,
    BoardNotFound,
    MarketDayNotStored,
    NotFetchable,
    SourcesOffline,
    UnknownSymbol,
)
from quantdesk.kit.errors import Invalid
from quantdesk.kit.http import (
    COMMON_PROBLEMS,
    ContextDep,
    IdempotencyKey,
    ReadUnit,
    WriteUnit,
    etag_matches,
    problems,
    require,
)
from quantdesk.kit.principal import Principal

router = APIRouter(tags=["market"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "market:read"))]
Symbol = Annotated[str, Path(max_length=40, description="Any common spelling: 600519.SH, sh600519, 600519 …")]
IfNoneMatch = Annotated[str | None, Header(max_length=200)]
MarketDate = Annotated[
    IsoDate | None,
    Query(description="A day without trading stands for the one before; default: the newest stored day."),
]
MarketChoice = Annotated[
    day_schemas.MarketName | None,
    Query(description="Default: cn, or demo while hardly any real shares are stored."),
]
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "Not changed since the ETag of If-None-Match"}}


def series_query(
    symbol: Symbol,
    interval: Annotated[Interval, Query(description="Made of finer bars where it is not stored itself.")] = "1d",
    adjust: Annotated[Adjustment, Query()] = "none",
    start: IsoDate | None = None,
    end: IsoDate | None = None,
    as_of: Annotated[IsoDate | None, Query(description="Anchor of qfq; default: the last bar.")] = None,
    max_points: Annotated[int, Query(ge=10, le=5000)] = 5000,
    known_at: Annotated[
        AwareDatetime | None, Query(description="Give the bars that were stored at this instant; default: now.")
    ] = None,
) -> series.SeriesQuery:
    if start is not None and end is not None and end < start:
        raise Invalid(f"end {end} is before start {start}", field="end")
    return series.SeriesQuery(service.canonical(symbol), interval, adjust, start, end, as_of, max_points, known_at)


SeriesQueryDep = Annotated[series.SeriesQuery, Depends(series_query)]


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
    """Instruments that match, best first; without `q` those with stored bars."""
    return schemas.InstrumentList(items=await service.search(uow, context, q, kinds=kind, stored=stored, limit=limit))


@router.get("/stocks/names")
async def find_names(
    principal: Reader,
    uow: ReadUnit,
    symbol: Annotated[list[str], Query(min_length=1, max_length=100, description="Canonical symbols.")],
) -> schemas.InstrumentNames:
    """The names of those of the symbols that are known."""
    return schemas.InstrumentNames(names=await service.names(uow, symbol))


@router.get("/stocks/{symbol}", responses=problems(UnknownSymbol, BadSymbol))
async def get_stock(symbol: Symbol, principal: Reader, uow: ReadUnit, context: ContextDep) -> schemas.InstrumentDetail:
    """An instrument with the figures of its last stored day."""
    return await service.get_detail(uow, context, symbol)


@router.get(
    "/stocks/{symbol}/data",
    response_model=schemas.BarSeries,
    responses={**problems(BarsNotStored, BadSymbol), **NOT_MODIFIED},
)
async def get_bars(
    query: SeriesQueryDep, principal: Reader, context: ContextDep, if_none_match: IfNoneMatch = None
) -> Response:
    """Bars as columns, adjusted and thinned as asked. Answers an ETag."""

    def answer() -> Response:
        coverages = query.coverages(context.bars)
        etag = query.etag(coverages)
        if etag_matches(if_none_match, etag):
            return _not_modified(etag)
        return _json(series.bar_series(context.bars, coverages[0], query), etag)

    return await asyncio.to_thread(answer)


@router.get(
    "/stocks/{symbol}/indicators",
    response_model=schemas.IndicatorSeries,
    responses={**problems(BarsNotStored, BadSymbol, BadIndicator), **NOT_MODIFIED},
)
async def get_indicators(
    query: SeriesQueryDep,
    principal: Reader,
    context: ContextDep,
    names: Annotated[
        list[str],
        Query(
            min_length=1,
            max_length=10,
            description="E.g. `MA:5,10,20`, `MACD:12,26,9`; without parameters: the defaults.",
        ),
    ],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Indicators computed on the whole history, cut to the range, on the points of `/data` with the same query."""

    def answer() -> Response:
        coverages = query.coverages(context.bars)
        etag = query.etag(coverages, *names)
        if etag_matches(if_none_match, etag):
            return _not_modified(etag)
        return _json(series.indicator_series(context.bars, coverages[0], query, names), etag)

    return await asyncio.to_thread(answer)


@router.get("/stocks/{symbol}/provenance", responses=problems(BadSymbol))
async def get_provenance(
    symbol: Symbol,
    principal: Reader,
    context: ContextDep,
    date: IsoDate,
    interval: Annotated[Literal["1d"], Query()] = "1d",
) -> schemas.BarProvenance:
    """Where a day's bar comes from: the version that holds, and those it replaced."""
    name = service.canonical(symbol)
    return await asyncio.to_thread(provenance.provenance, context.bars, name, interval, date)


@router.get("/stocks/{symbol}/actions", responses=problems(BadSymbol))
async def list_corporate_actions(symbol: Symbol, principal: Reader, uow: ReadUnit) -> schemas.CorporateActionList:
    """The dividends, bonus shares, conversions, rights issues and splits that are stored, newest first."""
    name = service.canonical(symbol)
    return schemas.CorporateActionList(symbol=name, items=await corporate_actions.list_actions(uow, name))


@router.get(
    "/stocks/{symbol}/adjustment",
    response_model=schemas.AdjustmentSeries,
    responses={**problems(BarsNotStored, BadSymbol), **NOT_MODIFIED},
)
async def explain_adjustment(
    symbol: Symbol,
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    start: IsoDate | None = None,
    end: IsoDate | None = None,
    as_of: Annotated[IsoDate | None, Query(description="Anchor of qfq and additive; default: the last bar.")] = None,
    max_points: Annotated[int, Query(ge=200, le=5000)] = 5000,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Raw, qfq, hfq and additive closes side by side, the ex-right events between two days, and why they differ."""
    if start is not None and end is not None and end < start:
        raise Invalid(f"end {end} is before start {start}", field="end")
    query = adjustment.AdjustmentQuery(service.canonical(symbol), start, end, as_of, max_points)
    actions = (await service.actions_of(uow, [query.symbol])).get(query.symbol, [])

    def answer() -> Response:
        coverage = series.coverage_of(context.bars, query.symbol)
        etag = query.etag(coverage, actions)
        if etag_matches(if_none_match, etag):
            return _not_modified(etag)
        return _json(adjustment.adjustment_series(context.bars, query, actions), etag)

    return await asyncio.to_thread(answer)


@router.post(
    "/stocks/{symbol}/fetch",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(SourcesOffline, NotFetchable, BadSymbol),
)
async def fetch_stock(
    symbol: Symbol,
    principal: Annotated[Principal, Depends(require("trader", "data:write"))],
    uow: WriteUnit,
    context: ContextDep,
    interval: Annotated[fetching.FetchInterval, Query()] = "1d",
    idempotency_key: IdempotencyKey = None,
) -> Job:
    """Fetch the instrument's bars from the online sources, as a job."""
    return await fetching.submit(uow, context, principal, service.canonical(symbol), idempotency_key, interval)


@router.get("/market/indicators")
async def list_indicators(principal: Reader) -> schemas.IndicatorCatalogue:
    """The indicators there are, with their parameters."""
    return series.catalogue()


@router.get("/market/rules", responses=problems(UnknownSymbol))
async def market_rules(
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    symbol: Annotated[str, Query(max_length=40, description="Any common spelling; nothing of it need be stored.")],
    date: Annotated[IsoDate | None, Query(description="Default: the last stored day, else today.")] = None,
) -> schemas.MarketRules:
    """The exchange's rules that hold for an instrument on a day, in words, with sources and limit prices."""
    return await rules.market_rules(uow, context, symbol, date)


@router.get("/market/overview")
async def market_overview(principal: Reader, uow: ReadUnit, context: ContextDep) -> schemas.MarketOverview:
    """The indices, the movers and the breadth of the last stored day."""
    return await overview.market_overview(uow, context)


@router.get(
    "/market/day",
    response_model=day_schemas.MarketDay | None,
    responses={**problems(MarketDayNotStored), **NOT_MODIFIED},
)
async def get_market_day(
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    date: MarketDate = None,
    market: MarketChoice = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Indices, breadth, limits, streaks, turnover and movers of a stored day; null where none is. Answers an ETag."""
    answer = await market_days.day_answer(uow, context, market, date)
    return await _answered(answer, if_none_match)


@router.get(
    "/market/heatmap",
    response_model=day_schemas.HeatMap,
    responses={**problems(MarketDayNotStored, BoardNotFound), **NOT_MODIFIED},
)
async def get_heat_map(
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    date: MarketDate = None,
    market: MarketChoice = None,
    kind: Annotated[day_schemas.BoardChoice, Query()] = "industry",
    board: Annotated[str | None, Query(max_length=40, description="Code of one board, for all of its shares.")] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Industries or concepts of a stored day with their shares. Answers an ETag."""
    answer = await market_days.heat_answer(uow, context, market, date, kind, board)
    return await _answered(answer, if_none_match)


async def _answered(answer: market_days.Answer, if_none_match: str | None) -> Response:
    etag, text = answer
    if etag_matches(if_none_match, etag):
        return _not_modified(etag)
    return _body(await asyncio.to_thread(text), etag)


def _json(model: BaseModel, etag: str) -> Response:
    # Straight from the model: a second validation by the framework would double the time of a long series.
    return _body(model.model_dump_json(), etag)


def _body(text: str, etag: str) -> Response:
    return Response(
        text,
        media_type="application/json",
        headers={"ETag": etag, "Cache-Control": "private, no-cache"},
    )


def _not_modified(etag: str) -> Response:
    return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag})
