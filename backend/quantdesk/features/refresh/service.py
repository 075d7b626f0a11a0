"""Refreshes: planned and asked for over HTTP or by the schedule, carried out in a worker's child process."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection
from typing import cast

from quantdesk.core.refresh.datasets import PLACES
from quantdesk.features.market.errors import SourcesOffline
from quantdesk.features.refresh import repository, views
from quantdesk.features.refresh.errors import NothingToRefresh, NothingToResume, RefreshNotFound
from quantdesk.features.refresh.ledgers import DatabaseLedger as DatabaseLedger
from quantdesk.features.refresh.ledgers import MemoryLedger as MemoryLedger
from quantdesk.features.refresh.planning import MadePlan as MadePlan
from quantdesk.features.refresh.planning import make_plan
from quantdesk.features.refresh.running import carry_out as carry_out
from quantdesk.features.refresh.scheduling import get_schedule as get_schedule
from quantdesk.features.refresh.scheduling import put_schedule as put_schedule
from quantdesk.features.refresh.scheduling import tick as tick
from quantdesk.features.refresh.schemas import ItemState, Refresh, RefreshCreate, RefreshItem, RefreshPlan
from quantdesk.features.refresh.tables import RefreshRow
from quantdesk.features.refresh.views import in_beijing as in_beijing
from quantdesk.features.refresh.writing import insist_on_none_running, open_again, running, write
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.errors import Invalid
from quantdesk.kit.pagination import Page, decode_cursor, encode_cursor
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.datasets import Dataset

KEPT = dt.timedelta(days=60)


async def preview(
    uow: UnitOfWork, context: Context, body: RefreshCreate, owner_id: str, *, cursor: str | None, limit: int
) -> RefreshPlan:
    """Say what a refresh would fetch. Raise BadSymbol, Invalid."""
    made = await make_plan(uow, context, body, clock.utcnow(), owner_id=owner_id)
    after = cast(tuple[int, int, str], decode_cursor(cursor, int, int, str)) if cursor else None
    return views.plan_of(context, made, after, limit)


async def create(uow: UnitOfWork, context: Context, principal: Principal, body: RefreshCreate) -> str:
    """Write refresh and job, queue it after the commit; give the refresh's id.

    Raise SourcesOffline, RefreshRunning, NothingToRefresh, BadSymbol.
    """
    insist_on_sources(context)
    await insist_on_none_running(uow)
    made = await make_plan(uow, context, body, clock.utcnow(), owner_id=principal.user_id)
    if made.day is None or not any(step.fetches for step in made.steps):
        raise NothingToRefresh(_why_nothing(made))
    return await write(uow, context, principal.user_id, made, made.day, asked=body)


async def resume(uow: UnitOfWork, context: Context, refresh_id: str, owner_id: str) -> Refresh:
    """Go on with what is pending, and try again what failed.

    Raise RefreshNotFound, SourcesOffline, RefreshRunning, NothingToResume.
    """
    row = await _row(uow, refresh_id, owner_id)
    insist_on_sources(context)
    await insist_on_none_running(uow)
    row.stops = 0
    if not await open_again(uow, context, row, ("pending", "failed")):
        raise NothingToResume(f"the refresh of {row.day} has nothing that is pending or failed")
    return await get(uow, refresh_id, owner_id)


async def get(uow: UnitOfWork, refresh_id: str, owner_id: str) -> Refresh:
    """Give one of the owner's refreshes. Raise RefreshNotFound."""
    row = await _row(uow, refresh_id, owner_id)
    return (await views.refreshes_of(uow, [row]))[0]


async def list_refreshes(uow: UnitOfWork, owner_id: str, *, cursor: str | None, limit: int) -> Page[Refresh]:
    """Give one's refreshes, newest first."""
    rows, next_cursor = await repository.page(uow.session, owner_id, cursor, limit)
    return Page(items=await views.refreshes_of(uow, rows), next_cursor=next_cursor)


async def list_items(
    uow: UnitOfWork,
    refresh_id: str,
    owner_id: str,
    *,
    datasets: Collection[Dataset] | None = None,
    states: Collection[ItemState] | None = None,
    cursor: str | None,
    limit: int,
) -> Page[RefreshItem]:
    """Give what became of the items, in the order of fetching. Raise RefreshNotFound."""
    await _row(uow, refresh_id, owner_id)
    after = None
    if cursor:
        dataset, key = cast(tuple[str, str], decode_cursor(cursor, str, str))
        if dataset not in PLACES:
            raise Invalid("cursor is not valid; start again without it", field="cursor")
        after = PLACES[dataset], key
    found = await repository.items(uow.session, refresh_id, datasets, states, after, limit + 1)
    shown = found[:limit]
    return Page(
        items=[RefreshItem.model_validate(row) for row in shown],
        next_cursor=encode_cursor(shown[-1].dataset, shown[-1].key) if len(found) > limit else None,
    )


async def plan_by_hand(context: Context, body: RefreshCreate) -> tuple[MadePlan, float]:
    """Give the plan and about how many minutes it takes, for a command. Raise BadSymbol."""
    async with context.database.unit(write=False) as uow:
        made = await make_plan(uow, context, body, clock.utcnow(), owner_id=None)
    return made, views.minutes_of(context, made)


def insist_on_sources(context: Context) -> None:
    """Raise SourcesOffline where no source is set up."""
    if not context.sources:
        raise SourcesOffline


async def purge(context: Context) -> int:
    """Delete old refreshes; give their number."""
    async with context.database.unit() as uow:
        return await repository.delete_before(uow.session, clock.utcnow() - KEPT, await running(uow))


async def _row(uow: UnitOfWork, refresh_id: str, owner_id: str) -> RefreshRow:
    row = await repository.get(uow.session, refresh_id, owner_id)
    if row is None:
        raise RefreshNotFound(f"there is no refresh {refresh_id}; old ones are kept for {KEPT.days} days")
    return row


def _why_nothing(made: MadePlan) -> str:
    if not made.steps:
        missing = f"; no source has {', '.join(made.missing)}" if made.missing else ""
        return f"nothing that was asked for is stored or followed; name symbols to begin with{missing}"
    counts = Counter(step.reason for step in made.steps)
    told = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in counts.most_common())
    return f"nothing is to be fetched up to {made.day}: {told}"
