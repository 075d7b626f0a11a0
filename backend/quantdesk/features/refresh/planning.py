"""What a refresh would fetch now, from what is stored and known."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.instruments.symbol import is_simulated, kind_of
from quantdesk.core.refresh.days import BEIJING, last_over, market_days
from quantdesk.core.refresh.plan import Step, Stored, Subject, plan
from quantdesk.features.market import service as market
from quantdesk.features.refresh import repository
from quantdesk.kit.context import Context
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.bar_store import BarStore, Coverage

WITNESSES = 3
"""Instruments whose stored days, together, are taken for the market's."""


@dataclass(frozen=True, slots=True)
class MadePlan:
    day: dt.date | None
    """The last trading day that is over; None: none is known to be, and there is nothing to fetch."""
    newest: dt.date | None
    """The last day that any real instrument has."""
    steps: list[Step]


async def make_plan(uow: UnitOfWork, context: Context, symbols: Collection[str] | None, now: dt.datetime) -> MadePlan:
    """Plan for these symbols, or for all stored ones that are real. Raise BadSymbol."""
    coverage = {item.symbol: item for item in await asyncio.to_thread(context.bars.list_coverage, "1d")}
    real = [item for symbol, item in coverage.items() if not is_simulated(symbol)]
    calendar = await asyncio.to_thread(market_calendar, context.bars, real, now)
    day = last_over(calendar, now)
    newest = max((item.last for item in real), default=None)
    wanted = {item.symbol for item in real} if symbols is None else {market.canonical(symbol) for symbol in symbols}
    if day is None or not wanted:
        return MadePlan(day, newest, [])
    instruments = await market.known(uow, wanted)
    answered = await repository.answered(uow.session)
    subjects = [
        Subject(
            symbol,
            is_simulated(symbol),
            kind_of(symbol) == "stock",
            instruments[symbol].delist_date if symbol in instruments else None,
            Stored(coverage[symbol].last, coverage[symbol].updated_at) if symbol in coverage else None,
            answered.get(symbol),
        )
        for symbol in wanted
    ]
    return MadePlan(day, newest, plan(subjects, day, calendar))


async def stored_calendar(bars: BarStore, now: dt.datetime) -> TradingCalendar:
    """Give the market's trading days as far as the store tells."""
    real = [item for item in await asyncio.to_thread(bars.list_coverage, "1d") if not is_simulated(item.symbol)]
    return await asyncio.to_thread(market_calendar, bars, real, now)


def market_calendar(bars: BarStore, real: Collection[Coverage], now: dt.datetime) -> TradingCalendar:
    """Give the days on which the freshest and longest stored instruments have bars, and the weekdays since."""
    witnesses = sorted(real, key=lambda item: (item.last, item.rows), reverse=True)[:WITNESSES]
    read = [bars.read(item.symbol, "1d") for item in witnesses]
    days = [found.time for found in read if found is not None]
    known = np.concatenate(days) if days else np.array([], "datetime64[D]")
    return market_days(known, now.astimezone(BEIJING).date())
