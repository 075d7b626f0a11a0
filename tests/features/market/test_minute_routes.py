"""Bars within the day over HTTP: stored and made of finer ones, adjusted, thinned, as of an instant; by hand."""

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
STOCK = "600519.SH"


def store(context: Context, *bars: Bars, now: dt.datetime = NOW) -> None:
    context.bars.merge(bars, source="import", now=now)


def two_days() -> Bars:
    """Give 1-minute bars of 2024-01-02, rising from 1 to 240, and of 2024-01-03 at 500."""
    local = [*ends("2024-01-02", SHARES, 1), *ends("2024-01-03", SHARES, 1)]
    return minutes_of(STOCK, local, [*range(1, 241), *[500.0] * 240])


async def get(client: httpx.AsyncClient, path: str, **query: Any) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/stocks/{path}", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_minute_bars_come_with_instants_and_trading_days(viewer: httpx.AsyncClient, context: Context) -> None:
    store(context, two_days())
    got = await get(viewer, f"{STOCK}/data", interval="1m", start="2024-01-03", end="2024-01-03")
    assert (got["total"], got["interval"], got["stored_interval"]) == (240, "1m", "1m")
    assert (got["time"][0], got["time"][-1]) == ("2024-01-03T01:31:00Z", "2024-01-03T07:00:00Z")
    assert set(got["days"]) == {"2024-01-03"}
    assert got["change"][0] == pytest.approx(500 / 240 - 1, abs=1e-6)


async def test_coarser_bars_are_made_of_finer_ones(viewer: httpx.AsyncClient, context: Context) -> None:
    store(context, two_days())
    hours = await get(viewer, f"{STOCK}/data", interval="60m", end="2024-01-02")
    assert [one[11:16] for one in hours["time"]] == ["02:30", "03:30", "06:00", "07:00"]
    assert (hours["close"], hours["stored_interval"]) == ([60, 120, 180, 240], "1m")
    days = await get(viewer, f"{STOCK}/data", interval="1d")
    assert (days["time"], days["close"], days["days"]) == (["2024-01-02", "2024-01-03"], [240, 500], None)
    week = await get(viewer, f"{STOCK}/data", interval="1w")
    assert (week["time"], week["open"], week["close"]) == (["2024-01-03"], [1], [500])


async def test_the_interval_itself_is_read_where_it_is_stored(viewer: httpx.AsyncClient, context: Context) -> None:
    store(context, two_days(), minutes_of(STOCK, ["2024-01-02T10:30"], [7.0], "60m"))
    got = await get(viewer, f"{STOCK}/data", interval="60m")
    assert (got["close"], got["stored_interval"]) == ([7], "60m")
    half = await get(viewer, f"{STOCK}/data", interval="30m", end="2024-01-02")
    assert (half["total"], half["stored_interval"]) == (8, "1m")


async def test_nothing_is_made_of_coarser_bars(viewer: httpx.AsyncClient, context: Context) -> None:
    store(context, minutes_of(STOCK, ["2024-01-02T10:30"], [7.0], "60m"), bars_of(STOCK, [1, 2]))
    answer = await viewer.get(f"/api/v1/stocks/{STOCK}/data?interval=5m")
    assert (answer.status_code, answer.json()["code"]) == (404, "bars_not_stored")


async def test_minutes_take_the_factor_of_their_day(viewer: httpx.AsyncClient, context: Context) -> None:
    # Ten for ten on the second day: raw 10 before it, 5 after.
    daily = replace(bars_of(STOCK, [10, 5], start="2024-01-02"), preclose=np.array([10, 5.0]))
    local = ["2024-01-02T10:00", "2024-01-02T15:00", "2024-01-03T10:00"]
    store(context, daily, minutes_of(STOCK, local, [10, 10, 5], "30m"))
    qfq = await get(viewer, f"{STOCK}/data", interval="30m", adjust="qfq")
    assert (qfq["close"], qfq["adjust"], qfq["as_of"]) == ([5, 5, 5], "qfq", "2024-01-03")
    assert qfq["high"] == pytest.approx([5.05, 5.05, 5.1])
    assert (await get(viewer, f"{STOCK}/data", interval="30m", adjust="hfq"))["close"] == [10, 10, 10]
    assert (await get(viewer, f"{STOCK}/data", interval="30m"))["close"] == [10, 10, 5]
    hour = await get(viewer, f"{STOCK}/data", interval="60m", adjust="qfq", as_of="2024-01-02")
    assert (hour["close"], hour["as_of"]) == ([10, 10, 10], "2024-01-02")


