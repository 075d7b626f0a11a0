"""The rules of futures and coins over HTTP."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import httpx
import numpy as np

from quantdesk.kit.context import Context
from tests.fakes.made_bars import bars_of

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


async def rules(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await client.get("/api/v1/market/rules", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_future_tells_contract_limit_margin_fees_and_sessions_with_sources(viewer: httpx.AsyncClient) -> None:
    answer = await rules(viewer, symbol="if2406.cffex", date="2024-05-06")
    assert (answer["symbol"], answer["kind"], answer["board"]) == ("IF2406.CFFEX", "future", None)
    told = {item["topic"]: item for item in answer["statements"]}
    assert list(told) == ["contract", "limit", "margin", "fee", "settlement", "session"]
    assert "合约乘数 300" in told["contract"]["zh"]
    assert told["fee"]["en"].endswith("open 0.0023%, close 0.0023%, close the same day 0.023%")
    assert (told["fee"]["id"], told["fee"]["source"]["date"]) == ("ffee.index.2023", "2023-10-20")
    assert answer["limit"] is answer["next_limit"] is None
    assert answer["assumptions"] == []


async def test_limit_prices_of_a_future_come_from_the_settlement_price_and_say_what_is_taken_for_it(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    bars = bars_of("IF.CFFEX", [3500.0, 3567.6], start="2024-05-06")
    context.bars.merge([replace(bars, preclose=np.array([3480.0, 3567.7]))], source="import", now=NOW)
    answer = await rules(viewer, symbol="IF.CFFEX")
    assert answer["limit"] == {
        "rule_id": "flimit.index.10", "base": "3567.7", "base_kind": "settlement", "up": "3924.4", "down": "3211.0",
    }  # fmt: skip
    assert answer["next_limit"] is None
    assert any("结算价" in item["zh"] for item in answer["assumptions"])
    assert "主力连续" in answer["statements"][0]["zh"]


async def test_a_commodity_whose_limit_is_set_by_notice_has_no_limit_prices(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    bars = bars_of("rb2410.SHFE", [3500.0, 3600.0], start="2024-05-06")
    context.bars.merge([replace(bars, preclose=np.array([3480.0, 3500.0]))], source="import", now=NOW)
    answer = await rules(viewer, symbol="SHFE.rb2410")
    assert answer["limit"] is None
    limit = next(item for item in answer["statements"] if item["topic"] == "limit")
    assert (limit["id"], limit["uncertain"]) == ("flimit.shfe.3", True)


async def test_a_pair_of_coins_tells_steps_fees_and_hours(viewer: httpx.AsyncClient) -> None:
    answer = await rules(viewer, symbol="BTC/USDT.OKX", date="2024-05-06")
    assert (answer["symbol"], answer["kind"], answer["limit"]) == ("BTC-USDT.OKX", "crypto", None)
    assert [item["topic"] for item in answer["statements"]] == ["pair", "fee", "settlement", "session"]
    assert "0.08%" in answer["statements"][1]["zh"]


async def test_a_contract_month_without_its_decade_is_told_how_to_write_it(viewer: httpx.AsyncClient) -> None:
    answer = await viewer.get("/api/v1/market/rules", params={"symbol": "TA409.CZCE"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_symbol")
    assert "TA2609.CZCE" in answer.json()["detail"]
