"""What a refresh would fetch now, from what is stored and known."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.instruments.symbol import is_simulated, kind_of
from quantdesk.core.refresh.datasets import BARS, INDICES, ORDER, PLACES, TABLES, Part, part_of
from quantdesk.core.refresh.days import BEIJING, known_days, last_over, market_days
from quantdesk.core.refresh.plan import Step, Stored, Subject, plan
from quantdesk.features.datasets import service as tables
from quantdesk.features.market import service as market
from quantdesk.features.refresh import repository
from quantdesk.features.refresh.budgeting import DatasetNeed, Spending, spend
from quantdesk.features.refresh.due import Chosen, table_steps
from quantdesk.features.refresh.schemas import RefreshCreate
from quantdesk.features.sources import service as sources
from quantdesk.features.watchlists import service as watchlists
from quantdesk.kit.context import Context
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.bar_store import BarStore, Coverage
from quantdesk.ports.data_source import bars_dataset
from quantdesk.ports.datasets import Dataset

WITNESSES = 3
"""Instruments whose stored days, together, are taken for the market's where no calendar is stored."""
_KINDS = {"stocks": "stock", "indices": "index"}


@dataclass(frozen=True, slots=True)
class MadePlan:
    day: dt.date | None
    """The last trading day that is over; None: none is known to be, and there is nothing to fetch."""
    newest: dt.date | None
    """The last day that any real instrument has."""
    steps: list[Step] = field(default_factory=list)
    """In the order of fetching; only what is for today."""
    spending: Spending = field(default_factory=Spending)
    missing: list[Dataset] = field(default_factory=list)
    """Datasets that no source has."""
    left_out: int = 0
    """Instruments that are stored and have no bars dataset."""
    calendar_to: dt.date | None = None
    """How far the stored calendar reaches."""


async def make_plan(
    uow: UnitOfWork,
    context: Context,
    body: RefreshCreate,
    now: dt.datetime,
    *,
    owner_id: str | None,
    part: Part | None = None,
) -> MadePlan:
    """Plan for what is asked for, by hand or by a part of the schedule. Raise BadSymbol."""
    coverage = {item.symbol: item for item in await asyncio.to_thread(context.bars.list_coverage, "1d")}
    real = [item for symbol, item in coverage.items() if not is_simulated(symbol)]
    published = await stored_calendar(uow, context)
    calendar = await asyncio.to_thread(market_calendar, context.bars, real, published, now)
    day = last_over(calendar, now)
    newest = max((item.last for item in real), default=None)
    if day is None:
        return MadePlan(day, newest)
    chosen = await _choose(uow, body, owner_id, {item.symbol for item in real})
    wanted = [
        cast(Dataset, name)
        for name in ORDER
        if (body.datasets is None or name in body.datasets) and part in (None, part_of(name))
    ]
    chains = {name: list(sources.chain(context, name)) for name in wanted}
    steps = [step for step in await _bar_steps(uow, chosen, coverage, day, calendar, chains) if step.dataset in wanted]
    for name in wanted:
        if name in TABLES and chains[name]:
            steps += await table_steps(
                uow, name, chosen, day, calendar, now, at_once=body.datasets is not None and part is None
            )
    needs = [_need(name, steps, chains[name]) for name in wanted]
    spending = await asyncio.to_thread(spend, context, needs)
    return MadePlan(
        day,
        newest,
        _for_today(steps, spending),
        spending,
        [need.dataset for need in needs if not need.sources and _concerned(need.dataset, chosen)],
        sum(bars_dataset(symbol) is None for symbol in chosen.symbols),
        published.last if published else None,
    )


async def followed(uow: UnitOfWork) -> list[str]:
    """Give the indices that are followed whether they are stored or not."""
    schedule = await repository.schedule(uow.session)
    return list(INDICES) if schedule is None else [str(symbol) for symbol in schedule.indices]


async def stored_calendar(uow: UnitOfWork, context: Context) -> TradingCalendar | None:
    """Give the published trading days, those to come included; None where they are not stored."""
    days = [row.day for row in await tables.rows(uow, context, "calendar", "cn")]
    return TradingCalendar.from_dates(days) if days else None


