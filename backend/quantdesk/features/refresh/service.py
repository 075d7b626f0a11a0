"""Refreshes: planned and asked for over HTTP or by the schedule, carried out in a worker's child process."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection
from typing import cast

from sqlalchemy.exc import IntegrityError

from quantdesk.core.refresh.days import due_day, next_due
from quantdesk.core.refresh.plan import Step
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.schemas import TERMINAL, Job
from quantdesk.features.market.errors import SourcesOffline
from quantdesk.features.refresh import repository
from quantdesk.features.refresh.errors import NothingToRefresh, NothingToResume, RefreshNotFound, RefreshRunning
from quantdesk.features.refresh.ledgers import DatabaseLedger as DatabaseLedger
from quantdesk.features.refresh.ledgers import MemoryLedger as MemoryLedger
from quantdesk.features.refresh.planning import MadePlan, make_plan, stored_calendar
from quantdesk.features.refresh.running import carry_out as carry_out
from quantdesk.features.refresh.schemas import (
    Counts,
    PlanItem,
    Refresh,
    RefreshCreate,
    RefreshPlan,
    RefreshSymbol,
    Schedule,
    SchedulePut,
    Stopped,
    SymbolState,
)
from quantdesk.features.refresh.tables import RefreshRow, RefreshScheduleRow
from quantdesk.features.sources import service as sources
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.ids import new_id
from quantdesk.kit.pagination import Page, decode_cursor, encode_cursor
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork

KEPT = dt.timedelta(days=60)
DEFAULT_AT = "17:30"
_RECENT = 20
"""Refreshes among which one under way is looked for."""


async def preview(
    uow: UnitOfWork, context: Context, body: RefreshCreate, *, cursor: str | None, limit: int
) -> RefreshPlan:
    """Say what a refresh would fetch. Raise BadSymbol, Invalid."""
    made = await make_plan(uow, context, body.symbols, clock.utcnow())
    steps = sorted(made.steps, key=_listed)
    after = cast(tuple[int, str], decode_cursor(cursor, int, str)) if cursor else None
    rest = [step for step in steps if after is None or _listed(step) > after]
    shown = rest[:limit]
    fetches = sum(step.fetches for step in steps)
    return RefreshPlan(
        day=made.day,
        online=_online(context),
        symbols=len(steps),
        fetches=fetches,
        minutes=_minutes(context, fetches),
        reasons=dict(Counter(step.reason for step in steps)),
        most_behind=max((step.behind for step in steps if step.last), default=0),
        items=Page(
            items=[
                PlanItem(
                    symbol=step.symbol,
                    reason=step.reason,
                    start=step.start,
                    end=step.end,
                    last=step.last,
                    behind=step.behind,
                )
                for step in shown
            ],
            next_cursor=encode_cursor(*_listed(shown[-1])) if len(rest) > limit else None,
        ),
    )


async def create(uow: UnitOfWork, context: Context, principal: Principal, body: RefreshCreate) -> str:
    """Write refresh and job, queue it after the commit; give the refresh's id.

    Raise SourcesOffline, RefreshRunning, NothingToRefresh, BadSymbol.
    """
    insist_on_sources(context)
    await _insist_on_none_running(uow)
    made = await make_plan(uow, context, body.symbols, clock.utcnow())
    if made.day is None or not any(step.fetches for step in made.steps):
        raise NothingToRefresh(_why_nothing(made))
    return await _write(uow, context, principal.user_id, made, made.day, symbols=body.symbols, due=None)


async def resume(uow: UnitOfWork, context: Context, refresh_id: str, owner_id: str) -> Refresh:
    """Go on with what is pending, and try again what failed.

    Raise RefreshNotFound, SourcesOffline, RefreshRunning, NothingToResume.
    """
    row = await _row(uow, refresh_id, owner_id)
    insist_on_sources(context)
    await _insist_on_none_running(uow)
    row.stops = 0
    await _open_again(uow, context, row, ("pending", "failed"))
    return await get(uow, refresh_id, owner_id)


async def get(uow: UnitOfWork, refresh_id: str, owner_id: str) -> Refresh:
    """Give one of the owner's refreshes. Raise RefreshNotFound."""
    row = await _row(uow, refresh_id, owner_id)
    return (await _refreshes(uow, [row]))[0]


async def list_refreshes(uow: UnitOfWork, owner_id: str, *, cursor: str | None, limit: int) -> Page[Refresh]:
    """Give one's refreshes, newest first."""
    rows, next_cursor = await repository.page(uow.session, owner_id, cursor, limit)
    return Page(items=await _refreshes(uow, rows), next_cursor=next_cursor)


