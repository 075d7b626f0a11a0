"""A day of the market and its boards over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import numpy as np
import pytest

from quantdesk.adapters.data_source.demo import DemoSource
from quantdesk.core.bars.frame import Bars
from quantdesk.core.sources.records import BoardMember, LimitUp
from quantdesk.features.datasets import service as datasets
from quantdesk.features.market import demo, service
from quantdesk.kit.context import Context
from quantdesk.ports.data_source import InstrumentInfo
from tests.fakes.made_bars import bars_of

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
DAY, BOARDS = "/api/v1/market/day", "/api/v1/market/heatmap"
ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
CLOSES = {
    "600000.SH": [10, 11, 12.1, 13.31],  # at its limit three days in a row
    "600001.SH": [10, 10, 10, 11],
    "600002.SH": [10, 9, 9, 9.5],
    "600003.SH": [10, 10, 10, 9],
    "600004.SH": [10, 10, 10, 10],
}


async def fill(context: Context, *more: Bars) -> None:
    bars = [*(bars_of(symbol, closes) for symbol, closes in CLOSES.items()), *more]
    context.bars.merge([bars_of("000300.SH", [3000, 3010, 3020, 3050]), *bars], source="test", now=NOW)
    kinds = {item.symbol: "index" if item.symbol == "000300.SH" else "stock" for item in bars}
    infos = [InstrumentInfo(symbol, f"名{symbol[:6]}", "stock", None, None, None) for symbol in kinds]
    infos.append(InstrumentInfo("000300.SH", "沪深300", "index", None, None, None))
    async with context.database.unit() as uow:
        await service.register(uow, infos, "test")


async def store_boards(context: Context) -> None:
    members = [
        BoardMember("industry", "BK1", "银行", "600000.SH"),
        BoardMember("industry", "BK1", "银行", "600001.SH"),
        BoardMember("industry", "BK2", "煤炭", "600002.SH"),
        BoardMember("industry", "BK3", "没有股票", "600999.SH"),
    ]
    pool = [LimitUp(dt.date(2020, 1, 6), "600000.SH", "名", 13.31, 5e6, "09:31:00", "09:31:00", 2, 3, "银行")]
    async with context.database.unit() as uow:
        for table, part, rows in (("industry_boards", "cn", members), ("limit_up_pool", "2020", pool)):
            await datasets.store(
                uow,
                context,
                table,  # type: ignore[arg-type]
                part,
                rows,
                source="eastmoney",
                parser="made/1",
                fetched_at=NOW,
                complete=True,
            )


async def got(client: httpx.AsyncClient, url: str, **query: Any) -> dict[str, Any]:
    answer = await client.get(url, params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_the_newest_day_is_summed_up(viewer: httpx.AsyncClient, context: Context) -> None:
    await fill(context)
    await store_boards(context)
    day = await got(viewer, DAY)
    assert (day["market"], day["markets"], day["date"], day["previous"]) == ("cn", ["cn"], "2020-01-06", "2020-01-03")
    assert (day["next"], day["first"], day["last"], day["shares"]) == (None, "2020-01-01", "2020-01-06", 5)
    breadth = day["breadth"]
    assert (breadth["advancing"], breadth["declining"], breadth["unchanged"]) == (3, 1, 1)
    assert (breadth["limit_up"], breadth["limit_down"], breadth["broken"]) == (2, 1, 0)
    assert sum(bin["count"] for bin in day["histogram"]) == 5
    assert [card["symbol"] for card in day["indices"]] == ["000300.SH"]
    assert day["indices"][0]["change"] == pytest.approx(3050 / 3020 - 1, abs=1e-6)
    assert day["indices"][0]["closes"] == [3000, 3010, 3020, 3050]
    assert day["history"]["date"] == ["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-06"]
    assert day["history"]["limit_up"] == [0, 1, 1, 2]
    assert day["history"]["amount"][-1] == pytest.approx(1_000_000 * (13.31 + 11 + 9.5 + 9 + 10), rel=1e-6)

    rungs = day["limit_up"]["rungs"]
    assert [(rung["streak"], rung["count"]) for rung in rungs] == [(3, 1), (1, 1)]
    top = rungs[0]["shares"][0]
    assert (top["symbol"], top["industry"], top["first_sealed"], top["breaks"]) == ("600000.SH", "银行", "09:31:00", 2)
    assert (day["limit_up"]["pool_stored"], rungs[1]["shares"][0]["breaks"]) == (True, None)
    assert day["limit_up"]["day_after"] == pytest.approx(0.1)
    assert {item["symbol"] for item in day["movers"]["gainers"][:2]} == {"600000.SH", "600001.SH"}
    assert [item["symbol"] for item in day["movers"]["losers"]] == ["600003.SH"]


@ON_ONE
async def test_before_anything_is_stored_the_newest_day_is_none(viewer: httpx.AsyncClient) -> None:
    answer = await viewer.get(DAY)
    assert (answer.status_code, answer.json()) == (200, None)
    assert (await viewer.get(DAY, params={"market": "cn"})).status_code == 404


@ON_ONE
async def test_any_stored_day_can_be_asked_for(viewer: httpx.AsyncClient, context: Context) -> None:
    await fill(context)
    earlier = await got(viewer, DAY, date="2020-01-02")
    assert (earlier["date"], earlier["previous"], earlier["next"]) == ("2020-01-02", "2020-01-01", "2020-01-03")
    assert (earlier["breadth"]["limit_up"], earlier["breadth"]["limit_down"]) == (1, 1)
    assert (await got(viewer, DAY, date="2020-01-05"))["date"] == "2020-01-03"  # a Sunday
    assert (await got(viewer, DAY, date="2099-01-01"))["date"] == "2020-01-06"
    for query in ({"date": "2019-12-31"}, {"date": "0001-01-01"}, {"market": "demo"}):
        answer = await viewer.get(DAY, params=query)
        assert (answer.status_code, answer.json()["code"]) == (404, "market_day_not_stored")


@ON_ONE
async def test_an_answer_is_kept_until_a_bar_changes(viewer: httpx.AsyncClient, context: Context) -> None:
    await fill(context)
    first = await viewer.get(DAY)
    etag = first.headers["ETag"]
    assert (await viewer.get(DAY, headers={"If-None-Match": etag})).status_code == 304
    context.bars.merge([bars_of("600004.SH", [10, 10, 10, 10.5])], source="test", now=NOW)
    second = await viewer.get(DAY, headers={"If-None-Match": etag})
    assert second.status_code == 200
    assert second.json()["breadth"]["advancing"] == first.json()["breadth"]["advancing"] + 1
    context.bars.merge([bars_of("600005.SH", [10, 10, 10, 10, 12])], source="test", now=NOW)
    async with context.database.unit() as uow:
        await service.register(uow, [InstrumentInfo("600005.SH", "新", "stock", None, None, None)], "test")
    third = await viewer.get(DAY)
    assert (third.json()["date"], third.json()["shares"]) == ("2020-01-06", 6)


async def test_industries_are_shown_with_their_shares(viewer: httpx.AsyncClient, context: Context) -> None:
    await fill(context)
    empty = await got(viewer, BOARDS)
    assert (empty["boards"], empty["unassigned"], empty["boards_as_of"]) == ([], 5, None)
    await store_boards(context)
    found = await got(viewer, BOARDS)
    assert [(board["name"], board["count"], board["advancing"]) for board in found["boards"]] == [
        ("银行", 2, 2),
        ("煤炭", 1, 1),
    ]
    assert (found["unassigned"], found["source"]) == (2, "eastmoney")
    assert found["boards"][0]["change"] == pytest.approx(0.1, abs=1e-6)
    one = await got(viewer, BOARDS, board="BK2")
    assert [share["symbol"] for share in one["boards"][0]["shares"]] == ["600002.SH"]
    missing = await viewer.get(BOARDS, params={"board": "BK9"})
    assert (missing.status_code, missing.json()["code"]) == (404, "board_not_found")
    assert (await got(viewer, BOARDS, kind="concept"))["boards"] == []


@ON_ONE
async def test_the_demo_market_is_whole(viewer: httpx.AsyncClient, context: Context) -> None:
    source = DemoSource()
    await demo.install(context, source)
    day = await got(viewer, DAY)
    assert (day["market"], day["date"]) == ("demo", "2025-12-31")
    assert len(day["indices"]) == 5
    assert [one["of"] > 200 for one in day["above"]] == [True, True, True]
    for kind, count in (("industry", 12), ("concept", 8)):
        boards = (await got(viewer, BOARDS, kind=kind))["boards"]
        assert len(boards) == count
    assert (await got(viewer, BOARDS))["unassigned"] == 0
    # A few real shares are no market yet; asked for, they are shown.
    await fill(context)
    assert (await got(viewer, DAY))["market"] == "demo"
    assert (await got(viewer, DAY, market="cn"))["markets"] == ["cn", "demo"]
    async with context.database.unit() as uow:
        await service.remove_demo(uow, context)
    assert (await got(viewer, DAY))["market"] == "cn"
    market = source.market()
    traded = np.array([market.bars[item.symbol].close[-1] for item in market.instruments if item.kind == "stock"])
    assert len(traded) == 300


async def test_names_of_many_symbols_are_asked_for_at_once(viewer: httpx.AsyncClient, context: Context) -> None:
    await fill(context)
    found = await got(viewer, "/api/v1/stocks/names", symbol=["600000.SH", "600999.SH", "000300.SH"])
    assert found["names"] == {"600000.SH": "名600000", "000300.SH": "沪深300"}
    assert (await viewer.get("/api/v1/stocks/names")).status_code == 422


async def test_industries_are_those_of_the_symbols_asked_for(context: Context) -> None:
    await store_boards(context)
    await demo.install(context, DemoSource())
    async with context.database.unit(write=False) as uow:
        found, day = await service.industries_of(uow, context, ["600000.SH", "600001.DEMO", "688981.SH"])
        simulated, none = await service.industries_of(uow, context, ["600001.DEMO"])
    assert (found["600000.SH"], set(found), day) == ("银行", {"600000.SH", "600001.DEMO"}, NOW.date())
    assert (set(simulated), none) == ({"600001.DEMO"}, None)
