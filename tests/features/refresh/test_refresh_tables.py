"""Tables and bars of every kind in a refresh: what is due, who is asked, what follows, and what a failure costs."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import replace

import pytest

from quantdesk.core.refresh.datasets import INDICES, TABLES
from quantdesk.core.refresh.days import over_at
from quantdesk.features.datasets import service as datasets
from quantdesk.features.market import service as market
from quantdesk.features.refresh import service
from quantdesk.features.refresh.errors import NothingToRefresh
from quantdesk.features.refresh.schemas import Refresh, RefreshCreate, RefreshItem, RefreshPlan, SchedulePut
from quantdesk.features.watchlists import service as watchlists
from quantdesk.features.watchlists.schemas import WatchlistCreate, WatchPut
from quantdesk.kit.context import Context
from quantdesk.kit.principal import Principal
from quantdesk.ports.data_source import HostHealth
from quantdesk.ports.datasets import Dataset
from quantdesk.ports.errors import SourceError
from tests.fakes.clock import FakeClock
from tests.features.refresh.refresh_support import EVENING, FRIDAY, THURSDAY, end_job, found, run, store_until
from tests.features.refresh.tables_support import EX_DATE, NEW, TableSource
from tests.support.app import sign_in

STOCKS = ("600000.SH", "600001.SH", "600002.SH")
STORED = (*STOCKS, "510300.SH")


@pytest.fixture
async def person(context: Context, clock: FakeClock) -> Principal:
    clock.now = EVENING
    return (await sign_in(context, "someone", "trader"))[0]


@pytest.fixture
def source() -> TableSource:
    return TableSource()


@pytest.fixture
def desk(context: Context, source: TableSource) -> Context:
    found = dataclasses.replace(context, sources={source.name: source})
    store_until(found, THURSDAY, STORED)
    return found


async def refresh(desk: Context, person: Principal, body: RefreshCreate | None = None) -> Refresh:
    """Plan, carry out and end one; give it as it has become."""
    async with desk.database.unit() as uow:
        refresh_id = await service.create(uow, desk, person, body or RefreshCreate())
    await run(desk, refresh_id)
    made = await found(desk, person, refresh_id)
    await end_job(desk, made.job, "failed" if made.stopped else "succeeded")
    return made


async def planned(desk: Context, person: Principal, body: RefreshCreate | None = None) -> RefreshPlan:
    async with desk.database.unit(write=False) as uow:
        return await service.preview(uow, desk, body or RefreshCreate(), person.user_id, cursor=None, limit=200)


async def items(desk: Context, person: Principal, refresh_id: str, dataset: Dataset) -> list[RefreshItem]:
    async with desk.database.unit(write=False) as uow:
        page = await service.list_items(uow, refresh_id, person.user_id, datasets=[dataset], cursor=None, limit=200)
    return page.items


async def test_one_refresh_brings_every_dataset(desk: Context, source: TableSource, person: Principal) -> None:
    made = await refresh(desk, person)
    assert (made.counts.failed, made.counts.pending, made.missing) == (0, 0, [])
    assert [one.dataset for one in made.datasets] == [
        "calendar", "instruments", "index_daily", "stock_daily", "etf_daily", *list(TABLES)[2:],
    ]  # fmt: skip
    assert source.keys("index_daily") == sorted(INDICES)
    assert source.keys("suspensions") == [f"2026-11-{day:02}" for day in (9, 10, 11, 12, 13, 16, 17, 18, 19, 20)]
    assert source.keys("fund_nav") == ["510300.SH"]
    async with desk.database.unit(write=False) as uow:
        parts = {name: [one.partition for one in await datasets.partitions(uow, name)] for name in TABLES}  # type: ignore[arg-type]
        known = await market.known(uow, [NEW, "600001.SH", "000300.SH", "510300.SH"])
        actions = await market.actions_of(uow, ["600002.SH"])
    assert parts["suspensions"] == ["2025"], "a halt stands in the year in which it began"
    assert parts["limit_up_pool"] == ["2026"]
    assert parts["constituents"] == sorted(INDICES)
    assert parts["statements"] == list(STOCKS)
    assert known[NEW].name == "新上市"
    assert (known["600001.SH"].delist_date, known["000300.SH"].name) == (dt.date(2009, 12, 29), "沪深300")
    assert [(one.ex_date, str(one.cash)) for one in actions["600002.SH"]] == [(EX_DATE, "0.4")]


async def test_what_is_fresh_is_not_asked_for_again_until_it_is_due(
    desk: Context, source: TableSource, person: Principal, clock: FakeClock
) -> None:
    await refresh(desk, person)
    with pytest.raises(NothingToRefresh):
        await refresh(desk, person)
    source.asked.clear()
    clock.now = source.now = over_at(dt.date(2026, 11, 24), dt.time(2, 30))
    made = await refresh(desk, person)
    assert {one.dataset for one in made.datasets if one.counts.done + one.counts.unchanged} == {
        "calendar", "instruments", "index_daily", "stock_daily", "etf_daily", "suspensions", "limit_up_pool",
        "constituents", "futures_contracts", "funds", "industry_boards", "concept_boards", "dividends", "fund_nav",
    }  # fmt: skip
    assert source.keys("limit_up_pool") == ["2026-11-23"], "only the day that lacks"


async def test_a_chosen_dataset_is_asked_for_at_once(desk: Context, source: TableSource, person: Principal) -> None:
    await refresh(desk, person)
    source.asked.clear()
    await refresh(desk, person, RefreshCreate(datasets=["valuation", "limit_up_pool"]))
    listed = (STOCKS[0], STOCKS[2])  # the other was delisted long ago, and its table is there
    assert source.asked == [("limit_up_pool", str(FRIDAY)), *(("valuation", symbol) for symbol in listed)]


async def test_one_failing_dataset_stops_no_other_and_goes_on_by_itself(
    desk: Context, source: TableSource, person: Principal, clock: FakeClock
) -> None:
    ban = SourceError("fake", "banned", "refused us", retry_after=900)
    broken = SourceError("fake", "changed", "a column is missing")
    source.fails = lambda request: {"dividends": ban, "funds": broken}.get(request.dataset)
    made = await refresh(desk, person)
    counts = {one.dataset: one.counts for one in made.datasets}
    assert (counts["dividends"].pending, counts["funds"].failed) == (3, 1)
    assert len(source.keys("dividends")) == 1, "the host that bans is left alone"
    assert all(one.pending == 0 for name, one in counts.items() if name != "dividends")
    assert counts["statements"].done == 3
    assert {one.dataset: one.error for one in made.datasets}["funds"] == str(broken)
    assert made.stopped is not None
    assert (made.stopped.kind, made.stopped.datasets) == ("banned", ["dividends"])
    source.fails = lambda request: None
    clock.advance(minutes=15)
    assert await service.tick(desk) == made.id
    await run(desk, made.id)
    assert (await found(desk, person, made.id)).counts.pending == 0


async def test_the_next_source_is_asked_and_provenance_tells_which(
    desk: Context, source: TableSource, person: Principal
) -> None:
    other = TableSource("other", ["dividends"])
    both = replace(desk, sources={"fake": source, "other": other})
    source.fails = lambda request: SourceError("fake", "page", "a web page") if request.dataset == "dividends" else None
    made = await refresh(both, person, RefreshCreate(scope="stocks"))
    assert made.counts.failed == 0
    assert {one.source for one in await items(both, person, made.id, "dividends")} == {"other"}
    async with both.database.unit(write=False) as uow:
        (version,) = await datasets.provenance(
            uow, both, "dividends", "600000.SH", (dt.date(2026, 9, 30), dt.date(2026, 9, 30))
        )
    assert (version.source, version.parser) == ("other", "other.dividends/1")


async def test_a_dataset_that_no_source_has_is_left_out_and_said(desk: Context, person: Principal) -> None:
    poor = replace(desk, sources={"fake": TableSource("fake", ["stock_daily", "calendar"])})
    plan = await planned(poor, person)
    assert [one.dataset for one in plan.datasets if not one.sources] == [
        "instruments", "index_daily", "etf_daily", *list(TABLES)[2:],
    ]  # fmt: skip
    made = await refresh(poor, person)
    assert made.missing[:3] == ["instruments", "index_daily", "etf_daily"]
    assert [one.dataset for one in made.datasets if one.counts.done] == ["calendar", "stock_daily"]


async def test_the_ceiling_leaves_the_freshest_for_tomorrow(
    desk: Context, source: TableSource, person: Principal
) -> None:
    await refresh(desk, person, RefreshCreate(symbols=["600001.SH"], datasets=["dividends"]))
    source.host = HostHealth("made.up", "closed", None, None, None, None, None, requests_today=0, ceiling=8)
    plan = await planned(desk, person, RefreshCreate(datasets=["dividends", "calendar"]))
    told = {one.dataset: (one.fetches, one.later) for one in plan.datasets}
    assert told == {"calendar": (1, 0), "dividends": (3, 0)}
    source.host = replace(source.host, requests_today=2)
    plan = await planned(desk, person, RefreshCreate(datasets=["dividends", "calendar"]))
    assert {one.dataset: (one.fetches, one.later) for one in plan.datasets}["dividends"] == (3, 2)
    (budget,) = plan.budgets
    assert (budget.hosts, budget.used, budget.ceiling, budget.needed) == (["made.up"], 2, 8, 2)
    source.asked.clear()
    await refresh(desk, person, RefreshCreate(datasets=["dividends", "calendar"]))
    assert source.keys("dividends") == ["600000.SH"], "one that was never asked for comes first"


async def test_the_published_calendar_decides_what_is_a_trading_day(
    desk: Context, source: TableSource, person: Principal
) -> None:
    source.holidays = (FRIDAY,)
    assert (await planned(desk, person)).day == FRIDAY, "a weekday is taken for one"
    await refresh(desk, person, RefreshCreate(datasets=["calendar"]))
    plan = await planned(desk, person)
    assert (plan.day, plan.calendar_to) == (THURSDAY, dt.date(2026, 12, 31))
    assert {one.dataset: one.fetches for one in plan.datasets}["stock_daily"] == 0


async def test_only_stocks_are_suspended(desk: Context, source: TableSource, person: Principal) -> None:
    source.newest = THURSDAY
    store_until(desk, FRIDAY, ("600009.SH",))  # so that Friday is known to be a trading day
    body = RefreshCreate(datasets=["stock_daily", "etf_daily"])
    await refresh(desk, person, body)
    plan = await planned(desk, person, body)
    assert {item.key: item.reason for item in plan.items.items} == {
        **dict.fromkeys(STOCKS, "suspended"), "510300.SH": "no_new_day", "600009.SH": "up_to_date",
    }  # fmt: skip


async def test_a_stock_of_which_a_source_has_nothing_is_left_alone_until_it_is_due(
    desk: Context, source: TableSource, person: Principal, clock: FakeClock
) -> None:
    source.fails = lambda request: SourceError("fake", "empty", "no dividends") if request.symbol == STOCKS[0] else None
    body = RefreshCreate(scope="stocks")
    made = await refresh(desk, person, body)
    assert made.counts.failed >= 1
    source.asked.clear()
    clock.advance(days=2)
    await refresh(desk, person, RefreshCreate())
    assert STOCKS[0] not in source.keys("dividends")
    clock.advance(days=1)
    source.asked.clear()
    await refresh(desk, person, body)
    assert STOCKS[0] in source.keys("dividends")


async def test_scopes_choose_what_is_fetched(desk: Context, source: TableSource, person: Principal) -> None:
    async def asked(body: RefreshCreate) -> dict[str, int]:
        return {one.dataset: one.fetches for one in (await planned(desk, person, body)).datasets if one.fetches}

    assert await asked(RefreshCreate(scope="indices")) == {"index_daily": 9, "constituents": 9}
    stocks = {"stock_daily": 3, "dividends": 3, "valuation": 3, "names": 3, "statements": 3}
    assert await asked(RefreshCreate(scope="stocks")) == stocks
    assert await asked(RefreshCreate(symbols=["510300", "sh600000"])) == {
        "stock_daily": 1, "etf_daily": 1, "dividends": 1, "fund_nav": 1, "valuation": 1, "names": 1, "statements": 1,
    }  # fmt: skip
    assert await asked(RefreshCreate(scope="stocks", symbols=["510300"])) == {}
    assert await asked(RefreshCreate(scope="watchlist")) == {}
    async with desk.database.unit() as uow:
        watchlist_id = await watchlists.create(uow, person, WatchlistCreate(name="mine"))
        await watchlists.put(uow, person, watchlist_id, "600519.SH", WatchPut())
    assert await asked(RefreshCreate(scope="watchlist")) == dict.fromkeys(stocks, 1), "stored or not"


async def test_the_followed_indices_are_settable_and_the_parts_of_the_schedule_fetch_their_own(
    desk: Context, source: TableSource, person: Principal
) -> None:
    async with desk.database.unit() as uow:
        await service.put_schedule(uow, desk, person, SchedulePut(enabled=True, indices=["000300.SH"]))
    for part, some in (("evening", "index_daily"), ("night", "constituents")):
        source.asked.clear()
        refresh_id = await service.tick(desk)
        assert refresh_id is not None
        await run(desk, refresh_id)
        made = await found(desk, person, refresh_id)
        await end_job(desk, made.job)
        assert made.part == part
        assert source.keys(some) == ["000300.SH"]
        evening = {"index_daily", "stock_daily", "etf_daily", "suspensions", "limit_up_pool"}
        assert ({one for one, _ in source.asked} & evening == evening) == (part == "evening")
    assert await service.tick(desk) is None
