"""Exports: asked for and estimated over HTTP, carried out in a worker's child process, kept for some days."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from quantdesk.features.exports import repository
from quantdesk.features.exports.engine.plan import Extent
from quantdesk.features.exports.engine.workbook import ROWS_PER_SHEET
from quantdesk.features.exports.engine.writing import Tick, file_name, write_export
from quantdesk.features.exports.errors import (
    ExportDiskFull,
    ExportGone,
    ExportNotFound,
    ExportNotReady,
    ExportRunning,
    ExportTooLarge,
    NothingToExport,
)
from quantdesk.features.exports.schemas import Export, ExportCreate, ExportEstimate, ExportFile
from quantdesk.features.exports.selecting import extent_in, make_plan
from quantdesk.features.exports.tables import ExportRow
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.schemas import TERMINAL, Job
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.ids import new_id
from quantdesk.kit.pagination import Page
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.errors import NotFound
from quantdesk.settings import Settings

RESERVE = 256 * 1024**2
"""Bytes of the disk that an export leaves free."""
MAX_WORKBOOK_ROWS = 5 * ROWS_PER_SHEET
"""Excel itself takes minutes and gigabytes to open more."""
PREFIX = "exports/"


@dataclass(frozen=True, slots=True)
class Download:
    """A finished export as it goes out."""

    file: ExportFile
    etag: str
    key: str


async def estimate(uow: UnitOfWork, context: Context, request: ExportCreate) -> ExportEstimate:
    """Say what an export would come to. Raise BadExport, BadSymbol, BarsNotStored."""
    free = (await asyncio.to_thread(shutil.disk_usage, context.settings.home)).free
    try:
        extent = await extent_in(context, await make_plan(uow, context, request))
    except NothingToExport:
        extent = Extent(0, 0, 0, 0, 0, None, None)
    problem = _problem(request, extent, free)
    return ExportEstimate(
        symbols=extent.symbols,
        rows=extent.rows,
        bytes=extent.bytes,
        files=extent.files,
        sheets=extent.sheets,
        first=extent.first,
        last=extent.last,
        free_bytes=free,
        problem=None if problem is None else problem.code,
    )


async def create(uow: UnitOfWork, context: Context, principal: Principal, request: ExportCreate) -> str:
    """Write export and job, queue it after the commit; give the export's id.

    Raise BadExport, BadSymbol, BarsNotStored, NothingToExport, ExportTooLarge, ExportDiskFull.
    """
    plan = await make_plan(uow, context, request)
    free = (await asyncio.to_thread(shutil.disk_usage, context.settings.home)).free
    problem = _problem(request, await extent_in(context, plan), free)
    if problem is not None:
        raise problem
    export_id = new_id()
    job = await jobs.create(
        uow,
        context,
        owner_id=principal.user_id,
        kind="export",
        title=f"导出 {file_name(request, plan.symbols)}",
        queue="data",
        payload={},
        subject_id=export_id,
    )
    uow.session.add(
        ExportRow(
            id=export_id,
            owner_id=principal.user_id,
            job_id=job.id,
            request=request.model_dump(mode="json"),
            file=None,
            created_at=clock.utcnow(),
            expires_at=None,
        )
    )
    await uow.session.flush()
    return export_id


async def get(uow: UnitOfWork, export_id: str, owner_id: str) -> Export:
    """Give one of the owner's exports. Raise ExportNotFound."""
    row = await _row(uow, export_id, owner_id)
    return _export(row, await jobs.get(uow, row.job_id, owner_id))


async def list_exports(uow: UnitOfWork, owner_id: str, *, cursor: str | None, limit: int) -> Page[Export]:
    """Give one's exports, newest first."""
    rows, next_cursor = await repository.page(uow.session, owner_id, cursor, limit)
    by_id = await jobs.get_many(uow, [row.job_id for row in rows])
    return Page(items=[_export(row, by_id[row.job_id]) for row in rows], next_cursor=next_cursor)


async def download(uow: UnitOfWork, context: Context, export_id: str, owner_id: str) -> Download:
    """Give what is needed to send the file. Raise ExportNotFound, ExportNotReady, ExportGone."""
    row = await _row(uow, export_id, owner_id)
    if row.file is None:
        job = await jobs.get(uow, row.job_id, owner_id)
        raise ExportNotReady(f"the export has no file: its job is {job.state}", state=job.state)
    file = ExportFile.model_validate(row.file)
    key = blob_key(export_id, file.name)
    try:
        size = await context.blobs.size(key)
    except NotFound:
        size = -1
    if size != file.size:
        raise ExportGone(f"the file {file.name} is not there any more; export again")
    return Download(file, f'"{file.sha256[:32]}"', key)


def stream(context: Context, key: str, start: int, length: int) -> AsyncIterator[bytes]:
    """Give a part of a file's bytes, in pieces."""
    return context.blobs.stream(key, start=start, length=length)


