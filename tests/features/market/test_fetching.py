"""Fetching from online sources, here a fake one: what is stored is completed and never made poorer."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import httpx
import numpy as np
import pytest

from quantdesk.core.bars.frame import Bars
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.refresh.plan import FIRST_DAY, OVERLAP
from quantdesk.core.sources.records import BoardMember
from quantdesk.core.sources.tables import FuturesBars
from quantdesk.features.market import demo, fetching, service
from quantdesk.features.market.errors import NotFetchable, SourcesOffline
from quantdesk.kit.context import Context
from quantdesk.ports.data_source import Answer, HostHealth, InstrumentInfo, Request
from quantdesk.ports.datasets import Dataset
from quantdesk.ports.errors import SourceError
from tests.fakes.job_queue import RecordingQueue
from tests.fakes.made_bars import bars_of
from tests.fakes.made_minutes import SHARES, ends, minutes_of
from tests.support.app import sign_in

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
WHOLE = bars_of("600519.SH", [10, 11, 12, 13, 14], start="2024-01-01")


class FakeSource:
    """Gives the bars it was made with, from the day asked for; or the error."""

    def __init__(self, bars: Bars = WHOLE, *, error: SourceError | None = None, names: bool = True) -> None:
        self.name = "fake"
        self.bars, self.error, self.names = bars, error, names
        self.asked: list[dt.date] = []

    @property
    def datasets(self) -> frozenset[Dataset]:
        return frozenset(("stock_daily", "instruments"))

    def parser(self, dataset: Dataset) -> str:
        return f"fake.{dataset}/1"

    def fetch(self, request: Request) -> list[Answer]:
        assert request.start is not None
        self.asked.append(request.start)
        if self.error:
            raise self.error
        return [Answer("fake:", 200, {}, b"", NOW, "fake")]

    def parse(self, request: Request, answers: Sequence[Answer]) -> Bars:
        return self.bars.between(request.start, request.end)

    def refuse(self, answers: Sequence[Answer], error: SourceError) -> None: ...

    def health(self) -> list[HostHealth]:
        return []

    def instruments(self) -> list[InstrumentInfo]:
        if not self.names:
            raise SourceError(self.name, "timeout", "the list did not come")
        return [InstrumentInfo(self.bars.symbol, "贵州茅台", "stock", "main", dt.date(2001, 8, 27), None)]

    def daily_bars(self, symbol: str, start: dt.date, end: dt.date) -> Bars:
        return self.bars.between(start, end)


def online(context: Context, **sources: FakeSource) -> Context:
    return dataclasses.replace(context, sources=dict(sources))


async def test_a_stock_that_is_not_stored_is_fetched_whole_and_named(context: Context) -> None:
    source = FakeSource()
    name, receipt = await fetching.fetch(online(context, fake=source), "600519.SH", lambda _: None)
    assert (name, receipt.inserted) == ("fake", 5)
    assert source.asked == [FIRST_DAY]
    async with context.database.unit(write=False) as uow:
        assert await service.names(uow, ["600519.SH"]) == {"600519.SH": "贵州茅台"}


async def test_bars_come_without_a_name_when_the_list_fails(context: Context) -> None:
    await fetching.fetch(online(context, fake=FakeSource(names=False)), "600519.SH", lambda _: None)
    async with context.database.unit(write=False) as uow:
        assert await service.names(uow, ["600519.SH"]) == {"600519.SH": "600519"}


async def test_a_later_fetch_asks_only_from_shortly_before_the_last_stored_day(context: Context) -> None:
    context.bars.merge([WHOLE.take(slice(0, 3))], source="fake", now=NOW)
    source = FakeSource()
    _, receipt = await fetching.fetch(online(context, fake=source), "600519.SH", lambda _: None)
    assert (receipt.inserted, receipt.updated) == (2, 0)
    assert source.asked == [dt.date(2024, 1, 3) - OVERLAP]


async def test_a_fetch_without_factors_keeps_known_previous_closes_and_flags(context: Context) -> None:
    rich = dataclasses.replace(WHOLE, preclose=np.array([10, 10, 5.5, 12, 13.0]), is_st=np.ones(5, bool))
    context.bars.merge([rich.take(slice(0, 4))], source="import", now=NOW)
    poor = dataclasses.replace(WHOLE, preclose=np.full(5, np.nan), amount=np.full(5, np.nan))
    await fetching.fetch(online(context, fake=FakeSource(poor)), "600519.SH", lambda _: None)
    stored = context.bars.read("600519.SH", "1d")
    assert stored is not None
    assert stored.preclose[:4].tolist() == [10, 10, 5.5, 12]
    assert np.isnan(stored.preclose[4])
    assert stored.amount[:4].tolist() == rich.amount[:4].tolist()
    assert stored.is_st.tolist() == [True, True, True, True, False]


async def test_a_corrected_price_replaces_the_whole_bar(context: Context) -> None:
    context.bars.merge([WHOLE], source="import", now=NOW)
    close = WHOLE.close.copy()
    close[4] = 13.9
    corrected = dataclasses.replace(WHOLE, close=close, preclose=np.full(5, np.nan))
    _, receipt = await fetching.fetch(online(context, fake=FakeSource(corrected)), "600519.SH", lambda _: None)
    stored = context.bars.read("600519.SH", "1d")
    assert stored is not None
    assert receipt.updated == 1
    assert stored.close[4] == 13.9
    assert np.isnan(stored.preclose[4])


async def test_the_next_source_is_asked_when_one_fails(context: Context) -> None:
    logged: list[str] = []
    broken = FakeSource(error=SourceError("first", "timeout", "no answer in 15 s"))
    name, _ = await fetching.fetch(online(context, first=broken, second=FakeSource()), "600519.SH", logged.append)
    assert name == "second"
    assert logged == ["first: no answer in 15 s"]


async def test_when_all_sources_fail_what_is_stored_stays(context: Context) -> None:
    context.bars.merge([WHOLE], source="import", now=NOW)
    before = context.bars.coverage("600519.SH", "1d")
    broken = FakeSource(error=SourceError("fake", "banned", "refused us; wait an hour"))
    with pytest.raises(SourceError, match="wait an hour"):
        await fetching.fetch(online(context, fake=broken), "600519.SH", lambda _: None)
    assert context.bars.coverage("600519.SH", "1d") == before


async def test_a_fetch_is_queued_once_a_key(context: Context, queue: RecordingQueue) -> None:
    principal, _ = await sign_in(context, "trader", "trader")
    made = []
    for _ in range(2):
        async with context.database.unit() as uow:
            made.append(await fetching.submit(uow, online(context, fake=FakeSource()), principal, "600519.SH", "k"))
    assert made[0].id == made[1].id
    assert (made[0].kind, made[0].queue, len(queue.enqueued)) == ("fetch", "data", 1)


async def test_what_no_source_has_is_refused_at_once(context: Context, trader: httpx.AsyncClient) -> None:
    principal, _ = await sign_in(context, "other", "trader")
    for symbol in ("600001.DEMO", "000300.SH"):
        with pytest.raises(NotFetchable):
            async with context.database.unit() as uow:
                await fetching.submit(uow, online(context, fake=FakeSource()), principal, symbol, None)
    with pytest.raises(SourcesOffline):
        async with context.database.unit() as uow:
            await fetching.submit(uow, context, principal, "600519.SH", None)
    offline = await trader.post("/api/v1/stocks/600519/fetch")
    assert (offline.status_code, offline.json()["code"]) == (409, "sources_offline")


class SmallMarket:
    name = "demo"
    market = (bars_of("600001.DEMO", [10, 11]), bars_of("900001.DEMO", [3000, 3001]))

    def instruments(self) -> list[InstrumentInfo]:
        return [InstrumentInfo(one.symbol, "模拟", "stock", "main", dt.date(2020, 1, 1), None) for one in self.market]

    def daily_bars(self, symbol: str, start: dt.date, end: dt.date) -> Bars:
        return next(one for one in self.market if one.symbol == symbol)

    def corporate_actions(self) -> list[CorporateAction]:
        return [CorporateAction("600001.DEMO", dt.date(2020, 1, 2), cash=Decimal("0.1"))]

    def boards(self) -> list[BoardMember]:
        return [BoardMember("industry", "BKDEMO", "模拟行业", "600001.DEMO")]


async def test_the_demo_market_made_twice_changes_nothing_and_can_be_removed(context: Context) -> None:
    assert (await demo.install(context, SmallMarket())).inserted == 4
    again = await demo.install(context, SmallMarket())
    assert (again.inserted, again.updated, again.unchanged) == (0, 0, 4)
    async with context.database.unit(write=False) as uow:
        assert list(await service.actions_of(uow, ["600001.DEMO"])) == ["600001.DEMO"]
    for expected in (4, 0):
        async with context.database.unit() as uow:
            assert await service.remove_demo(uow, context) == expected
    async with context.database.unit(write=False) as uow:
        assert await service.search(uow, context, "模拟") == []
        assert await service.actions_of(uow, ["600001.DEMO"]) == {}


class MinuteSource(FakeSource):
    """Gives minutes of index futures as a source of futures does."""

    asked_for: Request | None = None

    @property
    def datasets(self) -> frozenset[Dataset]:
        return frozenset(("futures_minute",))

    def parse(self, request: Request, answers: Sequence[Answer]) -> FuturesBars:  # type: ignore[override]
        self.asked_for = request
        held = np.arange(float(len(self.bars)))
        return FuturesBars(self.bars, held, np.full(len(self.bars), np.nan))


async def test_minutes_are_fetched_and_stored_with_their_open_interest(context: Context) -> None:
    bars = minutes_of("IF2403.CFFEX", ends("2024-03-04", SHARES, 5), [3500.0] * 48, "5m")
    source = MinuteSource(bars)
    _, receipt = await fetching.fetch(
        online(context, fake=source), "IF2403.CFFEX", lambda _: None, end=dt.date(2024, 3, 5), interval="5m"
    )
    assert receipt.inserted == 48
    assert source.asked_for == Request("futures_minute", "IF2403.CFFEX", "5m", FIRST_DAY, dt.date(2024, 3, 5))
    stored = context.bars.read("IF2403.CFFEX", "5m")
    assert stored is not None
    assert stored.open_interest is not None
    assert stored.open_interest.tolist() == list(range(48))
    # Again, from a source that does not tell open interest: what is known stays.
    poorer = MinuteSource(bars)
    poorer.parse = lambda request, answers: bars  # type: ignore[method-assign, assignment]
    _, again = await fetching.fetch(online(context, fake=poorer), "IF2403.CFFEX", lambda _: None, interval="5m")
    assert (again.inserted, again.updated) == (0, 0)


async def test_a_fetch_of_minutes_is_a_job_of_its_own(context: Context, queue: RecordingQueue) -> None:
    principal, _ = await sign_in(context, "trader", "trader")
    desk = online(context, fake=MinuteSource())
    async with context.database.unit() as uow:
        made = await fetching.submit(uow, desk, principal, "IF2403.CFFEX", None, "5m")
    assert made.title == "获取 IF2403.CFFEX 5 分钟线"
    async with context.database.unit() as uow:
        with pytest.raises(NotFetchable):
            await fetching.submit(uow, desk, principal, "IF2403.CFFEX", None)
