"""Routes of the tables besides bars."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AwareDatetime

from quantdesk.core.tables.specs import TableName
from quantdesk.features.datasets import schemas, views
from quantdesk.features.datasets.errors import RowNotStored, TableNotStored
from quantdesk.kit.http import COMMON_PROBLEMS, ContextDep, Cursor, Limit, ReadUnit, problems, require
from quantdesk.kit.pagination import Page
from quantdesk.kit.principal import Principal

router = APIRouter(prefix="/data/tables", tags=["data"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "data:read"))]
Partition = Annotated[
    str, Path(max_length=40, description="A symbol, a year, or `cn` for a table that is not divided.")
]


@router.get("")
async def list_tables(principal: Reader, uow: ReadUnit) -> schemas.TableList:
    """The tables besides bars, with what is stored of each and how old it is."""
    return await views.list_tables(uow)


@router.get("/{dataset}")
async def list_table_partitions(
    dataset: TableName, principal: Reader, uow: ReadUnit, cursor: Cursor = None, limit: Limit = 100
) -> Page[schemas.PartitionInfo]:
    """The parts of a table that are stored, by name."""
    return await views.list_partitions(uow, dataset, cursor=cursor, limit=limit)


@router.get("/{dataset}/{partition}", responses=problems(TableNotStored))
async def get_table_rows(
    dataset: TableName,
    partition: Partition,
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    as_of: Annotated[
        AwareDatetime | None, Query(description="Give the rows that were known here at this instant; default: now.")
    ] = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> schemas.TableRows:
    """A part's rows as columns, by key."""
    return await views.read_rows(uow, context, dataset, partition, as_of=as_of, cursor=cursor, limit=limit)


@router.get("/{dataset}/{partition}/provenance", responses=problems(TableNotStored, RowNotStored))
async def get_table_provenance(
    dataset: TableName,
    partition: Partition,
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    key: Annotated[
        list[Annotated[str, Query(max_length=100)]],
        Query(min_length=1, max_length=6, description="The row's key, a value a column of `key`; empty for null."),
    ],
) -> schemas.TableProvenance:
    """Where a row comes from: the version that holds, and those it replaced."""
    return await views.read_provenance(uow, context, dataset, partition, key)
