"""Industry and concept boards, as they were last asked for: the stored ones, and those of the demo market."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from quantdesk.core.sources.records import BoardMember, LimitUp
from quantdesk.core.tables.specs import TableName
from quantdesk.features.datasets import service as datasets
from quantdesk.features.market.day_schemas import BoardChoice, MarketName
from quantdesk.kit.context import Context
from quantdesk.kit.uow import Database, UnitOfWork

DEMO_BOARDS = "demo_market"
"""Collection of the DocumentStore with one document, `boards`."""
_TABLES: dict[BoardChoice, TableName] = {"industry": "industry_boards", "concept": "concept_boards"}
_KEPT = 4
_Parts = OrderedDict[tuple[str, str, dt.datetime], list[Any]]
_decoded: WeakKeyDictionary[Database, _Parts] = WeakKeyDictionary()
"""Parts of tables that were read last, by what changes whenever their content does."""


@dataclass(frozen=True, slots=True)
class Boards:
    members: list[BoardMember]
    source: str | None
    as_of: dt.datetime | None

    @property
    def key(self) -> str:
        """Give what changes whenever the boards do."""
        return f"{self.source} {self.as_of} {len(self.members)}"


async def boards(uow: UnitOfWork, context: Context, market: MarketName, kind: BoardChoice) -> Boards:
    """Give the boards of a market; none where none are stored."""
    if market == "demo":
        found = await context.documents.get_many(DEMO_BOARDS, ["boards"])
        rows = found["boards"]["rows"] if found else []
        return Boards([BoardMember(*row) for row in rows if row[0] == kind], "demo", None)
    part = await datasets.partition(uow, _TABLES[kind], "cn")
    if part is None:
        return Boards([], None, None)
    members = await _rows(uow, context, _TABLES[kind], "cn", part.fetched_at)
    return Boards(members, part.source, part.checked_at)


async def industry_names(uow: UnitOfWork, context: Context, market: MarketName) -> dict[str, str]:
    """Give the name of the industry of each symbol that is on one."""
    found = await boards(uow, context, market, "industry")
    return {member.symbol: member.name for member in found.members}


async def limit_up_pool(uow: UnitOfWork, context: Context, year: int) -> tuple[list[LimitUp], str]:
    """Give the stored limit-up pool of a year, and what changes whenever it does."""
    name = f"{year:04}"
    part = await datasets.partition(uow, "limit_up_pool", name)
    if part is None:
        return [], ""
    return await _rows(uow, context, "limit_up_pool", name, part.fetched_at), str(part.fetched_at)


async def store_demo(context: Context, members: list[BoardMember]) -> None:
    """Keep the demo market's boards."""
    rows = [[member.kind, member.board, member.name, member.symbol] for member in members]
    await context.documents.put(DEMO_BOARDS, "boards", {"rows": rows})


async def remove_demo(context: Context) -> None:
    """Forget the demo market's boards."""
    await context.documents.delete(DEMO_BOARDS, "boards")


async def _rows(uow: UnitOfWork, context: Context, table: TableName, part: str, fetched_at: dt.datetime) -> list[Any]:
    parts = _decoded.setdefault(context.database, OrderedDict())
    key = (table, part, fetched_at)
    if key not in parts:
        parts[key] = await datasets.rows(uow, context, table, part)
        while len(parts) > _KEPT:
            parts.popitem(last=False)
    return parts[key]
