"""A market of three days and a source for tests of refreshes. All bars are made up."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np

from quantdesk.core.bars.frame import Bars
from quantdesk.core.refresh.days import over_at
from quantdesk.features.jobs.schemas import Job
from quantdesk.features.market import fetching
from quantdesk.features.refresh import service
from quantdesk.features.refresh.schemas import Refresh, RefreshCreate, RefreshItem
from quantdesk.kit.context import Context
from quantdesk.kit.principal import Principal
from quantdesk.ports.data_source import Answer, HostHealth, InstrumentInfo, Request
from quantdesk.ports.datasets import Dataset
from quantdesk.ports.errors import SourceError
from tests.fakes.made_bars import bars_of

SYMBOLS = tuple(f"{600000 + number}.SH" for number in range(8))
WEDNESDAY, THURSDAY, FRIDAY = dt.date(2026, 11, 18), dt.date(2026, 11, 19), dt.date(2026, 11, 20)
MONDAY = dt.date(2026, 11, 23)
EVENING = over_at(FRIDAY, dt.time(18))


def market_bars(symbol: str, days: int = 20) -> Bars:
    """Give business days from Monday 2026-11-02; fifteen of them end on Friday 2026-11-20."""
    price = 10 + int(symbol[:6]) % 97
    return bars_of(symbol, [round(price * (1 + 0.01 * (n % 5)), 2) for n in range(days)], start="2026-11-02")


class MarketSource:
    """Has bars of all symbols; the tests make it fail."""

    name = "fake"
    datasets: frozenset[Dataset] = frozenset(("stock_daily",))

    def __init__(self) -> None:
        self.asked: list[tuple[str, dt.date, dt.date]] = []
        self.fails: Callable[[str], SourceError | None] = lambda _: None
        self.newest = dt.date(2030, 1, 1)

    def parser(self, dataset: Dataset) -> str:
        return f"fake.{dataset}/1"

    def fetch(self, request: Request) -> list[Answer]:
        assert request.symbol is not None
        assert request.start is not None
        assert request.end is not None
        self.asked.append((request.symbol, request.start, request.end))
        if error := self.fails(request.symbol):
            raise error
        return [Answer("fake:", 200, {}, b"", EVENING, "fake")]

    def parse(self, request: Request, answers: Sequence[Answer]) -> Bars:
        assert request.symbol is not None
        assert request.end is not None
        return market_bars(request.symbol).between(request.start, min(request.end, self.newest))

    def refuse(self, answers: Sequence[Answer], error: SourceError) -> None: ...

    def health(self) -> list[HostHealth]:
        return []

    def instruments(self) -> list[InstrumentInfo]:
        raise SourceError(self.name, "unsupported", "it has no list")

    def daily_bars(self, symbol: str, start: dt.date, end: dt.date) -> Bars:
        return market_bars(symbol).between(start, end)

    @property
    def symbols(self) -> list[str]:
        return [symbol for symbol, _, _ in self.asked]


def online(context: Context, source: MarketSource) -> Context:
    return dataclasses.replace(context, sources={source.name: source})


def store_until(context: Context, day: dt.date, symbols: tuple[str, ...] = SYMBOLS) -> None:
    """Store the bars to a day, written that evening."""
    batch = [market_bars(symbol).between(end=day) for symbol in symbols]
    context.bars.merge(batch, source="fake", now=over_at(day, dt.time(20)))


async def begin(context: Context, principal: Principal, *symbols: str) -> Refresh:
    async with context.database.unit() as uow:
        body = RefreshCreate(symbols=list(symbols) or None)
        refresh_id = await service.create(uow, context, principal, body)
        return await service.get(uow, refresh_id, principal.user_id)


async def run(context: Context, refresh_id: str) -> list[str]:
    """Carry the refresh out as the worker's child does; give its log."""
    told: list[str] = []
    ledger = service.DatabaseLedger(context, refresh_id)
    await service.carry_out(context, ledger, fetching.fetch, lambda *_: None, told.append)
    return told


async def entries(context: Context, principal: Principal, refresh_id: str) -> dict[str, RefreshItem]:
    async with context.database.unit(write=False) as uow:
        page = await service.list_items(uow, refresh_id, principal.user_id, cursor=None, limit=200)
    return {item.key: item for item in page.items}


async def found(context: Context, principal: Principal, refresh_id: str) -> Refresh:
    async with context.database.unit(write=False) as uow:
        return await service.get(uow, refresh_id, principal.user_id)


async def end_job(context: Context, job: Job, state: str = "succeeded") -> None:
    """Set a job's state in its row, as nobody runs it here."""
    from quantdesk.features.jobs.tables import JobRow

    async with context.database.unit() as uow:
        (await uow.session.get_one(JobRow, job.id)).state = state


def same_bars(left: Context, right: Context, symbols: tuple[str, ...] = SYMBOLS) -> bool:
    for symbol in symbols:
        one, other = left.bars.read(symbol, "1d"), right.bars.read(symbol, "1d")
        if one is None or other is None:
            return False
        for column in ("time", "open", "high", "low", "close", "volume", "amount", "preclose"):
            if not np.array_equal(getattr(one, column), getattr(other, column), equal_nan=column != "time"):
                return False
    return True
