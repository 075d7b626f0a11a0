"""Routes of a company's figures. With `as_of` each tells no more than was public by the end of that day."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status

from quantdesk.core.calendar.iso_date import IsoDate
from quantdesk.core.fundamentals.valuation import Measure
from quantdesk.features.jobs.schemas import Job
from quantdesk.features.market import service
from quantdesk.features.market.errors import BadSymbol, NotFetchable, SourcesOffline
from quantdesk.features.market.fundamentals import fetching, schemas, views
from quantdesk.kit.errors import Invalid
from quantdesk.kit.http import COMMON_PROBLEMS, ContextDep, IdempotencyKey, ReadUnit, WriteUnit, problems, require
from quantdesk.kit.idempotency import IdempotencyKeyReused
from quantdesk.kit.principal import Principal

router = APIRouter(prefix="/stocks", tags=["market"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "market:read"))]
Writer = Annotated[Principal, Depends(require("trader", "data:write"))]
Symbol = Annotated[str, Path(max_length=40, description="Any common spelling: 600519.SH, sh600519, 600519 …")]
AsOf = Annotated[
    IsoDate | None, Query(description="Tell only what was public by the end of this day; default: all that is known.")
]


@router.get("/{symbol}/fundamentals", responses=problems(BadSymbol))
async def get_fundamentals(
    symbol: Symbol,
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    view: Annotated[schemas.ReportView, Query(description="Since the year's beginning, or quarters alone.")] = (
        "cumulative"
    ),
    as_of: AsOf = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Of periods, the newest.")] = 40,
) -> schemas.Fundamentals:
    """Figures of the financial reports by period, with the days on which they were announced."""
    return await views.fundamentals(uow, context, service.canonical(symbol), view, as_of, limit)


@router.get("/{symbol}/fundamentals/provenance", responses=problems(BadSymbol))
async def get_figure_provenance(
    symbol: Symbol,
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    item: Annotated[str, Query(max_length=60)],
    report_date: IsoDate,
) -> schemas.FigureProvenance:
    """What each announcement told of a figure, from which source it came and since when it is known here."""
    return await views.figure(uow, context, service.canonical(symbol), item, report_date)


@router.get("/{symbol}/valuation", responses=problems(BadSymbol))
async def get_valuation(
    symbol: Symbol,
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    measure: Annotated[Measure, Query()] = "pe_ttm",
    start: IsoDate | None = None,
    end: IsoDate | None = None,
    as_of: AsOf = None,
    max_points: Annotated[int, Query(ge=10, le=5000)] = 5000,
) -> schemas.Valuation:
    """A multiple of the share's price over days, its percentiles over the range, and where the newest day stands."""
    if start is not None and end is not None and end < start:
        raise Invalid(f"end {end} is before start {start}", field="end")
    name = service.canonical(symbol)
    return await views.valuation(uow, context, name, measure, start, end, as_of, max_points)


@router.get("/{symbol}/dividends", responses=problems(BadSymbol))
async def list_dividends(
    symbol: Symbol, principal: Reader, uow: ReadUnit, context: ContextDep, as_of: AsOf = None
) -> schemas.Dividends:
    """Plans to pay a dividend, how far each has come and what it yielded, newest first."""
    return await views.dividends(uow, context, service.canonical(symbol), as_of)


@router.get("/{symbol}/names", responses=problems(BadSymbol))
async def list_names(
    symbol: Symbol, principal: Reader, uow: ReadUnit, context: ContextDep, as_of: AsOf = None
) -> schemas.Names:
    """The names that the instrument has had, and when it carried the risk warning, oldest first."""
    return await views.names(uow, context, service.canonical(symbol), as_of)


@router.post(
    "/{symbol}/tables",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(SourcesOffline, NotFetchable, BadSymbol, IdempotencyKeyReused),
)
async def fetch_company_tables(
    symbol: Symbol,
    body: schemas.TablesFetch,
    principal: Writer,
    uow: WriteUnit,
    context: ContextDep,
    idempotency_key: IdempotencyKey = None,
) -> Job:
    """Fetch a company's reports, valuation, dividends and names from the online sources, as a job."""
    return await fetching.submit(uow, context, principal, service.canonical(symbol), body.tables, idempotency_key)
