"""Watchlists over HTTP."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import httpx
import pytest

from quantdesk.features.market import service as market
from quantdesk.features.watchlists import service
from quantdesk.kit.context import Context
from quantdesk.ports.data_source import InstrumentInfo
from tests.fakes.made_bars import random_walk

URL = "/api/v1/watchlists"
ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


async def create(client: httpx.AsyncClient, name: str = "自选", text: str = "") -> str:
    answer = await client.post(URL, json={"name": name})
    assert answer.status_code == 201, answer.text
    watchlist_id: str = answer.json()["id"]
    if text:
        assert (await client.post(f"{URL}/{watchlist_id}/import", json={"text": text})).status_code == 200
    return watchlist_id


async def symbols(client: httpx.AsyncClient, watchlist_id: str) -> list[str]:
    return [item["symbol"] for item in (await client.get(f"{URL}/{watchlist_id}")).json()["items"]]


async def names(client: httpx.AsyncClient) -> list[str]:
    return [item["name"] for item in (await client.get(URL)).json()["items"]]


async def test_groups_are_made_renamed_moved_deleted_and_brought_back(trader: httpx.AsyncClient) -> None:
    ids = [await create(trader, name) for name in ("甲", " 乙 ", "丙")]
    assert await names(trader) == ["甲", "乙", "丙"]
    moved = await trader.patch(f"{URL}/{ids[2]}", json={"position": 0, "name": "丁"})
    assert (moved.status_code, moved.json()["name"]) == (200, "丁")
    assert await names(trader) == ["丁", "甲", "乙"]
    await trader.patch(f"{URL}/{ids[2]}", json={"position": 99})
    assert await names(trader) == ["甲", "乙", "丁"]

    await trader.put(f"{URL}/{ids[0]}/symbols/600519", json={})
    assert (await trader.delete(f"{URL}/{ids[0]}")).status_code == 204
    assert await names(trader) == ["乙", "丁"]
    assert (await trader.get(f"{URL}/symbols")).json() == {"symbols": []}
    for _ in range(2):
        restored = await trader.post(f"{URL}/{ids[0]}/restore")
        assert (restored.status_code, restored.json()["symbols"]) == (200, 1)
    assert await names(trader) == ["甲", "乙", "丁"]


async def test_a_name_is_used_once(trader: httpx.AsyncClient) -> None:
    first = await create(trader, "甲")
    second = await create(trader, "乙")
    for answer in (
        await trader.post(URL, json={"name": " 甲 "}),
        await trader.patch(f"{URL}/{second}", json={"name": "甲"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "watchlist_name_taken")
    assert (await trader.patch(f"{URL}/{first}", json={"name": "甲"})).status_code == 200
    await trader.delete(f"{URL}/{first}")
    await trader.patch(f"{URL}/{second}", json={"name": "甲"})
    back = await trader.post(f"{URL}/{first}/restore")
    assert (back.status_code, back.json()["code"]) == (409, "watchlist_name_taken")


async def test_symbols_are_added_noted_moved_and_removed(trader: httpx.AsyncClient) -> None:
    own = await create(trader, text="600519 000858 300750")
    put = await trader.put(f"{URL}/{own}/symbols/sz300750", json={"position": 0, "note": " 电池 "})
    assert (put.status_code, put.json()["symbol"], put.json()["note"]) == (200, "300750.SZ", "电池")
    assert await symbols(trader, own) == ["300750.SZ", "600519.SH", "000858.SZ"]
    for _ in range(2):
        assert (await trader.put(f"{URL}/{own}/symbols/600519", json={})).status_code == 200
        assert await symbols(trader, own) == ["300750.SZ", "600519.SH", "000858.SZ"]
    await trader.put(f"{URL}/{own}/symbols/000001", json={"position": 1})
    assert await symbols(trader, own) == ["300750.SZ", "000001.SZ", "600519.SH", "000858.SZ"]
    for _ in range(2):
        assert (await trader.delete(f"{URL}/{own}/symbols/000001")).status_code == 204
    assert await symbols(trader, own) == ["300750.SZ", "600519.SH", "000858.SZ"]
    assert (await trader.put(f"{URL}/{own}/symbols/xyz", json={})).json()["code"] == "bad_symbol"


async def test_a_symbol_may_be_in_several_groups(trader: httpx.AsyncClient, context: Context) -> None:
    first = await create(trader, "甲", "600519 000858")
    second = await create(trader, "乙", "600519")
    await create(trader, "丙", "000001")
    found = (await trader.get(f"{URL}/membership", params={"symbol": "sh600519"})).json()
    assert found == {"symbol": "600519.SH", "watchlist_ids": [first, second]}
    assert (await trader.get(f"{URL}/symbols")).json() == {"symbols": ["000001.SZ", "000858.SZ", "600519.SH"]}
    me = (await trader.get("/api/v1/auth/me")).json()
    async with context.database.unit(write=False) as uow:
        assert await service.symbols_of(uow, me["id"]) == ["000001.SZ", "000858.SZ", "600519.SH"]


async def test_pasted_text_says_what_it_did_and_an_export_is_read_again(
    trader: httpx.AsyncClient, context: Context
) -> None:
    async with context.database.unit() as uow:
        await market.register(uow, [InstrumentInfo("600519.SH", "贵州茅台", "stock", "main", None, None)], "test")
    own = await create(trader)
    text = {"text": "贵州茅台，sz000858\n什么 12"}
    answer = await trader.post(f"{URL}/{own}/import", json=text)
    assert answer.json() == {
        "added": ["600519.SH", "000858.SZ"],
        "present": [],
        "not_understood": ["什么", "12"],
    }
    again = (await trader.post(f"{URL}/{own}/import", json=text)).json()
    assert (again["added"], again["present"]) == ([], ["600519.SH", "000858.SZ"])

    exported = await trader.get(f"{URL}/{own}/export")
    assert exported.text == "600519.SH\t贵州茅台\n000858.SZ\n"
    other = await create(trader, "读回", exported.text)
    assert await symbols(trader, other) == ["600519.SH", "000858.SZ"]

    nothing = await trader.post(f"{URL}/{own}/import", json={"text": "什么，都不是"})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "nothing_understood")
    assert nothing.json()["not_understood"] == ["什么", "都不是"]


@ON_ONE
async def test_there_is_an_end_to_groups_and_to_their_symbols(
    trader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = await create(trader, "甲")
    many = " ".join(f"{600000 + at}" for at in range(1_000))
    assert len((await trader.post(f"{URL}/{own}/import", json={"text": many})).json()["added"]) == 1_000
    for answer in (
        await trader.put(f"{URL}/{own}/symbols/300750", json={}),
        await trader.post(f"{URL}/{own}/import", json={"text": "300750 600000"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "watchlist_full")
    assert (await trader.put(f"{URL}/{own}/symbols/600999", json={"position": 0})).status_code == 200

    monkeypatch.setattr(service, "MAX_LISTS", 2)
    second = await create(trader, "乙")
    full = await trader.post(URL, json={"name": "丙"})
    assert (full.status_code, full.json()["code"]) == (409, "too_many_watchlists")
    await trader.delete(f"{URL}/{second}")
    await create(trader, "丙")
    assert (await trader.post(f"{URL}/{second}/restore")).json()["code"] == "too_many_watchlists"


async def test_watchlists_are_ones_own(trader: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    own = await create(trader, text="600519")
    assert await names(admin) == []
    for answer in (
        await admin.get(f"{URL}/{own}"),
        await admin.get(f"{URL}/{own}/quotes"),
        await admin.get(f"{URL}/{own}/export"),
        await admin.patch(f"{URL}/{own}", json={"name": "x"}),
        await admin.put(f"{URL}/{own}/symbols/600519", json={}),
        await admin.delete(f"{URL}/{own}/symbols/600519"),
        await admin.post(f"{URL}/{own}/import", json={"text": "600519"}),
        await admin.delete(f"{URL}/{own}"),
        await admin.post(f"{URL}/{own}/restore"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "watchlist_not_found")


async def test_the_same_key_makes_one_group(trader: httpx.AsyncClient) -> None:
    answers = [await trader.post(URL, json={"name": "甲"}, headers={"Idempotency-Key": "k" * 16}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


async def test_two_who_add_at_once_both_do(trader: httpx.AsyncClient) -> None:
    own = await create(trader)
    codes = [f"60000{at}" for at in range(8)]
    answers = await asyncio.gather(*(trader.put(f"{URL}/{own}/symbols/{code}", json={}) for code in codes))
    assert {answer.status_code for answer in answers} == {200}
    assert set(await symbols(trader, own)) == {f"{code}.SH" for code in codes}


@ON_ONE
async def test_the_table_has_the_last_stored_days_figures(trader: httpx.AsyncClient, context: Context) -> None:
    whole = random_walk("600519.SH", 80, seed=1)
    old = random_walk("000858.SZ", 80, seed=2)
    old = old.between(None, old.time[9].item())
    now = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    context.bars.merge([whole, old], source="test", now=now)
    own = await create(trader, text="600519 000858 300750")
    quotes: dict[str, Any] = (await trader.get(f"{URL}/{own}/quotes")).json()
    first, second, third = quotes["items"]
    last = whole.time[-1].item()
    assert (quotes["date"], first["date"], first["last"]) == (str(last), str(last), whole.close[-1])
    assert first["change"] == pytest.approx(whole.close[-1] / whole.preclose[-1] - 1)
    assert first["amount"] == pytest.approx(whole.amount[-1])
    assert first["change_5"] == pytest.approx(first["closes"][-1] / first["closes"][-6] - 1, abs=1e-4)
    assert first["change_20"] == pytest.approx(first["closes"][-1] / first["closes"][-21] - 1, abs=1e-4)
    assert len(first["closes"]) == 60
    assert (second["date"], second["last"]) == (str(old.time[-1].item()), old.close[-1])
    assert (third["date"], third["last"], third["closes"]) == (None, None, [])
