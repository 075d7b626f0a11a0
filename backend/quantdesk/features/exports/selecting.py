"""Which symbols a request comes to, and whether its choices go together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from quantdesk.core.instruments.symbol import is_simulated
from quantdesk.core.qlib_folder.layout import ALL
from quantdesk.features.exports.engine.plan import Extent, Plan, extent_of, stored_interval
from quantdesk.features.exports.errors import BadExport, NothingToExport
from quantdesk.features.exports.schemas import ExportCreate
from quantdesk.features.market import service as market
from quantdesk.features.market.errors import BarsNotStored
from quantdesk.kit.context import Context
from quantdesk.kit.uow import UnitOfWork


def check(request: ExportCreate) -> None:
    """Raise BadExport for choices that do not go together."""
    if request.start and request.end and request.start > request.end:
        raise BadExport(f"start {request.start} is after end {request.end}", field="start")
    if request.symbols and (request.kinds or request.query.strip() or request.simulated is not None):
        raise BadExport("give symbols, or what they must match, not both", field="symbols")
    if request.as_of is not None and request.adjustment != "qfq":
        raise BadExport("as_of is the day of forward adjustment; choose adjustment qfq, or leave it out", field="as_of")
    if len(set(request.columns)) < len(request.columns):
        raise BadExport("a column is listed twice", field="columns")
    if request.groups and request.format != "qlib":
        raise BadExport("groups are files of a qlib folder; choose format qlib, or leave them out", field="groups")
    if ALL in request.groups:
        raise BadExport(f"the group {ALL} holds all exported symbols and is always there", field="groups")
    if request.format == "qlib" and request.interval != "1d":
        raise BadExport(f"a qlib folder holds daily bars, not {request.interval}; choose 1d", field="interval")


async def make_plan(uow: UnitOfWork, context: Context, request: ExportCreate) -> Plan:
    """Give the plan of a request.

    Raise BadExport, BadSymbol, BarsNotStored (a symbol listed that has none), NothingToExport.
    """
    check(request)
    interval = stored_interval(request.interval)
    stored = {item.symbol for item in await asyncio.to_thread(context.bars.list_coverage, interval)}
    if request.symbols:
        symbols = {market.canonical(text) for text in request.symbols}
        _need(symbols - stored, f"no {interval} bars of", "symbols")
    else:
        symbols = await _matching(uow, context, request, stored)
    if not symbols:
        raise NothingToExport("no stored symbol matches the selection; import or fetch bars, or choose others")
    if interval != "1d" and request.adjustment not in (None, "none"):
        daily = {item.symbol for item in await asyncio.to_thread(context.bars.list_coverage, "1d")}
        _need(
            symbols - daily, "adjusting bars within the day takes the daily ones, and there are none of", "adjustment"
        )
    groups = {
        name: tuple(sorted({market.canonical(text) for text in members})) for name, members in request.groups.items()
    }
    known = await market.known(uow, symbols)
    return Plan(
        request,
        tuple(sorted(symbols)),
        {symbol: one.name for symbol, one in known.items()},
        {symbol: one.kind for symbol, one in known.items()},
        groups,
    )


async def extent_in(context: Context, plan: Plan) -> Extent:
    """Say what a plan comes to."""
    wanted = set(plan.symbols)
    stored = await asyncio.to_thread(context.bars.list_coverage, stored_interval(plan.request.interval))
    return extent_of(plan, [item for item in stored if item.symbol in wanted])


def _need(missing: Iterable[str], what: str, field: str) -> None:
    first, *more = sorted(missing) or [""]
    if first:
        others = f" and {len(more)} more" if more else ""
        raise BarsNotStored(
            f"{what} {first}{others}; import or fetch them, or leave them out", field=field, symbol=first
        )


async def _matching(uow: UnitOfWork, context: Context, request: ExportCreate, stored: set[str]) -> set[str]:
    symbols = {symbol for symbol in stored if request.simulated in (None, is_simulated(symbol))}
    query = request.query.strip()
    if query:
        hits = {hit.symbol for hit in await market.search(uow, context, query, limit=1_000_000)}
        symbols &= hits | {symbol for symbol in symbols if query.upper() in symbol}  # bars may have no instrument
    if request.kinds:
        known = await market.known(uow, symbols)
        symbols = {symbol for symbol in symbols if symbol in known and known[symbol].kind in request.kinds}
    return symbols
