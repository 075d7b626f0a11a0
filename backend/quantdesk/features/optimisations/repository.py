"""Statements on optimisations and their trials."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from quantdesk.features.optimisations.tables import OptimisationRow, OptimisationTrialRow
from quantdesk.kit.pagination import newest_first

Trial = OptimisationTrialRow
_BATCH = 1000


async def get(session: AsyncSession, optimisation_id: str, owner_id: str) -> OptimisationRow | None:
    statement = select(OptimisationRow).where(
        OptimisationRow.id == optimisation_id, OptimisationRow.owner_id == owner_id
    )
    return (await session.scalars(statement)).one_or_none()


async def page(
    session: AsyncSession,
    owner_id: str,
    *,
    strategy_id: str | None,
    query: str,
    deleted: bool,
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[OptimisationRow], str | None]:
    """Give optimisations, newest first, and the next page's cursor."""
    statement = select(OptimisationRow).where(
        OptimisationRow.owner_id == owner_id,
        OptimisationRow.deleted_at.is_not(None) if deleted else OptimisationRow.deleted_at.is_(None),
    )
    if strategy_id is not None:
        statement = statement.where(OptimisationRow.strategy_id == strategy_id)
    if query:
        statement = statement.where(OptimisationRow.name.icontains(query, autoescape=True))
    return await newest_first(session, statement, OptimisationRow.id, cursor, limit)


async def overfitting(session: AsyncSession, optimisation_id: str) -> dict[str, Any] | None:
    """Give the stored figures, which lists do not load."""
    statement = select(OptimisationRow.overfitting).where(OptimisationRow.id == optimisation_id)
    return (await session.scalars(statement)).one_or_none()


async def add_trials(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Insert planned trials, but those that are planned already."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for start in range(0, len(rows), _BATCH):
        await session.execute(insert(Trial).values(rows[start : start + _BATCH]).on_conflict_do_nothing())


async def trials(
    session: AsyncSession, optimisation_id: str, *, fold: int | None = None, with_returns: bool = False
) -> Sequence[OptimisationTrialRow]:
    """Give trials by number, of one fold or all, as they are in the database now."""
    statement = select(Trial).where(Trial.optimisation_id == optimisation_id)
    if fold is not None:
        statement = statement.where(Trial.fold == fold)
    if with_returns:
        statement = statement.options(undefer(Trial.returns))
    statement = statement.order_by(Trial.number).execution_options(populate_existing=True)
    return (await session.scalars(statement)).all()


async def tests(session: AsyncSession, optimisation_id: str) -> Sequence[OptimisationTrialRow]:
    """Give the walk-forward's tests by fold, with their returns."""
    statement = (
        select(Trial)
        .where(Trial.optimisation_id == optimisation_id, Trial.role == "test")
        .options(undefer(Trial.returns))
        .order_by(Trial.fold)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).all()


async def trials_numbered(
    session: AsyncSession, optimisation_id: str, numbers: Collection[int]
) -> Sequence[OptimisationTrialRow]:
    """Give the trials of these numbers, by number."""
    statement = select(Trial).where(Trial.optimisation_id == optimisation_id, Trial.number.in_(numbers))
    return (await session.scalars(statement.order_by(Trial.number).execution_options(populate_existing=True))).all()


async def failed(session: AsyncSession, optimisation_id: str) -> Sequence[OptimisationTrialRow]:
    """Give the trials that failed."""
    statement = select(Trial).where(Trial.optimisation_id == optimisation_id, Trial.state == "failed")
    return (await session.scalars(statement)).all()


async def queue_again(session: AsyncSession, optimisation_id: str, numbers: Collection[int]) -> None:
    """Forget the failures of these trials."""
    statement = (
        update(Trial)
        .where(Trial.optimisation_id == optimisation_id, Trial.number.in_(numbers), Trial.state == "failed")
        .values(state="queued", error=None)
        .execution_options(synchronize_session=False)
    )
    await session.execute(statement)


async def end_trial(session: AsyncSession, optimisation_id: str, number: int, **values: Any) -> bool:
    """Write a trial's end, if it has none yet; say whether it had none."""
    statement = (
        update(Trial)
        .where(Trial.optimisation_id == optimisation_id, Trial.number == number, Trial.state == "queued")
        .values(**values)
        .returning(Trial.number)
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(statement)).first() is not None


async def states(session: AsyncSession, optimisation_id: str) -> Sequence[tuple[int, int, str]]:
    """Give (number, fold, state) of all trials, by number."""
    statement = select(Trial.number, Trial.fold, Trial.state).where(Trial.optimisation_id == optimisation_id)
    return [(row[0], row[1], row[2]) for row in await session.execute(statement.order_by(Trial.number))]


async def counts(session: AsyncSession, ids: Collection[str]) -> dict[str, dict[str, int]]:
    """Count trials by optimisation and state."""
    statement = (
        select(Trial.optimisation_id, Trial.state, func.count())
        .where(Trial.optimisation_id.in_(ids))
        .group_by(Trial.optimisation_id, Trial.state)
    )
    found: dict[str, dict[str, int]] = {}
    for row in await session.execute(statement):
        found.setdefault(row[0], {})[row[1]] = row[2]
    return found


async def best(session: AsyncSession, optimisation_id: str, fold: int = 0) -> OptimisationTrialRow | None:
    """Give the trial of the fold's search with the largest objective; of equal ones the first."""
    statement = (
        select(Trial)
        .where(
            Trial.optimisation_id == optimisation_id,
            Trial.fold == fold,
            Trial.role == "search",
            Trial.objective.is_not(None),
        )
        .order_by(Trial.objective.desc(), Trial.number)
        .limit(1)
    )
    return (await session.scalars(statement)).first()
