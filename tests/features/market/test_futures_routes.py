"""Products, contracts and main series of futures over HTTP, and single days minute by minute; worked out by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import httpx
import numpy as np
import pytest

from quantdesk.core.bars.frame import Bars
from quantdesk.kit.context import Context
from tests.fakes.made_bars import bars_of
from tests.fakes.made_minutes import REBAR, SHARES, ends, minutes_of

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
OLD, NEW = "rb2405.SHFE", "rb2410.SHFE"


def contract(symbol: str, closes: list[float], hold: list[float]) -> Bars:
    nothing = np.full(len(closes), np.nan)
    settle = np.array(closes) + 1
    bars = bars_of(symbol, closes, start="2024-03-04")
    return replace(bars, preclose=nothing, open_interest=np.array(hold, dtype=float), settle=settle)


def store(context: Context, *bars: Bars) -> None:
    context.bars.merge(bars, source="sina", now=NOW)


def store_two(context: Context) -> None:
    """Store two contracts: at the closes of days 1 and 2 the new one leads, so that it is the main one from day 3."""
    store(
        context,
        contract(OLD, [100, 102, 104, 103, 101], [50, 40, 30, 20, 10]),
        contract(NEW, [110, 113, 116, 114, 115], [30, 45, 60, 70, 80]),
    )


async def get(client: httpx.AsyncClient, path: str, **query: Any) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/{path}", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_products_with_bars_come_first(viewer: httpx.AsyncClient, context: Context) -> None:
    store_two(context)
    items = (await get(viewer, "futures/products"))["items"]
    assert len(items) > 60
    rebar = items[0]
    assert (rebar["symbol"], rebar["name"]["zh"], rebar["pinyin"]) == ("rb.SHFE", "螺纹钢", "lwg")
    assert (rebar["multiplier"], rebar["price_tick"], rebar["night"]) == (10, 1, True)
    assert (rebar["contracts"], rebar["main_stored"], rebar["last_date"]) == (2, False, "2024-03-08")


@pytest.mark.parametrize("name", ["rb", "RB", "rb.SHFE", "rb.shfe"])
async def test_contracts_come_with_the_figures_of_their_last_day(
    viewer: httpx.AsyncClient, context: Context, name: str
) -> None:
    store_two(context)
    got = await get(viewer, f"futures/{name}/contracts")
    old, new = got["items"]
    assert [one["symbol"] for one in (old, new)] == [OLD, NEW]
    assert (new["close"], new["settle"], new["open_interest"], new["open_interest_change"]) == (115, 116, 80, 10)
    assert new["change"] == pytest.approx(115 / 115 - 1)  # against the settlement of the day before, 114 + 1
    assert (old["main"], new["main"], old["active"]) == (False, True, True)
    # The rulebook: the 15th of the month, or the next weekday; 2024-05-15 is a Wednesday.
    assert (old["last_trade_day"], old["last_trade_day_known"], old["days_left"]) == ("2024-05-15", False, 68)


async def test_a_main_series_is_spliced_with_its_rolls(viewer: httpx.AsyncClient, context: Context) -> None:
    store_two(context)
    got = await get(viewer, "futures/rb/continuous")
    assert got["bars"]["time"] == ["2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08"]
    assert got["bars"]["close"] == [102, 104, 114, 115]
    assert got["bars"]["open_interest"] == [40, 30, 70, 80]
    assert got["contracts"] == [OLD, OLD, NEW, NEW]
    assert got["rolls"] == [
        {
            "date": "2024-03-07",
            "decided": "2024-03-06",
            "old": OLD,
            "new": NEW,
            "old_close": 104,
            "new_close": 116,
            "forced": False,
        }
    ]
    difference = await get(viewer, "futures/rb/continuous", adjust="difference")
    assert difference["bars"]["close"] == [114, 116, 114, 115]
    week = await get(viewer, "futures/rb/continuous", adjust="difference", interval="1w")
    assert (week["bars"]["time"], week["contracts"]) == (["2024-03-08"], [NEW])


async def test_a_main_series_is_given_as_it_was_known(viewer: httpx.AsyncClient, context: Context) -> None:
    store_two(context)
    then = await get(viewer, "futures/rb/continuous", adjust="difference", as_of="2024-03-06")
    assert (then["bars"]["close"], then["rolls"]) == ([102, 104], [])


async def test_an_etag_of_a_main_series_holds_until_a_contract_changes(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    store_two(context)
    first = await viewer.get("/api/v1/futures/rb/continuous")
    tag = first.headers["etag"]
    assert (await viewer.get("/api/v1/futures/rb/continuous", headers={"If-None-Match": tag})).status_code == 304
    store(context, contract("rb2501.SHFE", [120], [1]))
    assert (await viewer.get("/api/v1/futures/rb/continuous", headers={"If-None-Match": tag})).status_code == 200


async def test_minutes_of_a_main_series_change_contracts_with_the_night(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    store_two(context)
    days = ["2024-03-06", "2024-03-07"]
    local = [*ends(days[0], REBAR, 5), "2024-03-06T21:05", *ends(days[1], REBAR, 5)]
    store(
        context,
        minutes_of(OLD, local, [104.0] * len(local), "5m"),
        minutes_of(NEW, local, [116.0] * len(local), "5m"),
    )
    got = await get(viewer, "futures/rb/continuous", interval="5m")
    assert got["contracts"] == [OLD] * 45 + [NEW] * 46
    assert got["bars"]["close"] == [104] * 45 + [116] * 46
    assert got["bars"]["days"][45] == "2024-03-07"  # the night before
    flat = await get(viewer, "futures/rb/continuous", interval="60m", adjust="ratio")
    assert set(flat["bars"]["close"]) == {116}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("futures/xx/contracts", 404, "futures_product_unknown"),
        ("futures/xx/continuous", 404, "futures_product_unknown"),
        ("futures/cu/continuous", 404, "bars_not_stored"),
        ("futures/rb/continuous?interval=5m", 404, "bars_not_stored"),
        ("futures/rb/continuous?start=2024-02-01&end=2024-01-01", 422, "invalid"),
        ("futures/rb/continuous?rule=fame", 422, "payload_invalid"),
        ("futures/al/continuous", 409, "main_series_impossible"),
        ("stocks/600519.SH/intraday", 404, "bars_not_stored"),
        ("stocks/nonsense!/intraday", 422, "bad_symbol"),
        ("stocks/600519.SH/intraday?days=11", 422, "payload_invalid"),
    ],
)
async def test_what_cannot_be_given_is_named(
    viewer: httpx.AsyncClient, context: Context, path: str, status: int, code: str
) -> None:
    store_two(context)
    store(context, replace(contract("al2405.SHFE", [1, 2], [1, 1]), open_interest=None))
    answer = await viewer.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_day_minute_by_minute(viewer: httpx.AsyncClient, context: Context) -> None:
    local = [*ends("2024-01-02", SHARES, 1), *ends("2024-01-03", SHARES, 1)]
    closes = [*[10.0] * 240, *[10.0] * 120, *[11.0] * 120]
    store(context, minutes_of("600519.SH", local, closes), bars_of("600519.SH", [9.5, 10], start="2024-01-01"))
    got = await get(viewer, "stocks/600519.SH/intraday")
    (day,) = got["days"]
    assert (got["interval"], day["date"]) == ("1m", "2024-01-03")
    assert (day["base"], day["base_kind"]) == (10, "last_close")
    assert [(one["start"], one["end"], one["minutes"]) for one in day["sessions"]] == [
        ("09:30", "11:30", 120),
        ("13:00", "15:00", 120),
    ]
    assert day["minute"] == list(range(1, 241))
    assert (day["average"][0], day["average"][-1]) == (10, 10.5)
    two = await get(viewer, "stocks/600519.SH/intraday", days=5)
    assert [one["base"] for one in two["days"]] == [9.5, 10]
    earlier = await get(viewer, "stocks/600519.SH/intraday", date="2024-01-02")
    assert [one["date"] for one in earlier["days"]] == ["2024-01-02"]


async def test_a_futures_day_begins_in_the_evening_and_counts_from_the_settlement(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    store_two(context)
    local = ["2024-03-06T21:05", "2024-03-06T23:00", *ends("2024-03-07", REBAR, 5)]
    bars = minutes_of(NEW, local, [114.0] * len(local), "5m")
    store(context, replace(bars, amount=bars.close * bars.volume * 10))
    (day,) = (await get(viewer, f"stocks/{NEW}/intraday"))["days"]
    assert (day["base"], day["base_kind"]) == (117, "settlement")
    assert (day["date"], day["minute"][:3]) == ("2024-03-07", [5, 120, 125])
    assert day["sessions"][0] == {"start": "21:00", "end": "23:00", "minutes": 120}
    assert day["average"][-1] == 114  # ten tonnes a contract


async def test_a_day_without_a_night_before_it_keeps_no_place_for_one(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    store(context, minutes_of(NEW, ends("2024-03-07", REBAR, 5), [114.0] * 45, "5m"))
    (day,) = (await get(viewer, f"stocks/{NEW}/intraday"))["days"]
    assert (day["sessions"][0]["start"], day["minute"][0], day["minute"][-1]) == ("09:00", 5, 225)


async def test_an_index_has_no_average_price(viewer: httpx.AsyncClient, context: Context) -> None:
    store(context, minutes_of("000300.SH", ends("2024-01-02", SHARES, 5), [3500.0] * 48, "5m"))
    (day,) = (await get(viewer, "stocks/000300.SH/intraday"))["days"]
    assert set(day["average"]) == {None}
    assert (day["base"], day["base_kind"]) == (None, None)
