"""Which parts of a table are to be asked for again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.instruments.symbol import is_simulated, kind_of
from quantdesk.core.refresh.datasets import DAYS_BACK, TABLES, is_due
from quantdesk.core.refresh.plan import Step
from quantdesk.core.tables.specs import WHOLE, TableName
from quantdesk.features.datasets import service as tables
from quantdesk.features.market import service as market
from quantdesk.features.refresh import repository
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.datasets import Dataset

_LONG_GONE = dt.timedelta(days=180)
"""After its delisting a company's tables are asked for no more, once they are there."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which instruments a refresh is for."""

    symbols: set[str]
    indices: set[str]
    """Of which it asks for the members."""
    market: bool
    """Whether it is for the tables of the whole market, too."""
    followed: set[str]
    """Chosen though neither stored nor named."""


async def table_steps(
    uow: UnitOfWork,
    dataset: Dataset,
    chosen: Chosen,
    day: dt.date,
    calendar: TradingCalendar,
    now: dt.datetime,
    *,
    at_once: bool,
) -> list[Step]:
    """Give the table's parts that are due, or all that are chosen where it is wanted `at_once`; the stalest first."""
    division = TABLES[dataset].division
    if division == "day":
        return await _days(uow, dataset, day, calendar, at_once=at_once) if chosen.market else []
    if division == "whole":
        keys = [WHOLE] if chosen.market else []
    elif division == "index":
        keys = sorted(chosen.indices)
    else:
        kinds = ("stock",) if division == "stock" else ("etf", "fund")
        keys = [symbol for symbol in sorted(chosen.symbols) if kind_of(symbol) in kinds and not is_simulated(symbol)]
    if not keys:
        return []
    checked = await _checked(uow, dataset)
    tried = await repository.tried(uow.session, (dataset,))
    gone = await _long_gone(uow, keys, now) if division == "stock" else set()

    def step(key: str) -> Step:
        at = checked.get(key)
        wanted = at is None or (key not in gone and (at_once or is_due(dataset, at, now)))
        return Step(dataset, key, ("new" if at is None else "due") if wanted else "up_to_date")

    def last_tried(key: str) -> dt.datetime:
        at = max(filter(None, (checked.get(key), tried.get((dataset, key)))), default=None)
        return at or dt.datetime.min.replace(tzinfo=dt.UTC)

    return [step(key) for key in sorted(keys, key=last_tried)]


async def _days(
    uow: UnitOfWork, dataset: Dataset, day: dt.date, calendar: TradingCalendar, *, at_once: bool
) -> list[Step]:
    days = [one.item() for one in calendar.between(calendar.first, day)[-DAYS_BACK:]]
    answered = await repository.answered(uow.session, (dataset,))
    return [
        Step(dataset, str(one), "due", one, one)
        if (dataset, str(one)) not in answered or (at_once and one == day)
        else Step(dataset, str(one), "up_to_date")
        for one in days
    ]


async def _checked(uow: UnitOfWork, dataset: Dataset) -> dict[str, dt.datetime]:
    """Give by part when a source last said what it has, or that it has nothing."""
    found = await repository.empty(uow.session, dataset)
    for part in await tables.partitions(uow, cast(TableName, dataset)):
        found[part.partition] = max(found.get(part.partition, part.checked_at), part.checked_at)
    return found


async def _long_gone(uow: UnitOfWork, symbols: Iterable[str], now: dt.datetime) -> set[str]:
    known = await market.known(uow, symbols)
    before = (now - _LONG_GONE).date()
    return {symbol for symbol, one in known.items() if one.delist_date is not None and one.delist_date < before}
