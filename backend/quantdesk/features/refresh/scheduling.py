"""The schedule: bars and the day's tables after the close of trading days, the rest in the night."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.exc import IntegrityError

from quantdesk.core.instruments.symbol import kind_of
from quantdesk.core.refresh.datasets import INDICES, Part
from quantdesk.core.refresh.days import due_day, due_night, last_over, next_due, next_night
from quantdesk.features.market import service as market
from quantdesk.features.market.errors import BadSymbol
from quantdesk.features.refresh import repository
from quantdesk.features.refresh.errors import RefreshRunning
from quantdesk.features.refresh.planning import make_plan, trading_days
from quantdesk.features.refresh.schemas import RefreshCreate, Schedule, SchedulePut
from quantdesk.features.refresh.tables import RefreshScheduleRow
from quantdesk.features.refresh.writing import insist_on_none_running, open_again, write
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork

DEFAULT_AT, DEFAULT_NIGHT = "17:30", "02:30"


async def get_schedule(uow: UnitOfWork, context: Context) -> Schedule:
    row = await repository.schedule(uow.session)
    last = await repository.last_due(uow.session, "evening")
    last_night = await repository.last_due(uow.session, "night")
    at, night_at = (row.at, row.night_at) if row else (DEFAULT_AT, DEFAULT_NIGHT)
    next_at = next_night_at = None
    if row is not None and row.enabled:
        now = clock.utcnow()
        next_at = next_due(await trading_days(uow, context, now), now, _time(at), last)
        next_night_at = next_night(now, _time(night_at), last_night)
    return Schedule(
        enabled=row is not None and row.enabled,
        at=at,
        night_at=night_at,
        indices=row.indices if row else list(INDICES),
        last_due=last,
        next_at=next_at,
        last_night=last_night,
        next_night_at=next_night_at,
    )


async def put_schedule(uow: UnitOfWork, context: Context, principal: Principal, body: SchedulePut) -> Schedule:
    """Set the schedule; its refreshes are then this user's. Raise BadSymbol for what is no index."""
    row = await repository.schedule(uow.session)
    if row is None:
        row = RefreshScheduleRow(id=1)
        uow.session.add(row)
    row.owner_id, row.enabled, row.updated_at = principal.user_id, body.enabled, clock.utcnow()
    row.at, row.night_at = body.at, body.night_at
    row.indices = list(dict.fromkeys(_index(text) for text in body.indices))
    await uow.session.flush()
    return await get_schedule(uow, context)


async def tick(context: Context) -> str | None:
    """Go on with a stopped refresh whose time has come, else begin the scheduled one that is due; give its id.

    Nothing is begun beside a refresh under way; two calls at a time begin one.
    """
    now = clock.utcnow()
    if not context.sources:
        return None
    async with context.database.unit(write=False) as uow:
        waiting = await repository.to_go_on(uow.session, now)
        schedule = await repository.schedule(uow.session)
        if not waiting and (schedule is None or not schedule.enabled):
            return None
    try:
        async with context.database.unit() as uow:
            await insist_on_none_running(uow)
            return await _go_on(uow, context, now) or await _begin_due(uow, context, now)
    except (RefreshRunning, IntegrityError):  # another beat's errand was first
        return None


async def _go_on(uow: UnitOfWork, context: Context, now: dt.datetime) -> str | None:
    for row in await repository.to_go_on(uow.session, now):
        if await open_again(uow, context, row, ("pending",)):
            return row.id
        row.goes_on_at = None
    return None


async def _begin_due(uow: UnitOfWork, context: Context, now: dt.datetime) -> str | None:
    schedule = await repository.schedule(uow.session)
    if schedule is None or not schedule.enabled:
        return None
    calendar = await trading_days(uow, context, now)
    evening = due_day(calendar, now, _time(schedule.at), await repository.last_due(uow.session, "evening"))
    night = due_night(now, _time(schedule.night_at), await repository.last_due(uow.session, "night"))
    due: tuple[Part, dt.date] | None = None
    if evening is not None:
        due = ("evening", evening)
    elif night is not None:
        due = ("night", night)
    if due is None:
        return None
    await insist_on_none_running(uow)  # again: another may have begun the evening's since, so that the night is due
    part, date = due
    made = await make_plan(uow, context, RefreshCreate(), now, owner_id=schedule.owner_id, part=part)
    day = made.day or last_over(calendar, now) or date
    return await write(uow, context, schedule.owner_id, made, day, part=part, due=date)


def _index(text: str) -> str:
    symbol = market.canonical(text)
    if kind_of(symbol) != "index":
        raise BadSymbol(f"{symbol} is no index, but a {kind_of(symbol)}", field="indices")
    return symbol


def _time(text: str) -> dt.time:
    return dt.time.fromisoformat(text)
