"""What a company reports, pays and is worth, as it was known on a day, for the page."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
from decimal import Decimal

import numpy as np

from quantdesk.core.bars.frame import Bars
from quantdesk.core.bars.thin import thin_line
from quantdesk.core.fundamentals import dividends as payments
from quantdesk.core.fundamentals import reports
from quantdesk.core.fundamentals.valuation import Measure, standing
from quantdesk.core.sources.items import ITEMS
from quantdesk.core.sources.records import StatementItem, ValuationDay
from quantdesk.core.sources.tables import Dividend, NameRecord
from quantdesk.core.tables.specs import SPECS, columns, key_of, text_of
from quantdesk.features.datasets import service as datasets
from quantdesk.features.market.fundamentals import schemas
from quantdesk.kit.context import Context
from quantdesk.kit.errors import Invalid
from quantdesk.kit.uow import UnitOfWork

_NOT_SHOWN = ("symbol", "day")


async def fundamentals(
    uow: UnitOfWork, context: Context, symbol: str, view: schemas.ReportView, as_of: dt.date | None, limit: int
) -> schemas.Fundamentals:
    """Give the newest periods' figures that were public by the end of a day."""
    rows: list[StatementItem] = await datasets.rows(uow, context, "statements", symbol)
    known = reports.known_reports(rows, as_of)
    values = reports.cumulative(known) if view == "cumulative" else reports.single_quarters(known)
    growth = reports.growth(values)
    shown = known[-limit:]
    days = [report.report_date for report in shown]
    items = [
        schemas.ReportItem(
            name=item.name,
            statement=item.statement,
            zh=item.zh,
            en=item.en,
            unit=item.unit,
            values=[values[day].get(item.name) for day in days],
            growth=[growth[day].get(item.name) for day in days],
        )
        for item in ITEMS.values()
        if any(values[day].get(item.name) is not None for day in days)
    ]
    return schemas.Fundamentals(
        symbol=symbol,
        view=view,
        as_of=as_of,
        stored=await datasets.partition(uow, "statements", symbol),
        periods=[
            schemas.ReportPeriod(
                report_date=report.report_date,
                announced=report.announced,
                first_announced=report.first_announced,
                restated=list(report.restated),
            )
            for report in shown
        ],
        items=items,
    )


async def figure(
    uow: UnitOfWork, context: Context, symbol: str, item: str, report_date: dt.date
) -> schemas.FigureProvenance:
    """Give what each announcement told of a figure, and the writes that brought it. Raise Invalid for no item."""
    if item not in ITEMS:
        raise Invalid(f"{item[:60]!a} is no item of a report", field="item")
    rows: list[StatementItem] = await datasets.rows(uow, context, "statements", symbol)
    mine = [row for row in rows if row.item == item and row.report_date == report_date]
    versions = [
        schemas.FigureVersion(
            announced=one.row.announced,
            value=one.row.value,
            known_from=one.known_from,
            known_until=one.known_until,
            source=one.source,
            parser=one.parser,
            fetched_at=one.fetched_at,
        )
        for row in sorted(mine, key=lambda row: row.announced, reverse=True)
        for one in await datasets.provenance(uow, context, "statements", symbol, key_of(SPECS["statements"], row))
    ]
    return schemas.FigureProvenance(symbol=symbol, item=item, report_date=report_date, versions=versions)


