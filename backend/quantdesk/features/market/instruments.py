"""The instruments in memory: search as one types, without asking the database for each key."""

from __future__ import annotations

import datetime as dt
from weakref import WeakKeyDictionary

from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.core.instruments.search import InstrumentIndex, Searchable
from quantdesk.features.market import repository
from quantdesk.features.market.tables import InstrumentRow
from quantdesk.kit.uow import Database


class InstrumentCache:
    """All instruments of one database with their search index; made again when the table has changed."""

    def __init__(self) -> None:
        self.fingerprint: tuple[int, dt.datetime | None] | None = None
        self.rows: dict[str, InstrumentRow] = {}
        self.index = InstrumentIndex([])

    async def refresh(self, session: AsyncSession) -> None:
        """Read the table again if it has changed."""
        fingerprint = await repository.fingerprint(session)
        if fingerprint == self.fingerprint:
            return
        rows = await repository.all_rows(session)
        session.expunge_all()
        self.rows = {row.symbol: row for row in rows}
        self.index = InstrumentIndex(
            Searchable(row.symbol, row.name, row.pinyin, row.kind, row.delist_date is not None) for row in rows
        )
        self.fingerprint = fingerprint


_caches: WeakKeyDictionary[Database, InstrumentCache] = WeakKeyDictionary()


async def instrument_cache(session: AsyncSession, database: Database) -> InstrumentCache:
    """Give this process's cache of the database's instruments, up to date."""
    cache = _caches.setdefault(database, InstrumentCache())
    await cache.refresh(session)
    return cache
