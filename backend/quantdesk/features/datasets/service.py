"""Tables besides bars: written as they are told, read as they were known at any instant.

A part of a table (a symbol's rows, a year's, or all: see core.tables.specs) is one immutable file that holds every
version of every row, and one row in SQL that says which file counts. A write makes a new file and then changes that
row by compare-and-set, in the caller's transaction: until its commit nothing has happened, and after it everything
has. Files that are out of use stay for a while for those who read them, and are swept with those of failed commits.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from typing import Any

from quantdesk.core.tables import checking, codec, history
from quantdesk.core.tables.history import Change, Span, Version
from quantdesk.core.tables.specs import SPECS, Key, Row, TableName, TableSpec
from quantdesk.features.datasets import repository
from quantdesk.features.datasets.errors import TableBusy, TableNotStored, TableRefused
from quantdesk.features.datasets.schemas import Fetched, PartitionInfo, Receipt, RowVersion
from quantdesk.features.datasets.tables import DatasetPartitionRow
from quantdesk.features.sources import service as sources
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.ids import first_id_at, new_id
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.data_source import Request
from quantdesk.ports.errors import NotFound, StoreCorrupt

GRACE = dt.timedelta(hours=1)
"""Files out of use stay this long for readers that already know their name, backups among them."""
_WHOLE_ANSWERS = frozenset(("names", "constituents"))
"""Of these an answer is all there is. Of the others what is absent may only be out of the source's reach."""
_FOLDER = "tables"
_TRIES = 8
_AT_ONCE = 500
"""Files that are deleted in one transaction."""
_PARTITION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


async def store(
    uow: UnitOfWork,
    context: Context,
    dataset: TableName,
    partition: str,
    rows: Iterable[Row],
    *,
    source: str,
    parser: str,
    fetched_at: dt.datetime,
    complete: bool = False,
    between: Span | None = None,
) -> Receipt:
    """Merge rows into a part of a table; in the caller's transaction, and seen by nobody before its commit.

    A row that is the same is not written again; another of the same key takes its place from now on. `complete` says
    that these are all rows there are: those that are absent end; with `between`, all rows of these days. An empty
    answer never ends a table that has rows: it is refused.

    Raise TableRefused where a row is not of this part, or two of one key differ; StoreFull; TableBusy.
    """
    spec = SPECS[dataset]
    wanted = await asyncio.to_thread(_checked, spec, partition, rows)
    for _ in range(_TRIES):
        before = await repository.get(uow.session, dataset, partition)
        if before is not None and before.rows and complete and between is None and not wanted:
            raise TableRefused(f"{source} has no {dataset} of {partition}, of which {before.rows:,} rows are stored")
        versions = [] if before is None else await _versions(context, spec, before)
        now, write = clock.utcnow(), new_id()
        change = history.merge(spec, versions, wanted, at=now, write=write, complete=complete, between=between)
        receipt = Receipt(change.inserted, change.updated, change.ended, change.unchanged)
        if before is not None and not change.changed:
            await repository.looked_at(uow.session, dataset, partition, fetched_at)
            return receipt
        told = {"source": source, "parser": parser, "fetched_at": fetched_at}
        if await _put(uow, context, spec, partition, before, change, write, now, told):
            return receipt
    raise TableBusy(f"{dataset} of {partition} changed {_TRIES} times while it was to be written; try again")


async def rows(
    uow: UnitOfWork, context: Context, dataset: TableName, partition: str, *, as_of: dt.datetime | None = None
) -> list[Any]:
    """Give a part's rows by key, of the dataset's row type; with `as_of` those that were known at that instant.

    None are known of a part that was never stored.
    """
    row = await repository.get(uow.session, dataset, partition)
    if row is None:
        return []
    spec = SPECS[dataset]
    versions = await _versions(context, spec, row)
    return list(history.known(versions, as_of))


async def partitions(uow: UnitOfWork, dataset: TableName) -> list[PartitionInfo]:
    """Give all parts of a table, by name."""
    return [info_of(row) for row in await repository.parts(uow.session, dataset)]


async def partition(uow: UnitOfWork, dataset: TableName, name: str) -> PartitionInfo | None:
    """Give one part of a table; None when nothing of it was ever stored."""
    row = await repository.get(uow.session, dataset, name)
    return None if row is None else info_of(row)


async def provenance(
    uow: UnitOfWork, context: Context, dataset: TableName, partition: str, key: Key
) -> list[RowVersion]:
    """Give all versions of one row, newest first, each with the write that brought it.

    The key is the values of the spec's key fields. Raise TableNotStored.
    """
    row = await repository.get(uow.session, dataset, partition)
    if row is None:
        raise TableNotStored(f"nothing of {dataset} of {partition} is stored", field="partition")
    spec = SPECS[dataset]
    found = history.of_key(spec, await _versions(context, spec, row), key)
    writes = await repository.writes(uow.session, [one.write for one in found])
    return [
        RowVersion(one.row, one.known_from, one.known_until, write.source, write.parser, write.fetched_at)
        for one in reversed(found)
        for write in (writes[one.write],)
    ]


