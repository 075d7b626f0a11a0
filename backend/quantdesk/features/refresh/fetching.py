"""One item of a refresh: asked for, stored, and what follows from it for instruments and corporate actions."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, cast

from quantdesk.core.refresh.datasets import BARS, INDICES, TABLES
from quantdesk.core.sources.records import InstrumentInfo
from quantdesk.core.sources.tables import Dividend
from quantdesk.core.tables.checking import by_part, rows_of
from quantdesk.core.tables.specs import SPECS, WHOLE, TableName
from quantdesk.features.datasets import service as tables
from quantdesk.features.market import service as market
from quantdesk.features.refresh.ledgers import Got, Turn
from quantdesk.features.sources import service as sources
from quantdesk.kit.context import Context
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.bar_store import WriteReceipt
from quantdesk.ports.data_source import Request

_COMPLETE = ("calendar", "constituents", "industry_boards", "concept_boards", "funds", "names")
"""Of these an answer is all there is. Of the others what is absent may only be out of the source's reach."""
_LISTS = ("instruments", "funds")
"""Their rows are instruments, which the search finds from then on."""

Log = Callable[[str], None]


class FetchBars(Protocol):
    """Fetches a symbol's bars to a day from the first source that can, and stores them. Raises SourceError."""

    def __call__(
        self, context: Context, symbol: str, on_log: Log, *, end: dt.date | None
    ) -> Awaitable[tuple[str, WriteReceipt]]: ...


async def fetch_item(context: Context, turn: Turn, fetch_bars: FetchBars, on_log: Log) -> Got:
    """Fetch and store an item. Raise SourceError, StoreCorrupt, TableRefused: what is stored then stays as it is."""
    if turn.dataset not in BARS:
        return await _fetch_table(context, turn, on_log)
    source, receipt = await fetch_bars(context, turn.key, on_log, end=turn.end)
    coverage = await asyncio.to_thread(context.bars.coverage, turn.key, "1d")
    first, last = (coverage.first, coverage.last) if coverage else (None, None)
    if turn.key in INDICES:
        async with context.database.unit() as uow:
            info = InstrumentInfo(turn.key, INDICES[turn.key], "index", None, None, None)
            await market.register(uow, [info], source)
    return Got(source, receipt.inserted, receipt.updated, first, last)


async def _fetch_table(context: Context, turn: Turn, on_log: Log) -> Got:
    found = await sources.asked(context, _request(turn), on_log)
    rows = await asyncio.to_thread(rows_of, found.table)
    dataset = cast(TableName, turn.dataset)
    inserted = updated = 0
    async with context.database.unit() as uow:
        for partition, part in sorted(_parts(turn, rows).items()):
            receipt = await tables.store(
                uow,
                context,
                dataset,
                partition,
                part,
                source=found.source,
                parser=found.parser,
                fetched_at=found.fetched_at,
                complete=turn.dataset in _COMPLETE or turn.dataset == "limit_up_pool",
                between=(turn.end, turn.end) if turn.dataset == "limit_up_pool" and turn.end else None,
            )
            inserted += receipt.inserted
            updated += receipt.updated + receipt.ended
        await _follow(uow, turn, rows, found.source, on_log)
    return Got(found.source, inserted, updated)


def _request(turn: Turn) -> Request:
    dataset = turn.dataset
    match TABLES[dataset].division:
        case "whole":
            return Request(dataset)
        case "day":
            return Request(dataset, start=turn.end, end=turn.end)
        case _:
            return Request(dataset, turn.key)


def _parts(turn: Turn, rows: list[Any]) -> dict[str, list[Any]]:
    """Give the rows by the part of the table in which they are kept."""
    match TABLES[turn.dataset].division:
        case "whole":
            return {WHOLE: rows}
        case "day":
            # A halt that began last year stands in last year's part.
            return by_part(SPECS[turn.dataset], rows) or {turn.key[:4]: []}
        case _:
            return {turn.key: rows}


async def _follow(uow: UnitOfWork, turn: Turn, rows: list[Any], source: str, on_log: Log) -> None:
    if turn.dataset in _LISTS:
        await market.register(uow, cast(list[InstrumentInfo], rows), source)
    elif turn.dataset == "dividends":
        await market.store_dividends(uow, cast(list[Dividend], rows), source, on_log)
