"""Queries over refreshes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import CursorResult, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.refresh.tables import RefreshItemRow, RefreshRow, RefreshScheduleRow
from quantdesk.kit.pagination import newest_first

_CHUNK = 500
"""Rows in one statement; SQLite takes 32,766 variables."""
MAX_ATTEMPTS = 2
"""Fetches of an item at most, since a person or a stop began them anew."""
_ANSWERED = ("done", "unchanged")
_NOTHING = ("empty", "unknown_symbol")
"""Errors by which a source says that there is nothing of an item."""


class Tally(NamedTuple):
    """What has become of a dataset's items in one state."""

    refresh_id: str
    dataset: str
    place: int
    state: str
    items: int
    inserted: int
    updated: int


async def get(session: AsyncSession, refresh_id: str, owner_id: str) -> RefreshRow | None:
    statement = select(RefreshRow).where(RefreshRow.id == refresh_id, RefreshRow.owner_id == owner_id)
    return (await session.scalars(statement)).one_or_none()


async def page(
    session: AsyncSession, owner_id: str, cursor: str | None, limit: int
) -> tuple[Sequence[RefreshRow], str | None]:
    """Give refreshes, newest first, and the next page's cursor."""
    statement = select(RefreshRow).where(RefreshRow.owner_id == owner_id)
    return await newest_first(session, statement, RefreshRow.id, cursor, limit)


async def newest_jobs(session: AsyncSession, limit: int) -> Sequence[str]:
    """Give the jobs of the newest refreshes, whoever's."""
    return (await session.scalars(select(RefreshRow.job_id).order_by(RefreshRow.id.desc()).limit(limit))).all()


async def last_due(session: AsyncSession, part: str) -> dt.date | None:
    return await session.scalar(select(func.max(RefreshRow.due)).where(RefreshRow.part == part))


async def to_go_on(session: AsyncSession, now: dt.datetime) -> Sequence[RefreshRow]:
    """Give the stopped refreshes whose time has come, oldest first."""
    statement = select(RefreshRow).where(RefreshRow.goes_on_at <= now).order_by(RefreshRow.id)
    return (await session.scalars(statement)).all()