async def trading_days(uow: UnitOfWork, context: Context, now: dt.datetime) -> TradingCalendar:
    """Give the market's trading days: the published ones, and past them what the store tells."""
    real = [item for item in await asyncio.to_thread(context.bars.list_coverage, "1d") if not is_simulated(item.symbol)]
    published = await stored_calendar(uow, context)
    return await asyncio.to_thread(market_calendar, context.bars, real, published, now)


def market_calendar(
    bars: BarStore, real: Collection[Coverage], published: TradingCalendar | None, now: dt.datetime
) -> TradingCalendar:
    """Give the published days; past them those on which the freshest and longest stored instruments have bars, and
    the weekdays since."""
    today = now.astimezone(BEIJING).date()
    seen = np.array([], "datetime64[D]")
    if published is None or published.last < today:
        witnesses = sorted(real, key=lambda item: (item.last, item.rows), reverse=True)[:WITNESSES]
        read = [bars.read(item.symbol, "1d") for item in witnesses]
        days = [found.time for found in read if found is not None]
        seen = np.concatenate(days) if days else seen
    return market_days(known_days(published, seen), today)


async def _choose(uow: UnitOfWork, body: RefreshCreate, owner_id: str | None, real: set[str]) -> Chosen:
    named = None if body.symbols is None else {market.canonical(symbol) for symbol in body.symbols}
    if body.scope == "watchlist":
        watched = set(await watchlists.symbols_of(uow, owner_id)) if owner_id else set()
        named = watched if named is None else named & watched
    indices = set(await followed(uow)) if named is None else {name for name in named if kind_of(name) == "index"}
    symbols = real | indices if named is None else named
    if (kind := _KINDS.get(body.scope)) is not None:
        symbols = {symbol for symbol in symbols if kind_of(symbol) == kind}
        indices &= symbols
    return Chosen(
        symbols,
        indices,
        market=named is None and body.scope == "everything",
        followed=symbols - real if named is None else set(),
    )


async def _bar_steps(
    uow: UnitOfWork,
    chosen: Chosen,
    coverage: dict[str, Coverage],
    day: dt.date,
    calendar: TradingCalendar,
    chains: dict[Dataset, list[str]],
) -> list[Step]:
    instruments = await market.known(uow, chosen.symbols)
    answered = await repository.answered(uow.session, BARS)
    subjects = [
        Subject(
            dataset,
            symbol,
            is_simulated(symbol),
            bool(chains.get(dataset)),
            instruments[symbol].delist_date if symbol in instruments else None,
            Stored(coverage[symbol].last, coverage[symbol].updated_at) if symbol in coverage else None,
            answered.get((dataset, symbol)),
        )
        for symbol in chosen.symbols
        if (dataset := bars_dataset(symbol)) is not None and (chains.get(dataset) or symbol not in chosen.followed)
    ]
    steps = await asyncio.to_thread(plan, subjects, day, calendar)
    return sorted(steps, key=lambda step: PLACES[step.dataset])


def _need(dataset: Dataset, steps: Sequence[Step], chain: Sequence[str]) -> DatasetNeed:
    mine = [step for step in steps if step.dataset == dataset]
    return DatasetNeed(dataset, len(mine), sum(step.fetches for step in mine), tuple(chain))


def _for_today(steps: Sequence[Step], spending: Spending) -> list[Step]:
    """Leave those for tomorrow out that take turns and are beyond the ceilings; the steps come stalest first."""
    left = {
        name: planned.fetches - planned.later
        for name, planned in spending.datasets.items()
        if name in TABLES and TABLES[name].rolling
    }
    kept: list[Step] = []
    for step in steps:
        if step.fetches and step.dataset in left:
            left[step.dataset] -= 1
            if left[step.dataset] < 0:
                continue
        kept.append(step)
    return sorted(kept, key=lambda step: PLACES[step.dataset])


def _concerned(dataset: Dataset, chosen: Chosen) -> bool:
    """Say whether a dataset without a source would have anything to fetch, so that it is told as missing."""
    if dataset in BARS:
        return any(bars_dataset(symbol) == dataset for symbol in chosen.symbols if not is_simulated(symbol))
    division = TABLES[dataset].division
    if division in ("whole", "day"):
        return chosen.market
    if division == "index":
        return bool(chosen.indices)
    kinds = ("stock",) if division == "stock" else ("etf", "fund")
    return any(kind_of(symbol) in kinds for symbol in chosen.symbols)
