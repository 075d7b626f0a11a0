"""Uploaded files: rows in the database, bytes in `QD_HOME/uploads/<id>`."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Collection
from functools import partial
from pathlib import Path

from quantdesk.features.data import repository
from quantdesk.features.data.errors import UploadInUse, UploadNotFound
from quantdesk.features.data.importer.inspecting import inspect
from quantdesk.features.data.receiving import receive_file
from quantdesk.features.data.schemas import FileOptions, Upload
from quantdesk.features.data.tables import ImportRow, UploadRow
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.schemas import TERMINAL
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.ids import new_id
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork
from quantdesk.settings import Settings

KEPT = dt.timedelta(days=1)


def folder_of(settings: Settings) -> Path:
    return settings.home / "uploads"


def path_of(settings: Settings, upload_id: str) -> Path:
    """Give the place of an upload's bytes; the id is ours, so that no name of a user becomes a path."""
    return folder_of(settings) / upload_id


async def receive(
    uow: UnitOfWork,
    context: Context,
    principal: Principal,
    body: AsyncIterator[bytes],
    content_type: str,
    length: int | None,
) -> Upload:
    """Take a form with one file and say what it seems to hold.

    Raise BadUpload, UploadTooLarge, UploadDiskFull.
    """
    upload_id = new_id()
    path = path_of(context.settings, upload_id)
    received = await receive_file(body, content_type, length, path)
    try:
        row = UploadRow(
            id=upload_id,
            owner_id=principal.user_id,
            name=received.name,
            size=received.size,
            created_at=clock.utcnow(),
        )
        upload = await _inspected(context, row, FileOptions())
        uow.session.add(row)
        await uow.session.flush()
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return upload


async def inspect_again(
    uow: UnitOfWork, context: Context, upload_id: str, owner_id: str, options: FileOptions
) -> Upload:
    """Say what the file seems to hold under these options. Raise UploadNotFound."""
    row = await repository.get_upload(uow.session, upload_id, owner_id)
    if row is None:
        raise UploadNotFound(f"there is no upload {upload_id}; uploads are kept for a day")
    return await _inspected(context, row, options)


async def delete(uow: UnitOfWork, context: Context, upload_id: str, owner_id: str) -> None:
    """Forget the file. Raise UploadNotFound, UploadInUse."""
    rows = await lock(uow, [upload_id], owner_id)
    await forget(uow, context, rows)


async def lock(uow: UnitOfWork, ids: list[str], owner_id: str) -> list[UploadRow]:
    """Give the owner's uploads, which no unfinished import uses, locked. Raise UploadNotFound, UploadInUse."""
    rows = await repository.lock_uploads(uow.session, ids, owner_id)
    for number, upload_id in enumerate(ids):
        if upload_id not in rows:
            raise UploadNotFound(
                f"there is no upload {upload_id}; uploads are kept for a day", field=f"items.{number}.upload_id"
            )
    oldest = min(row.created_at for row in rows.values())
    used = await _in_use(uow, await repository.imports_since(uow.session, oldest, owner_id))
    for upload_id in ids:
        if upload_id in used:
            raise UploadInUse(f"{rows[upload_id].name} is being imported; wait for it, or cancel that import")
    return [rows[upload_id] for upload_id in ids]


async def forget(uow: UnitOfWork, context: Context, rows: Collection[UploadRow]) -> None:
    """Delete the rows now, and the bytes after the commit."""
    for row in rows:
        await uow.session.delete(row)
        path = path_of(context.settings, row.id)
        uow.after_commit(partial(asyncio.to_thread, path.unlink, missing_ok=True))


async def purge(context: Context) -> int:
    """Delete uploads older than a day that no unfinished import uses, and bytes without a row; give their number."""
    before = clock.utcnow() - KEPT
    async with context.database.unit() as uow:
        rows = await repository.uploads_before(uow.session, before)
        used: set[str] = set()
        if rows:
            oldest = min(row.created_at for row in rows)
            used = await _in_use(uow, await repository.imports_since(uow.session, oldest))
        old = [row for row in rows if row.id not in used]
        await forget(uow, context, old)
    async with context.database.unit(write=False) as uow:
        known = await repository.upload_ids(uow.session)
    return len(old) + await asyncio.to_thread(_sweep, folder_of(context.settings), known, before)


def _sweep(folder: Path, known: set[str], before: dt.datetime) -> int:
    if not folder.is_dir():
        return 0
    lost = [path for path in folder.iterdir() if path.name not in known and path.stat().st_mtime < before.timestamp()]
    for path in lost:
        path.unlink(missing_ok=True)
    return len(lost)


async def _in_use(uow: UnitOfWork, imports: Collection[ImportRow]) -> set[str]:
    """Give the ids of the uploads in those of the imports that are not finished."""
    found = await jobs.get_many(uow, [row.job_id for row in imports])
    unfinished = (row for row in imports if found[row.job_id].state not in TERMINAL)
    return {item["upload_id"] for row in unfinished for item in row.items}


async def _inspected(context: Context, row: UploadRow, options: FileOptions) -> Upload:
    answer = await inspect(path_of(context.settings, row.id), row.name, options)
    return Upload(id=row.id, name=row.name, size=row.size, inspection=answer.inspection, problem=answer.problem)