async def fetch(context: Context, dataset: TableName, symbol: str, on_log: sources.Log = lambda _: None) -> Fetched:
    """Ask the sources in order for one symbol's table and store it, in a transaction of its own.

    Raise the first source's SourceError when none can, TableRefused, StoreFull: what is stored then stays as it is.
    """
    found = await sources.asked(context, Request(dataset, symbol), on_log)
    told = await asyncio.to_thread(checking.rows_of, found.table)
    async with context.database.unit() as uow:
        receipt = await store(
            uow,
            context,
            dataset,
            symbol,
            told,
            source=found.source,
            parser=found.parser,
            fetched_at=found.fetched_at,
            complete=dataset in _WHOLE_ANSWERS,
        )
    return Fetched(found.source, receipt, told)


async def sweep(context: Context) -> int:
    """Delete the files that are out of use for longer than GRACE; give their number."""
    before = clock.utcnow() - GRACE
    swept = 0
    while True:
        async with context.database.unit() as uow:
            old = await repository.out_of_use(uow.session, before, _AT_ONCE)
            for row in old:
                assert row.blob_key is not None  # noqa: S101 - asked for
                await context.blobs.delete(row.blob_key)
                row.blob_key = None
        swept += len(old)
        if len(old) < _AT_ONCE:
            break
    async with context.database.unit(write=False) as uow:
        used = await repository.files(uow.session)
    # A file that no write names is one of a commit that failed, or of one that is under way.
    stray = [key for key in await context.blobs.keys(f"{_FOLDER}/") if key not in used and _made_before(key, before)]
    for key in stray:
        await context.blobs.delete(key)
    return swept + len(stray)


def info_of(row: DatasetPartitionRow) -> PartitionInfo:
    return PartitionInfo.model_validate(
        {
            "dataset": row.dataset,
            "partition": row.partition,
            "rows": row.rows,
            "first": row.first_day,
            "last": row.last_day,
            "source": row.source,
            "parser": row.parser,
            "fetched_at": row.fetched_at,
            "checked_at": row.checked_at,
        }
    )


def _checked(spec: TableSpec, partition: str, rows: Iterable[Row]) -> dict[Key, Row]:
    if not _PARTITION.fullmatch(partition):
        raise TableRefused(f"{partition[:60]!a} cannot name a part of {spec.name}", field="partition")
    try:
        return checking.checked(spec, partition, rows)
    except checking.RowsRefused as error:
        raise TableRefused(str(error), field="rows") from None


async def _versions(context: Context, spec: TableSpec, row: DatasetPartitionRow) -> list[Version]:
    try:
        data = await context.blobs.get(row.blob_key)
        return await asyncio.to_thread(codec.decode, spec, data)
    except (NotFound, codec.Unreadable) as error:
        raise StoreCorrupt(
            f"the file of {row.dataset} of {row.partition} does not read back ({error}); restore {row.blob_key} from a "
            "backup"
        ) from error


async def _put(
    uow: UnitOfWork,
    context: Context,
    spec: TableSpec,
    partition: str,
    before: DatasetPartitionRow | None,
    change: Change,
    write: str,
    now: dt.datetime,
    told: dict[str, Any],
) -> bool:
    """Write the file and point the part's row to it; say whether the part was still as it was read."""
    data = await asyncio.to_thread(codec.encode, spec, change.versions)
    key = f"{_FOLDER}/{spec.name}/{partition}/{write}-{hashlib.sha256(data).hexdigest()[:32]}.parquet"
    current = history.known(change.versions)
    first, last = history.span_of(spec, current) or (None, None)
    part = {"dataset": spec.name, "partition": partition}
    values = {
        **part,
        **told,
        "blob_key": key,
        "write_id": write,
        "rows": len(current),
        "first_day": first,
        "last_day": last,
        "checked_at": told["fetched_at"],
    }
    seen, replaced = (None, None) if before is None else (before.version, before.write_id)
    await context.blobs.put(key, data)
    if not await repository.swap(uow.session, seen, values):
        await context.blobs.delete(key)
        return False
    await repository.add_write(uow.session, {"id": write, **part, **told, "written_at": now, "blob_key": key}, replaced)
    return True


def _made_before(key: str, instant: dt.datetime) -> bool:
    """Say whether a file was made before an instant; its name begins with the write's id, which tells the time."""
    return key.rsplit("/", 1)[-1][:26] < first_id_at(instant)
