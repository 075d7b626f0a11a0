"""The tables as the API and the command line show them."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from quantdesk.core.tables.specs import SPECS, TABLES, Row, TableName, TableSpec, columns, key_from, key_of, sort_key
from quantdesk.core.tables.specs import text_of as key_text
from quantdesk.features.datasets import repository, service
from quantdesk.features.datasets.errors import RowNotStored, TableNotStored
from quantdesk.features.datasets.schemas import (
    Cell,
    PartitionInfo,
    TableList,
    TableProvenance,
    TableRows,
    TableRowVersion,
    TableSummary,
)
from quantdesk.kit.context import Context
from quantdesk.kit.errors import Invalid
from quantdesk.kit.pagination import Page, decode_cursor, encode_cursor
from quantdesk.kit.uow import UnitOfWork


async def list_tables(uow: UnitOfWork) -> TableList:
    """Give all tables there can be, with what is stored of each."""
    found: dict[str, list[Sequence[Any]]] = {name: [] for name in TABLES}
    for row in await repository.summaries(uow.session):
        found[row[0]].append(row)
    return TableList(items=[_summary(name, found[name]) for name in TABLES])


async def list_partitions(
    uow: UnitOfWork, dataset: TableName, *, cursor: str | None, limit: int
) -> Page[PartitionInfo]:
    """Give the parts of a table, by name."""
    after = str(decode_cursor(cursor, str)[0]) if cursor else None
    found = await repository.parts(uow.session, dataset, after=_storable(after), limit=limit + 1)
    items = [service.info_of(row) for row in found[:limit]]
    return Page(items=items, next_cursor=encode_cursor(items[-1].partition) if len(found) > limit else None)


async def read_rows(
    uow: UnitOfWork,
    context: Context,
    dataset: TableName,
    partition: str,
    *,
    as_of: dt.datetime | None,
    cursor: str | None,
    limit: int,
) -> TableRows:
    """Give rows as columns. Raise TableNotStored, and Invalid for a cursor that is not one of ours."""
    spec = SPECS[dataset]
    info = await _info(uow, dataset, partition)
    found: list[Row] = await service.rows(uow, context, dataset, partition, as_of=as_of)
    begin = 0
    if cursor:
        texts = [str(text) for text in decode_cursor(cursor, *[str] * len(spec.key))]
        try:
            after = sort_key(key_from(spec, texts))
        except ValueError:
            raise Invalid("cursor is not valid; start again without it", field="cursor") from None
        begin = bisect_right(found, after, key=lambda row: sort_key(key_of(spec, row)))
    shown = found[begin : begin + limit]
    more = begin + limit < len(found)
    return TableRows(
        info=info,
        key=list(spec.key),
        columns={one.name: [_cell(getattr(row, one.name)) for row in shown] for one in columns(spec)},
        total=len(found),
        next_cursor=encode_cursor(*key_text(key_of(spec, shown[-1]))) if more else None,
    )


async def read_provenance(
    uow: UnitOfWork, context: Context, dataset: TableName, partition: str, key: list[str]
) -> TableProvenance:
    """Give a row's versions. Raise TableNotStored, RowNotStored, and Invalid for a key that is none."""
    spec = SPECS[dataset]
    await _info(uow, dataset, partition)
    try:
        wanted = key_from(spec, key)
    except ValueError as error:
        raise Invalid(f"key is not one of {dataset}: {error}", field="key") from None
    found = await service.provenance(uow, context, dataset, partition, wanted)
    if not found:
        raise RowNotStored(f"{dataset} of {partition} has never had the row {', '.join(key)}"[:300], field="key")
    versions = [
        TableRowVersion(
            row=_cells(spec, one.row),
            known_from=one.known_from,
            known_until=one.known_until,
            source=one.source,
            parser=one.parser,
            fetched_at=one.fetched_at,
        )
        for one in found
    ]
    return TableProvenance(dataset=dataset, partition=partition, key=key_text(wanted), versions=versions)


async def _info(uow: UnitOfWork, dataset: TableName, partition: str) -> PartitionInfo:
    name = _storable(partition)
    info = None if name is None else await service.partition(uow, dataset, name)
    if info is None:
        raise TableNotStored(f"nothing of {dataset} of {partition} is stored"[:200], field="partition")
    return info


def _storable(name: str | None) -> str | None:
    """Give a part's name as the database can be asked for it; None for what no part is called."""
    return name if name is not None and name.isascii() and name.isprintable() else None


def _summary(name: TableName, parts: list[Sequence[Any]]) -> TableSummary:
    """Join a table's figures, of which there is one set a source."""

    def known(at: int) -> list[Any]:
        return [part[at] for part in parts if part[at] is not None]

    return TableSummary(
        dataset=name,
        partitions=sum(known(2)),
        rows=sum(known(3)),
        first=min(known(4), default=None),
        last=max(known(5), default=None),
        sources=known(1),
        fetched_at=max(known(6), default=None),
        checked_at=max(known(7), default=None),
        oldest_checked_at=min(known(8), default=None),
    )


def _cells(spec: TableSpec, row: Row) -> dict[str, Cell]:
    return {one.name: _cell(getattr(row, one.name)) for one in columns(spec)}


def _cell(value: Any) -> Cell:
    match value:
        case Decimal():
            return format(value.normalize(), "f")
        case dt.date():
            return value.isoformat()
        case _:
            cell: Cell = value
            return cell
