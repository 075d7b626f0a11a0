"""What happened to the sources: who failed, who stepped in, who is back. Kept, and told on the event bus."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from functools import partial

from quantdesk.features.sources import repository
from quantdesk.features.sources.events import TOPIC, SourceAlert
from quantdesk.features.sources.schemas import TROUBLES, SourceEvent
from quantdesk.features.sources.tables import SourceEventRow
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.ids import new_id
from quantdesk.kit.pagination import Page
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.data_source import DataSource, Request
from quantdesk.ports.errors import SourceError, SourceKind

KEPT = dt.timedelta(days=30)
CHECKS_KEPT = dt.timedelta(days=180)
SAME_RUN = dt.timedelta(hours=1)
"""Failures of one kind this close together are told as one."""
_UNTOLD: frozenset[SourceKind] = frozenset(("resting", "unsupported"))
"""What follows from a failure that is told already, and what is none."""


async def note(context: Context, request: Request, answered_by: str | None, failures: Sequence[SourceError]) -> None:
    """Keep what asking for something came to: the sources that failed, and the one that answered, if any did."""
    told = [error for error in failures if error.kind not in _UNTOLD]
    hosts = await asyncio.to_thread(_hosts, context.sources, told) if told else {}
    if not told and not await _is_back(context, request, answered_by):
        return
    async with context.database.unit() as uow:
        for error in told:
            await _failed(uow, context, request, error, hosts.get(id(error)), answered_by)
        if answered_by is not None:
            for row in await repository.unrecovered(uow.session, answered_by, request.dataset):
                row.recovered_at = clock.utcnow()
                _tell(uow, context, row)


async def list_events(
    uow: UnitOfWork, *, source: str | None, days: int, unrecovered: bool, cursor: str | None, limit: int
) -> Page[SourceEvent]:
    """Give what happened in the last days, newest first."""
    rows, next_cursor = await repository.page_events(
        uow.session,
        source=source,
        since=clock.utcnow() - dt.timedelta(days=days),
        unrecovered_only=unrecovered,
        cursor=cursor,
        limit=limit,
    )
    return Page(items=[_event(row) for row in rows], next_cursor=next_cursor)


async def purge(context: Context) -> None:
    """Delete events past 30 days, and settled differences and checks past 180."""
    now = clock.utcnow()
    async with context.database.unit() as uow:
        await repository.forget(uow.session, now - KEPT, now - CHECKS_KEPT)


async def _is_back(context: Context, request: Request, source: str | None) -> bool:
    if source is None:
        return False
    async with context.database.unit(write=False) as uow:
        return bool(await repository.unrecovered(uow.session, source, request.dataset))


async def _failed(
    uow: UnitOfWork,
    context: Context,
    request: Request,
    error: SourceError,
    host: str | None,
    next_source: str | None,
) -> None:
    now = clock.utcnow()
    row = await repository.recent(uow.session, error.source, request.dataset, error.kind, now - SAME_RUN)
    if row is not None:
        row.count += 1
        row.last_at, row.recovered_at, row.next_source = now, None, next_source
        return
    row = SourceEventRow(
        id=new_id(),
        source=error.source,
        dataset=request.dataset,
        host=host,
        error_kind=error.kind,
        message=str(error).replace("\0", "")[:500],
        symbol=request.symbol,
        next_source=next_source,
        count=1,
        first_at=now,
        last_at=now,
        recovered_at=None,
    )
    uow.session.add(row)
    await uow.session.flush()
    _tell(uow, context, row)


def _tell(uow: UnitOfWork, context: Context, row: SourceEventRow) -> None:
    uow.after_commit(partial(context.events.publish, TOPIC, SourceAlert(event=_event(row)).model_dump_json()))


def _hosts(sources: dict[str, DataSource], errors: Sequence[SourceError]) -> dict[int, str]:
    """Say which host each error is of: the one whose last error it is, or that it names."""
    found: dict[int, str] = {}
    for error in errors:
        text = str(error)
        known = sources[error.source].health() if error.source in sources else []
        named = [one.host for one in known if one.last_error == text[:500] or one.host in text]
        if named or len(known) == 1:
            found[id(error)] = named[0] if named else known[0].host
    return found


def _event(row: SourceEventRow) -> SourceEvent:
    return SourceEvent.model_validate(
        {column.key: getattr(row, column.key) for column in SourceEventRow.__table__.columns}
        | {"trouble": TROUBLES[row.error_kind]}  # type: ignore[index]  # a column of texts; the schema checks it
    )
