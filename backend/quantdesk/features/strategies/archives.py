"""Strategies out into an encrypted archive, and in again, with a look before anything is written."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from quantdesk.core.strategies.project import Project
from quantdesk.features.strategies import archive_format as format
from quantdesk.features.strategies import coding, repository
from quantdesk.features.strategies.archive_format import ArchivedStrategy, ArchivedVersion, Manifest
from quantdesk.features.strategies.errors import (
    ArchiveNotFound,
    ArchiveTooLarge,
    NothingToExport,
    StrategyNotFound,
    TooMuchToExport,
)
from quantdesk.features.strategies.schemas import (
    Archive,
    ArchiveEntry,
    ArchivePreview,
    ImportChoice,
    ImportedStrategy,
    ImportState,
)
from quantdesk.features.strategies.tables import StrategyRow, StrategyVersionRow
from quantdesk.kit import audit, clock
from quantdesk.kit.context import Context
from quantdesk.kit.ids import new_id
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork
from quantdesk.settings import Settings

KEPT = dt.timedelta(days=1)


def folder_of(settings: Settings) -> Path:
    return settings.home / "archives"


async def export(
    uow: UnitOfWork, context: Context, principal: Principal, ids: list[str] | None, password: str
) -> Path:  # fmt: skip
    """Write an archive of one's strategies with all their versions, all of them where `ids` is None; give its path.

    One version is in memory at a time; what is on disk is encrypted. The caller deletes the file. Raise
    StrategyNotFound, NothingToExport, TooMuchToExport, Tampered.
    """
    rows = await repository.to_export(uow.session, principal.user_id, ids)
    for missing in set(ids or ()) - {row.id for row in rows}:
        raise StrategyNotFound(f"there is no strategy {missing}", field="ids")
    if not rows:
        raise NothingToExport("there is no strategy to export yet; make one first")
    if sum(row.version for row in rows) >= format.MAX_ENTRIES:
        raise _too_much()
    path = _own_folder(context.settings, principal.user_id) / f"{new_id()}.out"
    writer = await asyncio.to_thread(format.Writer, path, password)
    try:
        archived = []
        for number, row in enumerate(rows, start=1):
            folder = format.folder_name(number, row.name)
            versions = await repository.versions(uow.session, row.id)
            kept = []
            for version in reversed(versions):
                file = f"strategies/{folder}/v{version.number:03d}.py"
                project = await coding.read(uow, context, principal.user_id, version)
                archived_version = _archived(version, file, project)
                await asyncio.to_thread(writer.add, file, project.code)
                for other in project.files:
                    await asyncio.to_thread(writer.add, archived_version.entry(other.path), other.text)
                if writer.entries >= format.MAX_ENTRIES:
                    raise _too_much()
                kept.append(archived_version)
            archived.append(ArchivedStrategy(folder=folder, name=row.name, description=row.description, versions=kept))
        manifest = Manifest(exported_at=clock.utcnow(), strategies=archived)
        await asyncio.to_thread(writer.add, format.MANIFEST, manifest.model_dump_json(indent=1))
        await asyncio.to_thread(writer.close)
    except BaseException:
        with suppress(Exception):
            writer.close()
        path.unlink(missing_ok=True)
        raise
    return path


async def receive(context: Context, principal: Principal, body: AsyncIterator[bytes]) -> Archive:
    """Keep an uploaded archive for a day, as encrypted as it came. Raise ArchiveTooLarge."""
    archive_id, size = new_id(), 0
    path = _own_folder(context.settings, principal.user_id) / archive_id
    try:
        with path.open("xb") as file:
            async for piece in body:
                size += len(piece)
                if size > format.MAX_FILE:
                    raise ArchiveTooLarge(f"the archive has more than {format.MAX_FILE // 1024**2} MB")
                await asyncio.to_thread(file.write, piece)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Archive(id=archive_id, size=size)


async def preview(uow: UnitOfWork, context: Context, owner_id: str, path: Path, password: str) -> ArchivePreview:
    """Say what importing would do. Raise BadArchive, HostileArchive, WrongPassword."""
    manifest = await asyncio.to_thread(_manifest_of, path, password)
    entries = []
    for one in manifest.strategies:
        row = await repository.of_name(uow.session, owner_id, one.name.strip())
        state, missing = await _compared(uow, row, one)
        entries.append(
            ArchiveEntry(
                folder=one.folder,
                name=one.name,
                versions=len(one.versions),
                labels=[version.label for version in one.versions if version.label],
                newest_at=one.versions[-1].created_at,
                state=state,
                existing_id=row.id if row else None,
                existing_version=row.version if row else None,
                missing=missing,
            )
        )
    return ArchivePreview(exported_at=manifest.exported_at, strategies=entries)


async def import_(
    context: Context, principal: Principal, path: Path, password: str, choices: Mapping[str, ImportChoice]
) -> list[ImportedStrategy]:
    """Import each strategy in a transaction of its own; give what became of them.

    `choices` by folder; without one, what is new is added and everything else left as it is. Raise BadArchive,
    HostileArchive, WrongPassword: what was imported before the damage stays, and is "same" in the next try.
    """
    done: list[ImportedStrategy] = []
    with ExitStack() as stack:
        archive = await asyncio.to_thread(stack.enter_context, format.opened(path, password))
        for one in archive.manifest.strategies:
            async with context.database.unit() as uow:
                result = await _import_one(uow, context, principal, archive, one, choices.get(one.folder))
                if result.outcome != "skipped":
                    audit.record(uow, principal, "strategy.imported", result.strategy_id, {"name": result.name})
            done.append(result)
    return done


async def _import_one(
    uow: UnitOfWork,
    context: Context,
    principal: Principal,
    archive: format.Reader,
    one: ArchivedStrategy,
    choice: ImportChoice | None,
) -> ImportedStrategy:
    row = await repository.of_name(uow.session, principal.user_id, one.name.strip())
    state, _ = await _compared(uow, row, one)
    chosen = choice or ("keep_both" if state == "new" else "skip")
    if chosen == "skip" or (state == "same" and chosen == "replace"):
        return ImportedStrategy(name=one.name, outcome="skipped", strategy_id=row.id if row else None)
    if row is not None and chosen == "replace":
        await _copy(uow, context, principal, archive, row, one.versions[-1:], as_they_were=False)
        return ImportedStrategy(name=row.name, outcome="new_version", strategy_id=row.id)
    made = await _new_strategy(uow, principal, one)
    await _copy(uow, context, principal, archive, made, one.versions, as_they_were=True)
    return ImportedStrategy(name=made.name, outcome="created", strategy_id=made.id)


def path_of(context: Context, owner_id: str, archive_id: str) -> Path:
    """Give the place of an uploaded archive. Raise ArchiveNotFound."""
    path = _own_folder(context.settings, owner_id) / archive_id
    if not re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", archive_id) or not path.is_file():
        raise ArchiveNotFound(f"there is no archive {archive_id[:30]}; uploads are kept for a day, send it again")
    return path


async def purge(context: Context) -> int:
    """Delete uploads older than a day; give their number."""
    before = time.time() - KEPT.total_seconds()

    def sweep() -> int:
        old = [path for path in folder_of(context.settings).glob("*/*") if path.stat().st_mtime < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    return await asyncio.to_thread(sweep)


def _own_folder(settings: Settings, owner_id: str) -> Path:
    folder = folder_of(settings) / owner_id
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _manifest_of(path: Path, password: str) -> Manifest:
    with format.opened(path, password) as archive:
        return archive.manifest


async def _compared(uow: UnitOfWork, row: StrategyRow | None, one: ArchivedStrategy) -> tuple[ImportState, int]:
    """Say whether a strategy is here, and how many of its versions' texts are not."""
    if row is None:
        return "new", len(one.versions)
    here = await repository.versions(uow.session, row.id)
    known = {version.sha256 for version in here}
    missing = sum(version.sha256 not in known for version in one.versions)
    return ("same" if here and here[0].sha256 == one.versions[-1].sha256 and not missing else "conflict"), missing