async def put_items(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    for first in range(0, len(rows), _CHUNK):
        await session.execute(insert(RefreshItemRow), list(rows[first : first + _CHUNK]))


async def items(
    session: AsyncSession,
    refresh_id: str,
    datasets: Collection[str] | None,
    states: Collection[str] | None,
    after: tuple[int, str] | None,
    limit: int,
) -> Sequence[RefreshItemRow]:
    """Give what became of the items, in the order of fetching."""
    row = RefreshItemRow
    statement = select(row).where(row.refresh_id == refresh_id)
    if datasets:
        statement = statement.where(row.dataset.in_(datasets))
    if states:
        statement = statement.where(row.state.in_(states))
    if after is not None:
        statement = statement.where(tuple_(row.place, row.key) > after)
    return (await session.scalars(statement.order_by(row.place, row.key).limit(limit))).all()


async def tallies(session: AsyncSession, refresh_ids: Collection[str]) -> list[Tally]:
    """Count the items by refresh, dataset and state, in the order of fetching."""
    row = RefreshItemRow
    inserted, updated = (func.coalesce(func.sum(column), 0) for column in (row.inserted, row.updated))
    statement = (
        select(row.refresh_id, row.dataset, row.place, row.state, func.count(), inserted, updated)
        .where(row.refresh_id.in_(refresh_ids))
        .group_by(row.refresh_id, row.dataset, row.place, row.state)
        .order_by(row.place)
    )
    found = await session.execute(statement)
    return [
        Tally(refresh_id, dataset, place, state, items, int(new or 0), int(changed or 0))
        for refresh_id, dataset, place, state, items, new, changed in found
    ]


async def under_way(session: AsyncSession, refresh_ids: Collection[str]) -> dict[str, RefreshItemRow]:
    """Give by refresh the pending item whose fetch began last."""
    row = RefreshItemRow
    begun = (row.refresh_id.in_(refresh_ids), row.state == "pending", row.attempts > 0)
    statement = select(row).where(*begun).order_by(row.at)
    return {found.refresh_id: found for found in await session.scalars(statement)}


async def last_ends(session: AsyncSession, refresh_id: str, dataset: str, limit: int) -> Sequence[dt.datetime]:
    """Give when the dataset's newest items ended, newest first."""
    row = RefreshItemRow
    ended = (row.refresh_id == refresh_id, row.dataset == dataset, row.state.in_((*_ANSWERED, "failed")))
    statement = select(row.at).where(*ended, row.at.is_not(None)).order_by(row.at.desc()).limit(limit)
    return [at for at in await session.scalars(statement) if at is not None]


async def failures(
    session: AsyncSession, refresh_ids: Collection[str]
) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    """Give by refresh and dataset the newest failure's kind and message."""
    row = RefreshItemRow
    statement = (
        select(row.refresh_id, row.dataset, row.error_kind, row.error)
        .where(row.refresh_id.in_(refresh_ids), row.state == "failed")
        .order_by(row.at)
    )
    found = await session.execute(statement)
    return {(refresh_id, dataset): (kind, error) for refresh_id, dataset, kind, error in found}


async def answered(session: AsyncSession, datasets: Collection[str]) -> dict[tuple[str, str], dt.datetime]:
    """Give by dataset and key when a source last had an answer for it."""
    return await _last_at(session, datasets, _ANSWERED)


async def tried(session: AsyncSession, datasets: Collection[str]) -> dict[tuple[str, str], dt.datetime]:
    """Give by dataset and key when it was last asked for, with or without an answer."""
    return await _last_at(session, datasets, (*_ANSWERED, "failed"))


async def empty(session: AsyncSession, dataset: str) -> dict[str, dt.datetime]:
    """Give by key when a source last said that it has nothing of it."""
    row = RefreshItemRow
    said = (row.dataset == dataset, row.state == "failed", row.error_kind.in_(_NOTHING))
    statement = select(row.key, func.max(row.at)).where(*said).group_by(row.key)
    return {key: at for key, at in await session.execute(statement) if at is not None}


async def _last_at(
    session: AsyncSession, datasets: Collection[str], states: Collection[str]
) -> dict[tuple[str, str], dt.datetime]:
    row = RefreshItemRow
    statement = (
        select(row.dataset, row.key, func.max(row.at))
        .where(row.dataset.in_(datasets), row.state.in_(states))
        .group_by(row.dataset, row.key)
    )
    return {(dataset, key): at for dataset, key, at in await session.execute(statement) if at is not None}


async def begin_next(
    session: AsyncSession, refresh_id: str, now: dt.datetime, but: Collection[str]
) -> RefreshItemRow | None:
    """Take the next pending item of the datasets `but` those named, and count an attempt; None when there is none.

    Those not tried yet come first, so that one whose fetch was cut off waits for the end.
    """
    row = RefreshItemRow
    pending = (
        row.refresh_id == refresh_id,
        row.state == "pending",
        row.attempts < MAX_ATTEMPTS,
        row.dataset.not_in(but),
    )
    while True:
        found = (
            await session.scalars(select(row).where(*pending).order_by(row.attempts, row.place, row.key).limit(1))
        ).one_or_none()
        if found is None:
            return None
        taken = (
            await session.scalars(
                update(row)
                .where(*pending, row.dataset == found.dataset, row.key == found.key, row.attempts == found.attempts)
                .values(attempts=row.attempts + 1, at=now)
                .returning(row)
                .execution_options(populate_existing=True)
            )
        ).one_or_none()
        if taken is not None:
            return taken


async def give_up_interrupted(session: AsyncSession, refresh_id: str, now: dt.datetime, message: str) -> None:
    """End the pending items that have no attempt left."""
    row = RefreshItemRow
    await session.execute(
        update(row)
        .where(row.refresh_id == refresh_id, row.state == "pending", row.attempts >= MAX_ATTEMPTS)
        .values(state="failed", at=now, error_kind=func.coalesce(row.error_kind, "interrupted"))
        .values(error=func.coalesce(row.error, message))
    )


async def skip_behind(session: AsyncSession, refresh_id: str, dataset: str, newest: dt.date, now: dt.datetime) -> int:
    """Skip the dataset's pending items that have the newest day anything had; give their number."""
    row = RefreshItemRow
    behind = (row.dataset == dataset, row.state == "pending", row.reason == "behind", row.last == newest)
    result = await session.execute(
        update(row).where(row.refresh_id == refresh_id, *behind).values(state="skipped", reason="no_new_day", at=now)
    )
    assert isinstance(result, CursorResult)  # noqa: S101 - what an UPDATE gives
    return result.rowcount


async def open_again(session: AsyncSession, refresh_id: str, states: Collection[str]) -> None:
    """Make items of these states pending, with all attempts."""
    row = RefreshItemRow
    await session.execute(
        update(row)
        .where(row.refresh_id == refresh_id, row.state.in_(states))
        .values(state="pending", attempts=0, error_kind=None, error=None)
    )


async def schedule(session: AsyncSession) -> RefreshScheduleRow | None:
    return await session.get(RefreshScheduleRow, 1)


async def delete_before(session: AsyncSession, when: dt.datetime, keep_jobs: Collection[str]) -> int:
    """Delete old refreshes, but never the newest scheduled one of each part; give their number."""
    newest = select(func.max(RefreshRow.due)).where(RefreshRow.part.is_not(None)).group_by(RefreshRow.part)
    old = select(RefreshRow.id).where(
        RefreshRow.created_at < when,
        RefreshRow.goes_on_at.is_(None),
        RefreshRow.job_id.not_in(keep_jobs),
        (RefreshRow.due.is_(None)) | (RefreshRow.due.not_in(newest)),
    )
    ids = list(await session.scalars(old))
    for first in range(0, len(ids), _CHUNK):
        part = ids[first : first + _CHUNK]
        await session.execute(delete(RefreshItemRow).where(RefreshItemRow.refresh_id.in_(part)))
        await session.execute(delete(RefreshRow).where(RefreshRow.id.in_(part)))
    return len(ids)
