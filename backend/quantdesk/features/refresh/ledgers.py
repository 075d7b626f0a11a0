"""Where a refresh keeps what became of each item: in the database, or in memory for a command run by hand."""

from __future__ import annotations

import datetime as dt
from collections import Counter, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Protocol, cast

from quantdesk.core.refresh.plan import Reason, Step
from quantdesk.features.refresh import repository
from quantdesk.features.refresh.repository import MAX_ATTEMPTS as MAX_ATTEMPTS
from quantdesk.features.refresh.schemas import Stopped
from quantdesk.features.refresh.tables import RefreshItemRow, RefreshRow
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.ports.datasets import Dataset

MAX_STOPS = 6
"""A refresh that stopped more often goes on only when a person says so."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An item whose fetch begins."""

    dataset: Dataset
    key: str
    reason: Reason
    end: dt.date | None
    last: dt.date | None
    """The last stored day when the refresh was planned."""
    attempts: int
    """This one included."""


@dataclass(frozen=True, slots=True)
class Got:
    """What a fetch has stored."""

    source: str
    inserted: int
    updated: int
    first: dt.date | None = None
    last: dt.date | None = None
    """Of bars: the days that are stored now."""


class Ledger(Protocol):
    @property
    def newest(self) -> dt.date | None:
        """The last day that any instrument had when the refresh was planned."""
        ...

    async def begin(self) -> tuple[int, int]:
        """Give the items that are done, and those that are or will be."""
        ...

    async def next(self, but: Collection[str] = ()) -> Turn | None:
        """Take the next pending item and count an attempt, at most MAX_ATTEMPTS each; None when there is none.

        Those of the datasets `but` stay pending.
        """
        ...

    async def answered(self, turn: Turn, got: Got) -> None: ...

    async def failed(self, turn: Turn, kind: str, message: str, *, again: bool) -> None:
        """Keep the error; the item stays pending where it is to be tried again."""
        ...

    async def skip_behind(self, dataset: str) -> int:
        """Skip the dataset's pending items that lack no day any instrument has; give their number."""
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
        counts: Counter[str] = Counter()
        for tally in tallies:
            counts[tally.state] += tally.items
        total = sum(counts.values()) - counts["skipped"]
        return total - counts["pending"], total

    async def next(self, but: Collection[str] = ()) -> Turn | None:
        async with self._database.unit() as uow:
            row = await repository.begin_next(uow.session, self._id, clock.utcnow(), but)
        if row is None:
            return None
        return Turn(cast(Dataset, row.dataset), row.key, cast(Reason, row.reason), row.end, row.last, row.attempts)

    async def answered(self, turn: Turn, got: Got) -> None:
        async with self._database.unit() as uow:
            row = await uow.session.get_one(RefreshItemRow, self._key(turn), with_for_update=True)
            row.state = "done" if got.inserted or got.updated else "unchanged"
            row.source, row.inserted, row.updated = got.source, got.inserted, got.updated
            row.first, row.last = got.first, got.last
            row.error_kind = row.error = None
            row.at = clock.utcnow()

    async def failed(self, turn: Turn, kind: str, message: str, *, again: bool) -> None:
        async with self._database.unit() as uow:
            row = await uow.session.get_one(RefreshItemRow, self._key(turn), with_for_update=True)
            if not again:
                row.state = "failed"
            row.error_kind, row.error, row.at = kind, message[:500], clock.utcnow()

    async def skip_behind(self, dataset: str) -> int:
        if self.newest is None:
            return 0
        async with self._database.unit() as uow:
            return await repository.skip_behind(uow.session, self._id, dataset, self.newest, clock.utcnow())

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

    def _key(self, turn: Turn) -> tuple[str, str, str]:
        return self._id, turn.dataset, turn.key


class MemoryLedger:
    """Forgets all with the process: the next plan is made of what is stored by then."""

    def __init__(self, steps: Iterable[Step], newest: dt.date | None) -> None:
        self.newest = newest
        self._pending = deque(
            Turn(cast(Dataset, step.dataset), step.key, step.reason, step.end, step.last, 0)
            for step in steps
            if step.fetches
        )
        self.done: list[str] = []
        self.unchanged: list[str] = []
        """Each as dataset and key."""
        self.errors: dict[str, str] = {}
        self.skipped = 0
        self.inserted = self.updated = 0

    async def begin(self) -> tuple[int, int]:
        return 0, len(self._pending)

    async def next(self, but: Collection[str] = ()) -> Turn | None:
        turn = next((turn for turn in self._pending if turn.dataset not in but), None)
        if turn is None:
            return None
        self._pending.remove(turn)
        return replace(turn, attempts=turn.attempts + 1)

    async def answered(self, turn: Turn, got: Got) -> None:
        (self.done if got.inserted or got.updated else self.unchanged).append(_name(turn))
        self.inserted += got.inserted
        self.updated += got.updated
        self.errors.pop(_name(turn), None)

    async def failed(self, turn: Turn, kind: str, message: str, *, again: bool) -> None:
        self.errors[_name(turn)] = message
        if again and turn.attempts < MAX_ATTEMPTS:
            self._pending.append(turn)

    async def skip_behind(self, dataset: str) -> int:
        kept = [
            turn
            for turn in self._pending
            if turn.dataset != dataset or turn.reason != "behind" or turn.last != self.newest
        ]
        skipped = len(self._pending) - len(kept)
        self._pending = deque(kept)
        self.skipped += skipped
        return skipped

    async def stop(self, stopped: Stopped, pause: dt.timedelta) -> None:
        pass

    async def end(self) -> None:
        pass


def _name(turn: Turn) -> str:
    return f"{turn.dataset} {turn.key}"