async def valuation(
    uow: UnitOfWork,
    context: Context,
    symbol: str,
    measure: Measure,
    start: dt.date | None,
    end: dt.date | None,
    as_of: dt.date | None,
    max_points: int,
) -> schemas.Valuation:
    """Give a measure from day to day, thinned to its extremes, with bands over the whole range."""
    rows: list[ValuationDay] = await datasets.rows(uow, context, "valuation", symbol)
    last = min((day for day in (end, as_of) if day is not None), default=dt.date.max)
    rows = [row for row in rows if (start is None or row.day >= start) and row.day <= last]
    found = standing(rows, measure)
    kept = thin_line(found.values, max_points).tolist()
    newest = rows[-1] if rows else None
    figures = [one.name for one in columns(SPECS["valuation"]) if one.name not in _NOT_SHOWN]
    return schemas.Valuation(
        symbol=symbol,
        measure=measure,
        as_of=as_of,
        stored=await datasets.partition(uow, "valuation", symbol),
        date=[found.days[at] for at in kept],
        value=[_number(float(found.values[at])) for at in kept],
        close=[rows[at].close for at in kept],
        bands=[schemas.ValuationBand(percent=percent, value=value) for percent, value in found.bands.items()],
        last=_number(found.last),
        last_date=found.last_day,
        rank=found.rank,
        days_above=found.above,
        days_below=found.below,
        latest={name: getattr(newest, name) for name in figures} if newest else {},
        points=len(rows),
    )


async def dividends(uow: UnitOfWork, context: Context, symbol: str, as_of: dt.date | None) -> schemas.Dividends:
    """Give the plans that were public by the end of a day, and what was paid a year."""
    rows: list[Dividend] = await datasets.rows(uow, context, "dividends", symbol)
    plans = payments.known_plans(rows, as_of)
    keys = {_place(row): text_of(key_of(SPECS["dividends"], row)) for row in rows}
    bars = await asyncio.to_thread(context.bars.read, symbol, "1d") if any(plan.ex_date for plan in plans) else None
    yields = [payments.yield_of(plan, bars) for plan in plans]
    return schemas.Dividends(
        symbol=symbol,
        as_of=as_of,
        stored=await datasets.partition(uow, "dividends", symbol),
        items=[
            schemas.DividendItem(
                report_date=plan.report_date,
                announced=plan.announced,
                progress=plan.progress or None,
                cash=_text(plan.cash),
                bonus=_text(plan.bonus),
                conversion=_text(plan.conversion),
                record_date=plan.record_date,
                ex_date=plan.ex_date,
                yield_at_ex=mine,
                key=keys[_place(plan)],
            )
            for plan, mine in zip(plans, yields, strict=True)
        ],
        years=[
            schemas.DividendYear(year=one.year, cash=_text(one.cash), yield_at_ex=one.yield_, payments=one.payments)
            for one in payments.by_year(plans, yields)
        ],
    )


async def names(uow: UnitOfWork, context: Context, symbol: str, as_of: dt.date | None) -> schemas.Names:
    """Give the names up to a day, and the days on which the stored bars carry the risk warning."""
    rows: list[NameRecord] = await datasets.rows(uow, context, "names", symbol)
    known = [row for row in rows if as_of is None or row.since is None or row.since <= as_of]
    bars = await asyncio.to_thread(context.bars.read, symbol, "1d", None, as_of)
    return schemas.Names(
        symbol=symbol,
        as_of=as_of,
        stored=await datasets.partition(uow, "names", symbol),
        items=[
            schemas.NameItem(name=row.name, since=row.since, is_st=row.is_st, key=text_of(key_of(SPECS["names"], row)))
            for row in known
        ],
        flagged=_flagged(bars),
    )


def _flagged(bars: Bars | None) -> list[schemas.Flagged]:
    """Give the runs of bars with the warning; suspended days carry the last one's flag in their bars."""
    if bars is None or not bars.is_st.any():
        return []
    edges = np.flatnonzero(np.diff(np.concatenate(([0], bars.is_st.astype(np.int8), [0]))))
    days = bars.time.astype("datetime64[D]").tolist()
    return [schemas.Flagged(first=days[begin], last=days[end - 1]) for begin, end in edges.reshape(-1, 2).tolist()]


def _place(plan: Dividend) -> tuple[dt.date, dt.date | None]:
    return plan.report_date, plan.announced


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _text(amount: Decimal) -> str:
    return format(amount.normalize(), "f")