async def list_symbols(
    uow: UnitOfWork,
    refresh_id: str,
    owner_id: str,
    *,
    states: Collection[SymbolState] | None,
    cursor: str | None,
    limit: int,
) -> Page[RefreshSymbol]:
    """Give what became of the symbols, by symbol. Raise RefreshNotFound."""
    await _row(uow, refresh_id, owner_id)
    after = cast(str, decode_cursor(cursor, str)[0]) if cursor else None
    found = await repository.symbols(uow.session, refresh_id, states, after, limit + 1)
    shown = found[:limit]
    return Page(
        items=[RefreshSymbol.model_validate(row) for row in shown],
        next_cursor=encode_cursor(shown[-1].symbol) if len(found) > limit else None,
    )


async def plan_by_hand(context: Context, symbols: list[str] | None) -> tuple[MadePlan, float]:
    """Give the plan and about how many minutes it takes, for a command. Raise BadSymbol."""
    async with context.database.unit(write=False) as uow:
        made = await make_plan(uow, context, symbols, clock.utcnow())
    return made, _minutes(context, sum(step.fetches for step in made.steps))


def insist_on_sources(context: Context) -> None:
    """Raise SourcesOffline where no source has daily bars of shares."""
    if not _online(context):
        raise SourcesOffline


# The schedule.


async def get_schedule(uow: UnitOfWork, context: Context) -> Schedule:
    row = await repository.schedule(uow.session)
    last = await repository.last_due(uow.session)
    if row is None or not row.enabled:
        return Schedule(enabled=False, at=row.at if row else DEFAULT_AT, last_due=last, next_at=None)
    now = clock.utcnow()
    calendar = await stored_calendar(context.bars, now)
    return Schedule(enabled=True, at=row.at, last_due=last, next_at=next_due(calendar, now, _time(row.at), last))


async def put_schedule(uow: UnitOfWork, context: Context, principal: Principal, body: SchedulePut) -> Schedule:
    """Set the schedule; its refreshes are then this user's."""
    row = await repository.schedule(uow.session)
    if row is None:
        row = RefreshScheduleRow(id=1)
        uow.session.add(row)
    row.owner_id, row.enabled, row.at, row.updated_at = principal.user_id, body.enabled, body.at, clock.utcnow()
    await uow.session.flush()
    return await get_schedule(uow, context)


async def tick(context: Context) -> str | None:
    """Go on with a stopped refresh whose time has come, else begin the scheduled one that is due; give its id.

    Nothing is begun beside a refresh under way; two calls at a time begin one.
    """
    now = clock.utcnow()
    if not _online(context):
        return None
    async with context.database.unit(write=False) as uow:
        waiting = await repository.to_go_on(uow.session, now)
        schedule = await repository.schedule(uow.session)
        if not waiting and (schedule is None or not schedule.enabled):
            return None
    try:
        async with context.database.unit() as uow:
            await _insist_on_none_running(uow)
            return await _go_on(uow, context, now) or await _begin_due(uow, context, now)
    except (RefreshRunning, IntegrityError):  # another beat's errand was first
        return None


async def purge(context: Context) -> int:
    """Delete old refreshes; give their number."""
    async with context.database.unit() as uow:
        return await repository.delete_before(uow.session, clock.utcnow() - KEPT, await _running(uow))


async def _go_on(uow: UnitOfWork, context: Context, now: dt.datetime) -> str | None:
    for row in await repository.to_go_on(uow.session, now):
        try:
            await _open_again(uow, context, row, ("pending",))
        except NothingToResume:
            row.goes_on_at = None
            continue
        return row.id
    return None


async def _begin_due(uow: UnitOfWork, context: Context, now: dt.datetime) -> str | None:
    schedule = await repository.schedule(uow.session)
    if schedule is None or not schedule.enabled:
        return None
    calendar = await stored_calendar(context.bars, now)
    due = due_day(calendar, now, _time(schedule.at), await repository.last_due(uow.session))
    if due is None:
        return None
    made = await make_plan(uow, context, None, now)
    return await _write(uow, context, schedule.owner_id, made, made.day or due, symbols=None, due=due)


