"""Checking stored bars: what is known of each symbol, brought together with its bars. Blocking but for `gather`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from quantdesk.core.bars.frame import Interval
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.execution.action_rows import Listing
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.instruments.symbol import SymbolError, is_simulated
from quantdesk.core.quality.checks import SymbolReport, check
from quantdesk.core.quality.market import Known, Market
from quantdesk.core.sources.compare import Difference
from quantdesk.features.market import service as market
from quantdesk.features.market.schemas import Instrument
from quantdesk.features.quality.calendars import market_calendar
from quantdesk.features.quality.schemas import DatasetName
from quantdesk.features.sources import service as sources
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.bar_store import BarStore, Coverage

INTERVALS: tuple[Interval, ...] = ("1d", "60m", "30m", "15m", "5m", "1m")
"""Weekly and monthly bars follow from daily ones."""


_DEMO_FREE_DAYS = 5


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database knows of the symbols to check."""

    instruments: dict[str, Instrument]
    actions: dict[str, list[CorporateAction]]
    differences: dict[str, list[Difference]] = field(default_factory=dict)
    """From other sources, as the last cross-check of the daily bars saw them."""


async def gather(context: Context, symbols: Sequence[str]) -> Facts:
    """Read what is known of the symbols."""
    async with context.database.unit(write=False) as uow:
        return await gather_in(uow, symbols)


async def gather_in(uow: UnitOfWork, symbols: Sequence[str]) -> Facts:
    """Read what is known of the symbols, in this transaction."""
    return Facts(
        await market.known(uow, symbols),
        await market.actions_of(uow, symbols),
        await sources.open_differences(uow, symbols),
    )


class Checker:
    """Checks stored symbols; calendars are made once and kept."""

    def __init__(self, store: BarStore, facts: Facts, today: dt.date) -> None:
        self._store = store
        self._facts = facts
        self._today = today
        self._daily = store.list_coverage("1d")
        self._markets: dict[bool, Market] = {}

    def stored(self, symbols: Sequence[str] | None = None) -> list[tuple[str, Interval]]:
        """Give what there is to check, of these symbols or of all, daily bars first."""
        wanted = None if symbols is None else set(symbols)
        return [
            (item.symbol, interval)
            for interval in INTERVALS
            for item in (self._daily if interval == "1d" else self._store.list_coverage(interval))
            if wanted is None or item.symbol in wanted
        ]

    def check(self, symbol: str, interval: Interval, most: int = 200) -> tuple[DatasetName, SymbolReport] | None:
        """Check one symbol; None when nothing of it is stored, or it names no instrument that has rules."""
        bars = self._store.read(symbol, interval)
        if bars is None:
            return None
        simulated = is_simulated(symbol)
        around = self.market(simulated=simulated)
        if not bars.suspended.any():
            # Nothing says that this series has suspended days as bars.
            around = replace(around, suspensions_stated=False)
        try:
            report = check(bars, around, self._known(symbol, interval), most=most)
        except SymbolError:
            return None
        return ("demo" if simulated else cast(DatasetName, report.kind)), report

    def all_of(
        self, symbols: Sequence[str] | None, on_progress: Callable[[int, int, str], None]
    ) -> Iterator[tuple[DatasetName, SymbolReport]]:
        """Check symbol by symbol; `on_progress` is told the number done, the number in all, the present one."""
        stored = self.stored(symbols)
        for number, (symbol, interval) in enumerate(stored):
            on_progress(number, len(stored), symbol)
            found = self.check(symbol, interval)
            if found is not None:
                yield found
        on_progress(len(stored), len(stored), "")

    def market(self, *, simulated: bool) -> Market:
        """Give what all symbols of the real or the simulated market share."""
        if simulated not in self._markets:
            calendar = market_calendar(self._store, self._daily, simulated=simulated)
            self._markets[simulated] = Market(
                today=self._today,
                calendar=calendar,
                last_day=self._last_day(calendar, simulated=simulated),
            )
        return self._markets[simulated]

    def _last_day(self, calendar: TradingCalendar | None, *, simulated: bool) -> dt.date | None:
        """Give the day that bars should reach: the last one before today; of the simulated market its own last."""
        newest = max((item.last for item in self._daily if is_simulated(item.symbol) == simulated), default=None)
        if simulated or calendar is None:
            return newest
        before = calendar.between(calendar.first, self._today - dt.timedelta(days=1))
        return before[-1].item() if len(before) else newest

    def _known(self, symbol: str, interval: Interval) -> Known:
        instrument = self._facts.instruments.get(symbol)
        actions = self._facts.actions.get(symbol, [])
        paid = [action.ex_date for action in actions if action.listing is None]
        return Known(
            kind=instrument.kind if instrument else None,
            listing=Listing(instrument.list_date, instrument.delist_date) if instrument else Listing(),
            relistings=self._free_days(symbol, instrument),
            actions=actions,
            # Between the first and the last one that is stored there is none besides.
            actions_from=min(paid, default=None),
            actions_to=max(paid, default=None),
            differences=self._facts.differences.get(symbol, ()) if interval == "1d" else (),
        )

    def _free_days(self, symbol: str, instrument: Instrument | None) -> frozenset[dt.date]:
        """Give the first days of a simulated listing: the demo market frees five of them, whatever the year's rule."""
        calendar = self.market(simulated=True).calendar if is_simulated(symbol) else None
        if calendar is None or instrument is None or instrument.list_date is None:
            return frozenset()
        return frozenset(calendar.between(instrument.list_date, calendar.last)[:_DEMO_FREE_DAYS].tolist())


async def one(uow: UnitOfWork, context: Context, symbol: str) -> Checker:
    """Give a checker for one symbol."""
    return Checker(context.bars, await gather_in(uow, [symbol]), clock.today())


def due_days(calendar: TradingCalendar | None, coverage: Coverage, *, coin: bool) -> np.ndarray:
    """Give the days between the first and the last bar on which there should be one."""
    if coin or calendar is None:
        return np.arange(np.datetime64(coverage.first), np.datetime64(coverage.last) + 1)
    return calendar.between(coverage.first, coverage.last)