async def delete(uow: UnitOfWork, context: Context, export_id: str, owner_id: str) -> None:
    """Forget an export and delete its file after the commit. Raise ExportNotFound, ExportRunning."""
    row = await _row(uow, export_id, owner_id)
    job = await jobs.get(uow, row.job_id, owner_id)
    if job.state not in TERMINAL:
        raise ExportRunning(f"the export is {job.state}; cancel its job first")
    await _forget(uow, context, row)


async def carry_out(context: Context, export_id: str, ticking: Callable[[int], Tick]) -> ExportFile:
    """Write the file of an export into the BlobStore; the row is for whoever ends the job.

    `ticking` is told the rows to come. It may run again, even while an earlier run has not ended yet: the file's key
    follows from the export's id, and each run has a draft of its own. Raise ExportNotFound, and what make_plan and
    write_export do.
    """
    async with context.database.unit(write=False) as uow:
        row = await uow.session.get(ExportRow, export_id)
        if row is None:
            raise ExportNotFound(f"the export {export_id} was deleted; export again")
        request = ExportCreate.model_validate(row.request)
        plan = await make_plan(uow, context, request)
    tick = ticking((await extent_in(context, plan)).rows)
    name = file_name(request, plan.symbols)
    path = drafts_of(context.settings, export_id) / new_id() / name
    try:
        written = await asyncio.to_thread(write_export, context.bars, plan, path, tick=tick, now=clock.utcnow())
        size = path.stat().st_size
        sha256 = await asyncio.to_thread(_sha256, path)
        await context.blobs.put_file(blob_key(export_id, name), path)
    finally:
        await asyncio.to_thread(shutil.rmtree, path.parent, ignore_errors=True)
    return ExportFile(name=name, size=size, rows=written.rows, symbols=written.symbols, sha256=sha256)


async def finish(uow: UnitOfWork, context: Context, export_id: str, file: ExportFile) -> None:
    """Write what came of it, in the transaction that ends the job."""
    row = await uow.session.get_one(ExportRow, export_id)
    row.file = file.model_dump(mode="json")
    row.expires_at = clock.utcnow() + dt.timedelta(days=context.settings.exports.keep_days)


async def clear(context: Context, export_id: str) -> None:
    """Remove what an export that did not end well has left."""
    await asyncio.to_thread(shutil.rmtree, drafts_of(context.settings, export_id), ignore_errors=True)
    for key in await context.blobs.keys(f"{PREFIX}{export_id}/"):
        await context.blobs.delete(key)


async def purge(context: Context) -> int:
    """Delete expired exports, and files and drafts without a row; give their number."""
    async with context.database.unit() as uow:
        old = await repository.expired(uow.session, clock.utcnow())
        for row in old:
            await _forget(uow, context, row)
    async with context.database.unit(write=False) as uow:
        known = await repository.ids(uow.session)
    lost = {key.split("/")[1] for key in await context.blobs.keys(PREFIX)} - known
    drafts = context.settings.home / "drafts"
    if drafts.is_dir():
        lost |= {path.name for path in drafts.iterdir()} - known
    for export_id in lost:
        await clear(context, export_id)
    return len(old) + len(lost)


def drafts_of(settings: Settings, export_id: str) -> Path:
    """Give the folder in which an export is written before it is whole."""
    return settings.home / "drafts" / export_id


def blob_key(export_id: str, name: str) -> str:
    return f"{PREFIX}{export_id}/{name}"


def _problem(
    request: ExportCreate, extent: Extent, free: int
) -> NothingToExport | ExportTooLarge | ExportDiskFull | None:
    if not extent.rows:
        return NothingToExport("no stored bars of the chosen symbols lie between the chosen days")
    if extent.sheets and extent.rows > MAX_WORKBOOK_ROWS:
        return ExportTooLarge(
            f"{extent.rows:,} rows are more than the {MAX_WORKBOOK_ROWS:,} of one workbook; choose one file a symbol, "
            "fewer symbols or days, or CSV or Parquet",
            field="format",
        )
    if extent.bytes + RESERVE > free:
        return ExportDiskFull(
            f"about {extent.bytes:,} bytes are needed and {max(free - RESERVE, 0):,} are free; free some space, or "
            "choose fewer symbols or days"
        )
    return None


async def _row(uow: UnitOfWork, export_id: str, owner_id: str) -> ExportRow:
    row = await repository.get(uow.session, export_id, owner_id)
    if row is None:
        raise ExportNotFound(f"there is no export {export_id}")
    return row


async def _forget(uow: UnitOfWork, context: Context, row: ExportRow) -> None:
    await uow.session.delete(row)
    uow.after_commit(partial(clear, context, row.id))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _export(row: ExportRow, job: Job) -> Export:
    return Export(
        id=row.id,
        job=job,
        request=ExportCreate.model_validate(row.request),
        file=None if row.file is None else ExportFile.model_validate(row.file),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
