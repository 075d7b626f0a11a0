"""Drafts: what was typed since the last save, kept so that another browser can go on with it."""

from __future__ import annotations

from functools import partial

from quantdesk.core.strategies.project import Project
from quantdesk.features.strategies import coding, repository
from quantdesk.features.strategies.errors import DraftConflict, StrategyNotFound
from quantdesk.features.strategies.schemas import Draft, DraftPut, DraftText
from quantdesk.features.strategies.tables import StrategyDraftRow
from quantdesk.kit import clock, crypto
from quantdesk.kit.context import Context
from quantdesk.kit.ids import new_id
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.errors import NotFound

DRAFTS = "strategy_drafts"
"""Collection of the DocumentStore."""


async def get(uow: UnitOfWork, context: Context, strategy_id: str, owner_id: str) -> DraftText | None:
    """Give the draft with its text; None when there is none. Raise StrategyNotFound."""
    await _strategy(uow, strategy_id, owner_id)
    row = await uow.session.get(StrategyDraftRow, strategy_id)
    if row is None:
        return None
    try:
        document = await context.documents.get(DRAFTS, row.document_id)
    except NotFound:
        return None
    text = await crypto.unseal(uow, context, owner_id, str(document.get("sealed")), *_about(row))
    project = coding.unpacked(text)
    return DraftText(**_draft(row).model_dump(), code=project.code, files=list(project.files))


async def put(uow: UnitOfWork, context: Context, strategy_id: str, owner_id: str, body: DraftPut) -> Draft:
    """Replace the draft. Raise StrategyNotFound, DraftConflict when `revision` is no longer the newest.

    Files are taken as they are, with whatever paths: a draft is never refused for what is not finished.
    """
    await _strategy(uow, strategy_id, owner_id, for_update=True)
    row = await uow.session.get(StrategyDraftRow, strategy_id)
    if row is not None and row.revision != body.revision:
        raise DraftConflict(
            "the draft was changed on another page; go on there, or save here as a version",
            field="revision",
            newest_revision=row.revision,
        )
    now = clock.utcnow()
    if row is None:
        row = StrategyDraftRow(strategy_id=strategy_id, revision=body.revision or 0)
        uow.session.add(row)
    else:
        uow.after_commit(partial(context.documents.delete, DRAFTS, row.document_id))
    row.revision += 1
    row.base_version, row.document_id, row.updated_at = body.base_version, new_id(), now
    text = await crypto.seal(uow, context, owner_id, coding.packed(_project(body)), *_about(row))
    await context.documents.put(DRAFTS, row.document_id, {"sealed": text})
    await uow.session.flush()
    return _draft(row)


async def drop(uow: UnitOfWork, context: Context, strategy_id: str) -> None:
    """Forget the draft; nothing happens where there is none."""
    row = await uow.session.get(StrategyDraftRow, strategy_id)
    if row is not None:
        uow.after_commit(partial(context.documents.delete, DRAFTS, row.document_id))
        await uow.session.delete(row)
        await uow.session.flush()


async def discard(uow: UnitOfWork, context: Context, strategy_id: str, owner_id: str) -> None:
    """Forget one's draft. Raise StrategyNotFound."""
    await _strategy(uow, strategy_id, owner_id)
    await drop(uow, context, strategy_id)


async def _strategy(uow: UnitOfWork, strategy_id: str, owner_id: str, *, for_update: bool = False) -> None:
    if await repository.get(uow.session, strategy_id, owner_id, for_update=for_update) is None:
        raise StrategyNotFound(f"there is no strategy {strategy_id}")


def _about(row: StrategyDraftRow) -> tuple[str, str, int]:
    return "strategy_draft", row.strategy_id, row.revision


def _project(body: DraftPut) -> Project:
    return Project(body.code, tuple(sorted(body.files, key=lambda file: file.path)))


def _draft(row: StrategyDraftRow) -> Draft:
    return Draft(revision=row.revision, base_version=row.base_version, updated_at=row.updated_at)
