"""The end of a strategy in the trash: its code and drafts are deleted, its name stays with its backtests."""

from __future__ import annotations

import datetime as dt
from functools import partial

from sqlalchemy import delete, select

from quantdesk.features.strategies import drafts, repository
from quantdesk.features.strategies.coding import CODE
from quantdesk.features.strategies.errors import NotInTrash, StrategyNotFound
from quantdesk.features.strategies.tables import StrategyRow, StrategyVersionRow
from quantdesk.kit import audit, clock
from quantdesk.kit.context import Context
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork

KEPT = dt.timedelta(days=30)
"""In the trash."""


async def delete_now(uow: UnitOfWork, context: Context, principal: Principal, strategy_id: str) -> None:
    """Delete a strategy that is in the trash for good. Raise StrategyNotFound, NotInTrash."""
    row = await repository.get(uow.session, strategy_id, principal.user_id, for_update=True)
    if row is None:
        raise StrategyNotFound(f"there is no strategy {strategy_id}")
    if row.deleted_at is None:
        raise NotInTrash(f"{row.name} is not in the trash; delete it first")
    await _purge(uow, context, row)
    audit.record(uow, principal, "strategy.purged", row.id, {"name": row.name})


async def purge(context: Context) -> int:
    """Delete what has been in the trash for 30 days; give how many strategies that were."""
    purged = 0
    while True:
        async with context.database.unit() as uow:
            old = (
                select(StrategyRow)
                .where(StrategyRow.deleted_at < clock.utcnow() - KEPT, StrategyRow.purged_at.is_(None))
                .limit(1)
                .with_for_update()
            )
            row = (await uow.session.scalars(old)).one_or_none()
            if row is None:
                return purged
            await _purge(uow, context, row)
            audit.record(uow, None, "strategy.purged", row.id, {"name": row.name})
        purged += 1


async def _purge(uow: UnitOfWork, context: Context, row: StrategyRow) -> None:
    of_strategy = StrategyVersionRow.strategy_id == row.id
    for version_id in await uow.session.scalars(select(StrategyVersionRow.id).where(of_strategy)):
        uow.after_commit(partial(context.documents.delete, CODE, version_id))
    await uow.session.execute(delete(StrategyVersionRow).where(of_strategy))
    await drafts.drop(uow, context, row.id)
    row.purged_at, row.description = clock.utcnow(), ""
