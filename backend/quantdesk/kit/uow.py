"""One request or task, one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from quantdesk.kit.db import WRITE_OPTION

AfterCommit = Callable[[], Awaitable[object]]
log = structlog.get_logger(__name__)


class UnitOfWork:
    """A transaction in progress, and what to do once it is committed."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self._after_commit: list[AfterCommit] = []

    def after_commit(self, action: AfterCommit) -> None:
        """Run the action once the transaction is committed, in order; it is dropped on rollback."""
        self._after_commit.append(action)

    async def run_after_commit(self) -> None:
        actions, self._after_commit = self._after_commit, []
        for action in actions:
            try:
                await action()
            except Exception:
                # The transaction stands; the jobs sweep repeats what was lost.
                log.exception("after-commit action failed")


class Database:
    """The engine and its units of work."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._read = async_sessionmaker(engine, expire_on_commit=False)
        self._write = async_sessionmaker(engine.execution_options(**{WRITE_OPTION: True}), expire_on_commit=False)

    @asynccontextmanager
    async def unit(self, *, write: bool = True) -> AsyncIterator[UnitOfWork]:
        """Open a transaction; commit at the end, roll back on an error, then run the after-commit actions."""
        async with (self._write if write else self._read)() as session:
            uow = UnitOfWork(session)
            async with session.begin():
                yield uow
        await uow.run_after_commit()

    async def close(self) -> None:
        await self.engine.dispose()