async def _write(
    uow: UnitOfWork,
    context: Context,
    owner_id: str,
    made: MadePlan,
    day: dt.date,
    *,
    symbols: list[str] | None,
    due: dt.date | None,
) -> str:
    refresh_id = new_id()
    fetches = sum(step.fetches for step in made.steps)
    job = await jobs.create(
        uow,
        context,
        owner_id=owner_id,
        kind="refresh",
        title=f"更新 {fetches} 只股票至 {day}",
        queue="data",
        payload={},
        subject_id=refresh_id,
    )
    for row in await repository.to_go_on(uow.session, dt.datetime.max.replace(tzinfo=dt.UTC)):
        row.goes_on_at = None  # the new one fetches what they lack
    uow.session.add(
        RefreshRow(
            id=refresh_id,
            owner_id=owner_id,
            job_id=job.id,
            due=due,
            day=day,
            newest=made.newest,
            symbols=symbols,
            stopped=None,
            goes_on_at=None,
            stops=0,
            created_at=clock.utcnow(),
        )
    )
    await uow.session.flush()
    await repository.put_symbols(
        uow.session,
        [
            {
                "refresh_id": refresh_id,
                "symbol": step.symbol,
                "state": "pending" if step.fetches else "skipped",
                "reason": step.reason,
                "start": step.start,
                "end": step.end,
                "attempts": 0,
                "last": step.last,
            }
            for step in made.steps
        ],
    )
    return refresh_id


async def _open_again(uow: UnitOfWork, context: Context, row: RefreshRow, states: Collection[str]) -> None:
    tallies = await repository.tallies(uow.session, [row.id])
    left = sum(count for _, state, count, _, _ in tallies if state in states)
    if not left:
        raise NothingToResume(f"the refresh of {row.day} has no symbol that is pending or failed")
    await repository.open_again(uow.session, row.id, states)
    row.goes_on_at = row.stopped = None
    job = await jobs.get(uow, row.job_id, row.owner_id)
    if job.state in ("failed", "cancelled"):
        await jobs.retry(uow, context, row.job_id, row.owner_id)
        return
    job = await jobs.create(
        uow,
        context,
        owner_id=row.owner_id,
        kind="refresh",
        title=f"更新 {left} 只股票至 {row.day}",
        queue="data",
        payload={},
        subject_id=row.id,
    )
    row.job_id = job.id
    await uow.session.flush()


async def _running(uow: UnitOfWork) -> list[str]:
    """Give the jobs of refreshes that are under way."""
    found = await jobs.get_many(uow, await repository.newest_jobs(uow.session, _RECENT))
    return [job.id for job in found.values() if job.state not in TERMINAL]


async def _insist_on_none_running(uow: UnitOfWork) -> None:
    if await _running(uow):
        raise RefreshRunning("another refresh is under way; wait for its end, or cancel its job")


async def _row(uow: UnitOfWork, refresh_id: str, owner_id: str) -> RefreshRow:
    row = await repository.get(uow.session, refresh_id, owner_id)
    if row is None:
        raise RefreshNotFound(f"there is no refresh {refresh_id}; old ones are kept for {KEPT.days} days")
    return row


async def _refreshes(uow: UnitOfWork, rows: Collection[RefreshRow]) -> list[Refresh]:
    by_id = await jobs.get_many(uow, [row.job_id for row in rows])
    tallies = await repository.tallies(uow.session, [row.id for row in rows])
    return [_refresh(row, by_id[row.job_id], [tally for tally in tallies if tally[0] == row.id]) for row in rows]


def _refresh(row: RefreshRow, job: Job, tallies: Collection[tuple[str, str, int, int, int]]) -> Refresh:
    return Refresh(
        id=row.id,
        job=job,
        due=row.due,
        day=row.day,
        symbols=row.symbols,
        counts=Counts.model_validate({state: count for _, state, count, _, _ in tallies}),
        inserted=sum(tally[3] for tally in tallies),
        updated=sum(tally[4] for tally in tallies),
        stopped=Stopped.model_validate(row.stopped) if row.stopped else None,
        goes_on_at=row.goes_on_at,
        created_at=row.created_at,
    )


def _listed(step: Step) -> tuple[int, str]:
    return int(not step.fetches), step.symbol


def _why_nothing(made: MadePlan) -> str:
    if not made.steps:
        return "no instrument is stored; import or fetch one, or name the symbols to begin with"
    counts = Counter(step.reason for step in made.steps)
    told = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in counts.most_common())
    return f"nothing is to be fetched up to {made.day}: {told}"


def _online(context: Context) -> bool:
    return bool(sources.chain(context, "stock_daily"))


def _minutes(context: Context, fetches: int) -> float:
    """Give about how long the fetches take: one request a symbol at the pace that is set."""
    return round(fetches * context.settings.sources.seconds_between / 60, 1)


def _time(text: str) -> dt.time:
    return dt.time.fromisoformat(text)


def in_beijing(instant: dt.datetime) -> str:
    """Give an instant as people in China read it."""
    return instant.astimezone(clock.SHANGHAI).strftime("%m-%d %H:%M")
