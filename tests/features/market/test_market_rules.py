"""The rules of an instrument over HTTP, with and without stored bars."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import httpx
import numpy as np

from quantdesk.core.bars.frame import Bars
from quantdesk.core.rules.book import rulebook
from quantdesk.features.market import service
from quantdesk.kit.context import Context
from quantdesk.ports.data_source import InstrumentInfo
from tests.fakes.made_bars import bars_of

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def store(context: Context, bars: Bars) -> None:
    context.bars.merge([bars], source="import", now=NOW)


async def rules(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await client.get("/api/v1/market/rules", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def words(answer: dict[str, Any], topic: str) -> str:
    return next(item["zh"] for item in answer["statements"] if item["topic"] == topic)


async def test_a_stock_of_which_nothing_is_stored_has_its_rules_and_the_assumptions_are_told(
    viewer: httpx.AsyncClient,
) -> None:
    answer = await rules(viewer, symbol="sh688981", date="2024-03-15")
    assert (answer["symbol"], answer["date"], answer["board"]) == ("688981.SH", "2024-03-15", "star")
    assert words(answer, "limit") == "科创板股票涨跌幅限制为前收盘价的 ±20%"
    assert answer["limit"] is answer["next_limit"] is None
    assert ["ST" in item["zh"] or "上市" in item["zh"] for item in answer["assumptions"]] == [True, True]
    assert answer["rules_version"] == rulebook().version
    duty = next(item for item in answer["statements"] if item["topic"] == "stamp_duty")
    assert (duty["id"], duty["since"], duty["until"]) == ("duty.2023", "2023-08-28", None)
    assert duty["source"]["date"] == "2023-08-27"


async def test_the_limit_prices_of_the_last_stored_day_and_of_the_next(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    store(context, bars_of("600519.SH", [10.0, 10.05, 10.1]))
    answer = await rules(viewer, symbol="600519")
    assert answer["date"] == "2020-01-03"
    assert answer["limit"] == {
        "rule_id": "limit.main.10", "base": "10.05", "base_kind": "preclose", "up": "11.06", "down": "9.05",
    }  # fmt: skip
    assert answer["next_limit"] == {
        "rule_id": "limit.main.10", "base": "10.10", "base_kind": "last_close", "up": "11.11", "down": "9.09",
    }  # fmt: skip


async def test_the_ex_right_previous_close_counts_not_the_last_close(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    bars = bars_of("600519.SH", [10.0, 9.0])
    store(context, replace(bars, preclose=np.array([10.0, 8.0])))
    assert (await rules(viewer, symbol="600519"))["limit"]["up"] == "8.80"
    store(context, replace(bars, preclose=np.array([10.0, np.nan])))
    answer = await rules(viewer, symbol="600519")
    assert (answer["limit"]["base_kind"], answer["limit"]["up"]) == ("last_close", "11.00")
    assert any("除权" in item["zh"] for item in answer["assumptions"])


async def test_st_is_that_of_the_day(viewer: httpx.AsyncClient, context: Context) -> None:
    bars = bars_of("600519.SH", [10.0, 10.0, 10.0])
    store(context, replace(bars, is_st=np.array([False, True, False])))
    assert (await rules(viewer, symbol="600519", date="2020-01-02"))["limit"]["up"] == "10.50"
    assert (await rules(viewer, symbol="600519", date="2020-01-03"))["limit"]["up"] == "11.00"
    later = await rules(viewer, symbol="600519", date="2020-01-06")
    assert any("之前最近一天" in item["zh"] for item in later["assumptions"])
    assert later["limit"]["base_kind"] == "last_close"


async def test_a_new_listing_is_free_for_five_trading_days_then_limited(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    listed = dt.date(2020, 1, 1)
    async with context.database.unit() as uow:
        info = InstrumentInfo("688001.SH", "华兴源创", "stock", "star", listed, None)
        await service.register(uow, [info], "test")
    store(context, bars_of("688001.SH", [10.0] * 6, start=listed.isoformat()))
    fifth = await rules(viewer, symbol="688001", date="2020-01-07")
    assert words(fifth, "limit") == "科创板新股上市前 5 个交易日不设涨跌幅限制"
    assert fifth["limit"] is None
    assert fifth["next_limit"]["up"] == "12.00"
    sixth = await rules(viewer, symbol="688001")
    assert sixth["limit"]["up"] == "12.00"
    assert sixth["assumptions"] == []


async def test_the_first_day_of_the_44_percent_regime_takes_the_issue_price(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    async with context.database.unit() as uow:
        info = InstrumentInfo("603288.SH", "海天味业", "stock", "main", dt.date(2014, 2, 11), None)
        await service.register(uow, [info], "test")
    bars = bars_of("603288.SH", [66.0], start="2014-02-11")
    store(context, replace(bars, preclose=np.array([51.25])))
    assert (await rules(viewer, symbol="603288"))["limit"] == {
        "rule_id": "first.main.44_36", "base": "51.25", "base_kind": "issue_price", "up": "73.80", "down": "32.80",
    }  # fmt: skip


async def test_an_index_is_not_traded_and_a_simulated_stock_says_whose_rules_it_follows(
    viewer: httpx.AsyncClient,
) -> None:
    index = await rules(viewer, symbol="000300.SH", date="2024-03-15")
    assert (index["statements"], index["limit"], index["assumptions"]) == ([], None, [])
    simulated = await rules(viewer, symbol="300001.DEMO", date="2024-03-15")
    assert words(simulated, "limit") == "创业板股票涨跌幅限制为前收盘价的 ±20%"
    assert "模拟" in simulated["assumptions"][0]["zh"]


async def test_a_bad_symbol_is_not_found_and_a_bad_date_refused(viewer: httpx.AsyncClient) -> None:
    for symbol in ("600519.NYSE", "茅台", "600519.SZ", ""):
        answer = await viewer.get("/api/v1/market/rules", params={"symbol": symbol})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_symbol"), answer.text
    for date in ("20240315", "2024-02-30"):
        answer = await viewer.get("/api/v1/market/rules", params={"symbol": "600519", "date": date})
        assert answer.status_code == 422


async def test_the_ends_of_the_calendar_are_answered(viewer: httpx.AsyncClient, context: Context) -> None:
    store(context, bars_of("600519.SH", [10.0, 10.0]))
    assert (await rules(viewer, symbol="600519", date="0001-01-01"))["statements"] == []
    assert (await rules(viewer, symbol="600519", date="9999-12-31"))["limit"]["up"] == "11.00"
