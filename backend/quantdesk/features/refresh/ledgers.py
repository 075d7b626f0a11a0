"""Where a refresh keeps what became of each symbol: in the database, or in memory for a command run by hand."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol, cast

from quantdesk.core.refresh.plan import Reason, Step
from quantdesk.features.refresh import repository
from quantdesk.features.refresh.repository import MAX_ATTEMPTS as MAX_ATTEMPTS
from quantdesk.features.refresh.schemas import Stopped
from quantdesk.features.refresh.tables import RefreshRow, RefreshSymbolRow
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.ports.bar_store import Coverage, WriteReceipt

MAX_STOPS = 6
"""A refresh that stopped more often goes on only when a person says so."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A symbol whose fetch begins."""

    symbol: str
    reason: Reason
    end: dt.date | None
    last: dt.date | None
    """The last stored day when the refresh was planned."""
    attempts: int
    """This one included."""


class Ledger(Protocol):
    @property
    def newest(self) -> dt.date | None:
        """The last day that any instrument had when the refresh was planned."""
        ...

    async def begin(self) -> tuple[int, int]:
        """Give the symbols that are done, and those that are or will be."""
        ...

    async def next(self) -> Turn | None:
        """Take the next pending symbol and count an attempt, at most MAX_ATTEMPTS each; None when there is none."""
        ...

    async def answered(self, turn: Turn, source: str, receipt: WriteReceipt, coverage: Coverage | None) -> None: ...

    async def failed(self, turn: Turn, kind: str, message: str, *, again: bool) -> None:
        """Keep the error; the symbol stays pending where it is to be tried again."""
        ...

    async def skip_behind(self) -> int:
        """Skip the pending symbols that lack no day any instrument has; give their number."""
        ...

    async def stop(self, stopped: Stopped, pause: dt.timedelta) -> None: ...

    async def end(self) -> None: ...


class DatabaseLedger:
    """Commits each outcome. Whoever takes over after a kill goes on with what is not done."""

    def __init__(self, context: Context, refresh_id: str) -> None:
        self._database = context.database
        self._id = refresh_id
        self.newest: dt.date | None = None

    async def begin(self) -> tuple[int, int]:
        async with self._database.unit() as uow:
            row = await uow.session.get_one(RefreshRow, self._id, with_for_update=True)
            row.stopped = row.goes_on_at = None
            self.newest = row.newest
            tallies = await repository.tallies(uow.session, [self._id])
        counts = {state: count for _, state, count, _, _ in tallies if state != "skipped"}
        total = sum(counts.values())
        return total - counts.get("pending", 0), total

    async def next(self) -> Turn | None:
        async with self._database.unit() as uow:
            row = await repository.begin_next(uow.session, self._id, clock.utcnow())
        if row is None:
            return None
        return Turn(row.symbol, cast(Reason, row.reason), row.end, row.last, row.attempts)

    async def answered(self, turn: Turn, source: str, receipt: WriteReceipt, coverage: Coverage | None) -> None:
        async with self._database.unit() as uow:
            row = await uow.session.get_one(RefreshSymbolRow, (self._id, turn.symbol), with_for_update=True)
            row.state = "done" if receipt.inserted or receipt.updated else "unchanged"
            row.source, row.inserted, row.updated = source, receipt.inserted, receipt.updated
            row.first, row.last = (coverage.first, coverage.last) if coverage else (None, None)
            row.error_kind = row.error = None
            row.at = clock.utcnow()

    async def failed(self, turn: Turn, kind: str, message: str, *, again: bool) -> None:
        async with self._database.unit() as uow:
            row = await uow.session.get_one(RefreshSymbolRow, (self._id, turn.symbol), with_for_update=True)
            if not again:
                row.state = "failed"
            row.error_kind, row.error, row.at = kind, message[:500], clock.utcnow()

    async def skip_behind(self) -> int:
        if self.newest is None:
            return 0
        async with self._database.unit() as uow:
            return await repository.skip_behind(uow.session, self._id, self.newest, clock.utcnow())

    async def stop(self, stopped: Stopped, pause: dt.timedelta) -> None:
        async with self._database.unit() as uow:
            row = await uow.session.get_one(RefreshRow, self._id, with_for_update=True)
            row.stopped = stopped.model_dump()
            row.stops += 1
            row.goes_on_at = clock.utcnow() + pause if row.stops <= MAX_STOPS else None

    async def end(self) -> None:
        message = f"the worker ended {MAX_ATTEMPTS} times while this was fetched; resume to try again"
        async with self._database.unit() as uow:
            await repository.give_up_interrupted(uow.session, self._id, clock.utcnow(), message)


class MemoryLedger:
    """Forgets all with the process: the next plan is made of what is stored by then."""

    def __init__(self, steps: Iterable[Step], newest: dt.date | None) -> None:
        self.newest = newest
        self._pending = deque(Turn(step.symbol, step.reason, step.end, step.last, 0) for step in steps if step.fetches)
        self.done: list[str] = []
        self.unchanged: list[str] = []
        self.errors: dict[str, str] = {}
        self.skipped = 0
        self.inserted = self.updated = 0

    async def begin(self) -> tuple[int, int]:
        return 0, len(self._pending)

    async def next(self) -> Turn | None:
        if not self._pending:
            return None
        turn = self._pending.popleft()
        return replace(turn, attempts=turn.attempts + 1)

    async def answered(self, turn: Turn, source: str, receipt: WriteReceipt, coverage: Coverage | None) -> None:
        changed = receipt.inserted or receipt.updated
        (self.done if changed else self.unchanged).append(turn.symbol)
        self.inserted += receipt.inserted
        self.updated += receipt.updated
        self.errors.pop(turn.symbol, None)

    async def failed(self, turn: Turn, kind: str, message: str, *, again: bool) -> None:
        self.errors[turn.symbol] = message
        if again and turn.attempts < MAX_ATTEMPTS:
            self._pending.append(turn)

    async def skip_behind(self) -> int:
        kept = [turn for turn in self._pending if turn.reason != "behind" or turn.last != self.newest]
        skipped = len(self._pending) - len(kept)
        self._pending = deque(kept)
        self.skipped += skipped
        return skipped

    async def stop(self, stopped: Stopped, pause: dt.timedelta) -> None:
        pass

    async def end(self) -> None:
        pass