async def _new_strategy(uow: UnitOfWork, principal: Principal, one: ArchivedStrategy) -> StrategyRow:
    now = clock.utcnow()
    name, number = one.name.strip(), 2
    while await repository.of_name(uow.session, principal.user_id, name) is not None:
        name, number = f"{one.name.strip()[:74]} ({number})", number + 1
    row = StrategyRow(
        id=new_id(),
        owner_id=principal.user_id,
        name=name,
        description=one.description,
        version=0,
        created_at=now,
        updated_at=now,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


async def _copy(
    uow: UnitOfWork,
    context: Context,
    principal: Principal,
    archive: format.Reader,
    row: StrategyRow,
    versions: list[ArchivedVersion],
    *,
    as_they_were: bool,
) -> None:
    """Add versions on top of a strategy's own: with their times and authors, or as of now."""
    for archived in versions:
        project = await asyncio.to_thread(archive.project, archived)
        now = clock.utcnow()
        version = StrategyVersionRow(
            id=new_id(),
            strategy_id=row.id,
            number=row.version + 1,
            message=archived.message,
            label=(archived.label or "").strip() or None,
            sha256=archived.sha256,
            lines=project.lines,
            author=(archived.author if as_they_were else principal.username) or principal.username,
            created_at=format.believable(archived.created_at, now) if as_they_were else now,
        )
        await coding.write(uow, context, row.owner_id, version, project)
        uow.session.add(version)
        row.version, row.updated_at = version.number, now
        await uow.session.flush()


def _too_much() -> TooMuchToExport:
    return TooMuchToExport(
        f"these have more than {format.MAX_ENTRIES:,} versions and files; export fewer at once", field="ids"
    )


def _archived(row: StrategyVersionRow, file: str, project: Project) -> ArchivedVersion:
    return ArchivedVersion(
        number=row.number,
        file=file,
        files=[other.path for other in project.files],
        message=row.message,
        label=row.label,
        author=row.author,
        created_at=row.created_at,
        sha256=row.sha256,
    )
