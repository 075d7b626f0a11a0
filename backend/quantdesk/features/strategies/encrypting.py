"""Seals the code that was stored before there were data keys. Cut off, it goes on where it stopped."""

from __future__ import annotations

import datetime as dt

import structlog
from sqlalchemy import select

from quantdesk.features.strategies import coding
from quantdesk.features.strategies.tables import StrategyRow, StrategyVersionRow
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.crypto import Tampered
from quantdesk.kit.ids import first_id_at

BATCH = 50
LOST = dt.timedelta(days=1)
"""A document that no version names after so long belongs to a save that failed, or to a version that was deleted."""
log = structlog.get_logger(__name__)


async def seal_plain(context: Context) -> int:
    """Seal every version that is stored plain, and leave no trace of the plain text; give how many there were.

    What does not match its version's checksum is left as it is and named in the log.
    """
    sealed, after = 0, ""
    while True:
        async with context.database.unit() as uow:
            plain = (
                select(StrategyVersionRow, StrategyRow.owner_id)
                .join(StrategyRow, StrategyRow.id == StrategyVersionRow.strategy_id)
                .where(StrategyVersionRow.data_key_id.is_(None), StrategyVersionRow.id > after)
                .order_by(StrategyVersionRow.id)
                .limit(BATCH)
                .with_for_update()
            )
            rows = (await uow.session.execute(plain)).all()
            for row, owner_id in rows:
                try:
                    project = await coding.read(uow, context, owner_id, row)
                except Tampered as error:
                    log.error("a version is not sealed", strategy=row.strategy_id, version=row.number, why=str(error))
                    continue
                # Replaced first and named sealed after: cut off between, the sealed document is read as one.
                await coding.write(uow, context, owner_id, row, project)
                sealed += 1
        if not rows:
            break
        after = rows[-1][0].id
    forgotten = await _forget_lost(context)
    if sealed or forgotten:
        await context.documents.scrub()
    return sealed


async def _forget_lost(context: Context) -> int:
    """Delete documents that no version names: what failed saves and deletions that were cut off have left behind."""
    forgotten, after, young = 0, "", first_id_at(clock.utcnow() - LOST)
    while ids := await context.documents.ids(coding.CODE, after=after, limit=500):
        async with context.database.unit(write=False) as uow:
            named = set(await uow.session.scalars(select(StrategyVersionRow.id).where(StrategyVersionRow.id.in_(ids))))
        for id in ids:
            if id not in named and id < young:
                await context.documents.delete(coding.CODE, id)
                forgotten += 1
        after = ids[-1]
    return forgotten
