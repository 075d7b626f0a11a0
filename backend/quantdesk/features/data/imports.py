"""Imports of uploaded files: written as a job, carried out file by file in a child process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from quantdesk.features.data import repository, uploads
from quantdesk.features.data.errors import ImportNotFound
from quantdesk.features.data.importer import ActionsReading, import_file
from quantdesk.features.data.importer.dry import DryStore
from quantdesk.features.data.schemas import FileOptions, FileReport, Import, ImportCreate
from quantdesk.features.data.tables import ImportRow
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.schemas import Job
from quantdesk.features.market import service as market
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.errors import Invalid
from quantdesk.kit.ids import new_id
from quantdesk.kit.pagination import Page, decode_cursor, encode_cursor
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork

SOURCE = "import"
KEPT_ERRORS = 2_000
"""Bad rows kept of one import, over all its files; each file keeps its first ones, and the count of all."""
Progress = Callable[[float], None]
"""Told the share of a file's work that is done, 0 to 1."""
FilesProgress = Callable[[float, int, str], None]
"""Told the files done, the present one's share included; the number of files; the present one's name."""


@dataclass(frozen=True, slots=True)
class Item:
    """One file of an import."""

    path: Path
    name: str
    options: FileOptions


async def create(uow: UnitOfWork, context: Context, principal: Principal, body: ImportCreate) -> str:
    """Write import and job, queue it after the commit; give the import's id.

    Raise UploadNotFound, UploadInUse, Invalid (a file twice).
    """
    ids = [item.upload_id for item in body.items]
    for number, upload_id in enumerate(ids):
        if upload_id in ids[:number]:
            raise Invalid(f"upload {upload_id} is listed twice; list it once", field=f"items.{number}.upload_id")
    rows = await uploads.lock(uow, ids, principal.user_id)
    import_id = new_id()
    more = f" +{len(rows) - 1}" if len(rows) > 1 else ""
    job = await jobs.create(
        uow,
        context,
        owner_id=principal.user_id,
        kind="import",
        title=f"导入 {rows[0].name}{more}",
        queue="data",
        payload={},
        subject_id=import_id,
    )
    uow.session.add(
        ImportRow(
            id=import_id,
            owner_id=principal.user_id,
            job_id=job.id,
            items=[
                {"upload_id": row.id, "name": row.name, "options": item.options.model_dump(mode="json")}
                for row, item in zip(rows, body.items, strict=True)
            ],
            reports={},
            created_at=clock.utcnow(),
        )
    )
    await uow.session.flush()
    return import_id


async def get(uow: UnitOfWork, import_id: str, owner_id: str) -> Import:
    """Give one of the owner's imports. Raise ImportNotFound."""
    row = await repository.get_import(uow.session, import_id, owner_id)
    if row is None:
        raise ImportNotFound(f"there is no import {import_id}")
    return _import(row, await jobs.get(uow, row.job_id, owner_id), rows=True)


async def list_imports(uow: UnitOfWork, owner_id: str, *, cursor: str | None, limit: int) -> Page[Import]:
    """Give one's imports, newest first, their reports without the bad rows."""
    before = cast(str, decode_cursor(cursor, str)[0]) if cursor else None
    found = await repository.page_imports(uow.session, owner_id, before, limit + 1)
    shown = found[:limit]
    by_id = await jobs.get_many(uow, [row.job_id for row in shown])
    return Page(
        items=[_import(row, by_id[row.job_id], rows=False) for row in shown],
        next_cursor=encode_cursor(shown[-1].id) if len(found) > limit else None,
    )


async def carry_out(context: Context, import_id: str, on_progress: FilesProgress) -> None:
    """Import the files one by one, and keep the report of each as soon as it is stored.

    Run again after a crash it goes on with the files that have no report of success: storing a file twice changes
    nothing. `on_progress` is told the number of files done, with the share of the present one, and its name.
    """
    async with context.database.unit(write=False) as uow:
        row = await uow.session.get_one(ImportRow, import_id)
    for number, item in enumerate(row.items):
        if row.reports.get(item["upload_id"], {}).get("status") in ("stored", "unchanged"):
            continue
        file = Item(
            uploads.path_of(context.settings, item["upload_id"]),
            item["name"],
            FileOptions.model_validate(item["options"]),
        )

        def progress(share: float, number: int = number, name: str = file.name) -> None:
            on_progress(number + share, len(row.items), name)

        progress(0.0)
        report = await import_one(context, file, progress)
        async with context.database.unit() as uow:
            await _keep(uow, import_id, item["upload_id"], _cut(report, KEPT_ERRORS // len(row.items)))
    on_progress(len(row.items), len(row.items), "")


async def import_one(
    context: Context, item: Item, on_progress: Progress = lambda _: None, *, dry_run: bool = False
) -> FileReport:
    """Store one file whole or not at all, then register its instruments; corporate actions in one transaction.

    A failure between the two leaves bars without a name; the next import of the file puts that right.
    """
    store = DryStore(context.bars) if dry_run else context.bars
    report, reading = await asyncio.to_thread(
        import_file,
        item.path,
        item.options,
        store,
        now=clock.utcnow(),
        today=clock.today(),
        name=item.name,
        on_progress=on_progress,
    )
    if isinstance(reading, ActionsReading):
        async with context.database.unit(write=not dry_run) as uow:
            receipt = await market.store_actions(uow, reading.actions, SOURCE, dry_run=dry_run)
        told = {"inserted": receipt.inserted, "updated": receipt.updated, "unchanged": receipt.unchanged}
        changed = receipt.inserted + receipt.updated > 0
        return report.model_copy(update=told | {"status": "stored" if changed else "unchanged"})
    if reading is not None and not dry_run:
        stored = set(report.symbols)
        async with context.database.unit() as uow:
            await market.register(uow, [info for info in reading.instruments if info.symbol in stored], SOURCE)
    return report


async def outcome(context: Context, import_id: str) -> tuple[int, int]:
    """Give how many files were stored (or were there already), and how many refused."""
    async with context.database.unit(write=False) as uow:
        row = await uow.session.get_one(ImportRow, import_id)
    statuses = [report["status"] for report in row.reports.values()]
    refused = statuses.count("refused")
    return len(statuses) - refused, refused


async def forget_stored(uow: UnitOfWork, context: Context, import_id: str) -> None:
    """Delete the uploads that are in the store now; a refused file stays for another try."""
    row = await uow.session.get_one(ImportRow, import_id)
    stored = [upload_id for upload_id, report in row.reports.items() if report["status"] != "refused"]
    found = await repository.lock_uploads(uow.session, stored, row.owner_id)
    await uploads.forget(uow, context, found.values())


async def _keep(uow: UnitOfWork, import_id: str, upload_id: str, report: FileReport) -> None:
    row = await uow.session.get_one(ImportRow, import_id, with_for_update=True)
    row.reports = row.reports | {upload_id: report.model_dump(mode="json")}


def _cut(report: FileReport, limit: int) -> FileReport:
    return report.model_copy(update={"errors": report.errors[:limit], "warnings": report.warnings[:limit]})


def _import(row: ImportRow, job: Job, *, rows: bool) -> Import:
    reports = [
        FileReport.model_validate(row.reports[item["upload_id"]])
        for item in row.items
        if item["upload_id"] in row.reports
    ]
    return Import(
        id=row.id,
        job=job,
        files=[item["name"] for item in row.items],
        reports=reports if rows else [_cut(report, 0) for report in reports],
        created_at=row.created_at,
    )