async def test_without_daily_bars_minutes_stay_raw_and_say_so(viewer: httpx.AsyncClient, context: Context) -> None:
    store(context, two_days())
    got = await get(viewer, f"{STOCK}/data", interval="1m", adjust="qfq")
    assert (got["adjust"], got["as_of"], got["close"][0]) == ("none", None, 1)


async def test_indicators_are_on_the_points_of_the_minutes(viewer: httpx.AsyncClient, context: Context) -> None:
    store(context, two_days())
    query = {"interval": "5m", "start": "2024-01-03", "max_points": 10}
    bars = await get(viewer, f"{STOCK}/data", **query)
    lines = await get(viewer, f"{STOCK}/indicators", names="MA:5", **query)
    assert lines["time"] == bars["time"]
    # The last bars of both days have 500 five times; the first of the second day still sees 225 to 240.
    values = lines["indicators"][0]["lines"][0]["values"]
    assert values[-1] == 500


async def test_many_minutes_are_thinned_and_keep_their_extremes(viewer: httpx.AsyncClient, context: Context) -> None:
    store(context, two_days())
    got = await get(viewer, f"{STOCK}/data", interval="1m", max_points=12)
    assert (len(got["time"]), got["thinned"], got["total"]) == (12, True, 480)
    assert (max(got["high"]), min(got["low"])) == (500.1, 0.9)
    assert got["days"][-1] == "2024-01-03"


async def test_an_etag_holds_until_minutes_or_the_factors_change(viewer: httpx.AsyncClient, context: Context) -> None:
    store(context, two_days(), bars_of(STOCK, [240, 500], start="2024-01-02"))
    path = f"/api/v1/stocks/{STOCK}/data?interval=5m&adjust=qfq"
    tag = (await viewer.get(path)).headers["etag"]
    assert (await viewer.get(path, headers={"If-None-Match": tag})).status_code == 304
    store(context, replace(bars_of(STOCK, [240, 500], start="2024-01-02"), preclose=np.array([240, 120.0])))
    changed = await viewer.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    store(context, minutes_of(STOCK, ["2024-01-04T09:31"], [500]))
    assert (await viewer.get(path, headers={"If-None-Match": changed.headers["etag"]})).status_code == 200


async def test_minutes_are_read_as_they_were_known(viewer: httpx.AsyncClient, context: Context) -> None:
    store(context, minutes_of(STOCK, ["2024-01-02T09:31"], [7.0]))
    store(context, minutes_of(STOCK, ["2024-01-02T09:31"], [8.0]), now=NOW + dt.timedelta(days=1))
    then = await get(viewer, f"{STOCK}/data", interval="1m", known_at="2026-01-01T12:00:00Z")
    assert then["close"] == [7]
    answer = await viewer.get(f"/api/v1/stocks/{STOCK}/data?interval=1m&known_at=2020-01-01T00:00:00Z")
    assert (answer.status_code, answer.json()["code"]) == (404, "bars_not_stored")


async def test_night_bars_of_futures_are_in_the_next_day(viewer: httpx.AsyncClient, context: Context) -> None:
    night = ["2024-10-11T21:05", "2024-10-11T21:10"]
    bars = minutes_of("rb2501.SHFE", [*night, *ends("2024-10-14", REBAR, 5)], [*[3500.0] * 2, *[3600.0] * 45], "5m")
    store(context, replace(bars, open_interest=np.arange(47.0)))
    got = await get(viewer, "rb2501.SHFE/data", interval="5m", start="2024-10-14")
    assert (got["total"], set(got["days"])) == (47, {"2024-10-14"})
    assert got["open_interest"][:3] == [0, 1, 2]
    day = await get(viewer, "rb2501.SHFE/data", interval="1d")
    assert (day["time"], day["open"], day["open_interest"]) == (["2024-10-14"], [3500], [46])


async def test_a_future_changes_against_the_settlement(viewer: httpx.AsyncClient, context: Context) -> None:
    bars = replace(bars_of("rb2501.SHFE", [3500, 3600]), preclose=np.full(2, np.nan), settle=np.array([3550.0, 3590]))
    store(context, bars)
    got = await get(viewer, "rb2501.SHFE/data")
    assert got["settle"] == [3550, 3590]
    assert got["change"] == pytest.approx([None, 3600 / 3550 - 1], abs=1e-6)
