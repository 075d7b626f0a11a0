"""Search, bars, indicators and the overview over HTTP, on bars made by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import httpx
import numpy as np
import pytest

from quantdesk.core.bars.frame import Bars
from quantdesk.features.market import service
from quantdesk.kit.context import Context
from quantdesk.ports.data_source import InstrumentInfo
from tests.fakes.made_bars import bars_of, random_walk

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
NAMES = {
    "600519.SH": "贵州茅台",
    "600518.SH": "康美药业",
    "000001.SZ": "平安银行",
    "601318.SH": "中国平安",
    "000001.SH": "上证指数",
    "600001.DEMO": "贵州模拟",
}


async def register(context: Context, names: dict[str, str] = NAMES) -> None:
    infos = [
        InstrumentInfo(symbol, name, "index" if symbol == "000001.SH" else "stock", None, None, None)
        for symbol, name in names.items()
    ]
    async with context.database.unit() as uow:
        await service.register(uow, infos, "test")


def store(context: Context, *bars: Bars, source: str = "import") -> None:
    context.bars.merge(bars, source=source, now=NOW)


async def hits(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get("/api/v1/stocks/search", params=query)
    assert answer.status_code == 200, answer.text
    return [item["symbol"] for item in answer.json()["items"]]


async def series(client: httpx.AsyncClient, symbol: str, **query: Any) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/stocks/{symbol}/data", params=query)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


async def test_search_narrows_as_one_types_and_ranks_the_real_before_the_simulated(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    await register(context)
    assert set(await hits(viewer, q="6005")) == {"600519.SH", "600518.SH"}
    assert await hits(viewer, q="600519") == ["600519.SH"]
    assert await hits(viewer, q="sh600519") == ["600519.SH"]
    assert await hits(viewer, q="gzmt") == ["600519.SH"]
    assert await hits(viewer, q="GZ") == ["600519.SH", "600001.DEMO"]
    assert await hits(viewer, q="平安") == ["000001.SZ", "601318.SH"]
    assert await hits(viewer, q="000001", kind="index") == ["000001.SH"]
    assert await hits(viewer, q="平安", limit=1) == ["000001.SZ"]
    assert await hits(viewer, q="没有这个") == []


async def test_a_blank_search_gives_what_has_bars(viewer: httpx.AsyncClient, context: Context) -> None:
    await register(context)
    assert await hits(viewer) == []
    store(context, random_walk("600519.SH", 5, seed=1), random_walk("600001.DEMO", 5, seed=2))
    assert await hits(viewer) == ["600519.SH", "600001.DEMO"]
    assert await hits(viewer, q="6", stored=False) == ["600518.SH", "601318.SH"]


async def test_a_new_name_is_found_at_once(viewer: httpx.AsyncClient, context: Context) -> None:
    await register(context)
    assert await hits(viewer, q="新名字") == []
    await register(context, {"600519.SH": "新名字"})
    assert await hits(viewer, q="xmz") == ["600519.SH"]


async def test_registering_what_is_less_known_forgets_nothing(context: Context) -> None:
    listed = dt.date(2001, 8, 27)
    async with context.database.unit() as uow:
        full = InstrumentInfo("600519.SH", "贵州茅台", "stock", "main", listed, None)
        assert await service.register(uow, [full], "akshare") == 1
    async with context.database.unit() as uow:
        bare = InstrumentInfo("600519.SH", "", "stock", None, None, None)
        assert await service.register(uow, [bare], "import") == 0
    async with context.database.unit(write=False) as uow:
        known = (await service.known(uow, ["600519.SH"]))["600519.SH"]
    assert (known.name, known.board, known.list_date, known.pinyin) == ("贵州茅台", "main", listed, "gzmt")


async def test_an_instrument_has_the_figures_of_its_last_day(viewer: httpx.AsyncClient, context: Context) -> None:
    await register(context)
    without = (await viewer.get("/api/v1/stocks/600519")).json()
    assert (without["symbol"], without["stored"], without["bars"], without["last_close"]) == (
        "600519.SH",
        False,
        0,
        None,
    )
    store(context, bars_of("600519.SH", [10.0, 11.0, 12.1]))
    detail = (await viewer.get("/api/v1/stocks/sh600519")).json()
    assert (detail["bars"], detail["last_close"], detail["suspended"]) == (3, 12.1, False)
    assert detail["change"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("600000.SH", 404, "unknown_symbol"),
        ("nonsense!", 422, "bad_symbol"),
        ("600000.SH/data", 404, "bars_not_stored"),
        ("nonsense!/data", 422, "bad_symbol"),
        ("600000.SH/indicators?names=MA", 404, "bars_not_stored"),
        ("600519.SH/indicators?names=FOO", 422, "bad_indicator"),
        ("600519.SH/indicators?names=MA:x", 422, "bad_indicator"),
        ("600519.SH/indicators?names=MACD:1,2,3,4", 422, "bad_indicator"),
        ("600519.SH/indicators?names=MA:0", 422, "bad_indicator"),
        ("600519.SH/indicators", 422, "payload_invalid"),
        ("600519.SH/data?start=2020-02-01&end=2020-01-01", 422, "invalid"),
        ("600519.SH/data?max_points=5001", 422, "payload_invalid"),
        ("600519.SH/data?interval=2m", 422, "payload_invalid"),
    ],
)
async def test_what_cannot_be_shown_is_named(
    viewer: httpx.AsyncClient, context: Context, path: str, status: int, code: str
) -> None:
    store(context, random_walk("600519.SH", 30, seed=1))
    answer = await viewer.get(f"/api/v1/stocks/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_bars_come_as_columns_in_the_range_asked_for(viewer: httpx.AsyncClient, context: Context) -> None:
    bars = bars_of("600519.SH", [10, 11, 12, 13, 14], start="2024-01-01", suspended=[3])
    store(context, bars)
    got = await series(viewer, "600519.SH", start="2024-01-02", end="2024-01-04")
    assert got["time"] == ["2024-01-02", "2024-01-03", "2024-01-04"]
    assert got["close"] == [11, 12, 13]
    assert got["change"] == pytest.approx([0.1, 12 / 11 - 1, 13 / 12 - 1], abs=1e-6)
    assert got["suspended"] == [False, False, True]
    assert (got["total"], got["thinned"], got["source"]) == (3, False, "import")
    empty = await series(viewer, "600519.SH", start="2030-01-01")
    assert (empty["time"], empty["total"]) == ([], 0)


async def test_unknown_figures_are_null(viewer: httpx.AsyncClient, context: Context) -> None:
    nothing = np.full(2, np.nan)
    store(context, replace(bars_of("600519.SH", [10, 11]), preclose=nothing, amount=nothing))
    got = await series(viewer, "600519.SH")
    assert got["amount"] == [None, None]
    assert got["change"] == [None, 0.1]


async def test_an_ex_right_day_is_taken_out_of_adjusted_prices(viewer: httpx.AsyncClient, context: Context) -> None:
    # Closes 10, 10; ten for ten: the exchange's previous close is 5; then 5, 6.
    bars = replace(bars_of("600519.SH", [10, 10, 5, 6], start="2024-01-01"), preclose=np.array([10, 10, 5, 5.0]))
    store(context, bars)
    raw = await series(viewer, "600519.SH")
    assert raw["close"] == [10, 10, 5, 6]
    assert raw["change"] == pytest.approx([0, 0, 0, 0.2])
    assert raw["as_of"] is None
    qfq = await series(viewer, "600519.SH", adjust="qfq")
    assert (qfq["close"], qfq["as_of"]) == ([5, 5, 5, 6], "2024-01-04")
    assert qfq["volume"] == raw["volume"] or qfq["volume"][0] == 2 * raw["volume"][0]
    before = await series(viewer, "600519.SH", adjust="qfq", as_of="2024-01-02")
    assert before["close"] == [10, 10, 10, 12]
    hfq = await series(viewer, "600519.SH", adjust="hfq")
    assert hfq["close"] == [10, 10, 10, 12]
    assert hfq["change"] == pytest.approx([0, 0, 0, 0.2])


async def test_weeks_and_months_keep_the_first_open_and_the_last_close(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    bars = bars_of("600519.SH", list(range(10, 50)), start="2024-01-01")
    store(context, bars)
    for interval, count in (("1w", 8), ("1M", 2)):
        got = await series(viewer, "600519.SH", interval=interval)
        assert len(got["time"]) == count
        assert (got["open"][0], got["close"][-1]) == (bars.open[0], bars.close[-1])
        assert max(got["high"]) == pytest.approx(bars.high.max())


async def test_thinning_keeps_to_the_points_and_every_extreme(viewer: httpx.AsyncClient, context: Context) -> None:
    bars = random_walk("600519.SH", 3000, seed=3)
    high, low = bars.high.copy(), bars.low.copy()
    high[1234], low[2345] = 999.0, 0.01
    store(context, replace(bars, high=high, low=low))
    got = await series(viewer, "600519.SH", max_points=100)
    assert len(got["time"]) <= 100
    assert (got["total"], got["thinned"]) == (3000, True)
    assert (max(got["high"]), min(got["low"])) == (999.0, 0.01)
    assert got["close"][-1] == bars.close[-1]
    assert sum(got["volume"]) == pytest.approx(bars.volume.sum())


async def test_indicators_stand_on_the_points_of_the_bars_and_know_the_days_before(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    bars = random_walk("600519.SH", 300, seed=4)
    store(context, bars)
    query: dict[str, Any] = {"start": str(bars.time[200]), "max_points": 50}
    data = await series(viewer, "600519.SH", **query)
    answer = await viewer.get(
        "/api/v1/stocks/600519.SH/indicators", params={**query, "names": ["MA:5,20", "MACD", "KDJ:9,3,3"]}
    )
    got = answer.json()
    assert got["time"] == data["time"]
    moving, macd, kdj = got["indicators"]
    assert [line["name"] for line in moving["lines"]] == ["MA5", "MA20"]
    assert moving["lines"][1]["values"][-1] == pytest.approx(bars.close[-20:].mean())
    assert None not in moving["lines"][1]["values"]
    assert (macd["pane"], kdj["key"]) == ("own", "KDJ")
    assert all(len(line["values"]) == len(got["time"]) for item in got["indicators"] for line in item["lines"])
    catalogue = (await viewer.get("/api/v1/market/indicators")).json()["items"]
    assert {item["key"] for item in catalogue} >= {"MA", "MACD", "RSI", "BOLL", "KDJ", "ATR"}


@pytest.mark.parametrize("path", ["data?adjust=qfq", "indicators?names=MA:5"])
async def test_what_did_not_change_is_not_sent_again(viewer: httpx.AsyncClient, context: Context, path: str) -> None:
    bars = random_walk("600519.SH", 50, seed=5)
    store(context, bars.take(slice(0, 40)))
    url = f"/api/v1/stocks/600519.SH/{path}"
    first = await viewer.get(url)
    etag = first.headers["ETag"]
    again = await viewer.get(url, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert (await viewer.get(url, headers={"If-None-Match": f'W/{etag}, "other"'})).status_code == 304
    assert (await viewer.get(url + "&max_points=20")).headers["ETag"] != etag
    store(context, bars)
    changed = await viewer.get(url, headers={"If-None-Match": etag})
    assert (changed.status_code, len(changed.json()["time"])) == (200, 50)


async def test_the_overview_is_of_the_day_on_which_most_instruments_end(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    await register(context)
    empty = (await viewer.get("/api/v1/market/overview")).json()
    assert (empty["date"], empty["stored_symbols"], empty["gainers"]) == (None, 0, [])
    store(context, bars_of("600001.DEMO", [10, 11]))
    assert (await viewer.get("/api/v1/market/overview")).json()["simulated"] is True
    store(
        context,
        bars_of("600519.SH", [10, 11]),
        bars_of("000001.SZ", [10, 9]),
        bars_of("601318.SH", [10, 10]),
        bars_of("600518.SH", [10, 10], suspended=[1]),
        bars_of("000001.SH", [3000, 3030]),
        bars_of("688981.SH", [10, 20]),  # bars without an instrument
    )
    got = (await viewer.get("/api/v1/market/overview")).json()
    assert (got["date"], got["simulated"], got["stored_symbols"]) == ("2020-01-02", False, 7)
    assert (got["advancing"], got["declining"], got["unchanged"], got["suspended"]) == (1, 1, 1, 1)
    assert [item["symbol"] for item in got["gainers"]] == ["600519.SH"]
    assert [item["symbol"] for item in got["losers"]] == ["000001.SZ"]
    assert [item["symbol"] for item in got["indices"]] == ["000001.SH"]
    assert got["indices"][0]["change"] == pytest.approx(0.01)


async def test_a_stock_that_ends_earlier_does_not_count_for_the_day(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    await register(context)
    store(context, bars_of("600519.SH", [10, 11]), bars_of("000001.SZ", [10, 11]), bars_of("601318.SH", [10, 12, 13]))
    got = (await viewer.get("/api/v1/market/overview")).json()
    assert (got["date"], got["advancing"]) == ("2020-01-02", 2)
