"""Labels, filters and pages of versions; drafts; the end of a strategy in the trash."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from quantdesk.features.strategies import service
from quantdesk.features.strategies.coding import CODE as CODE_COLLECTION
from quantdesk.features.strategies.drafts import DRAFTS
from quantdesk.features.strategies.tables import StrategyRow
from quantdesk.kit.context import Context
from tests.fakes.clock import FakeClock

URL = "/api/v1/strategies"
CODE = "n = {}\n"


async def create(client: httpx.AsyncClient, saves: int = 1) -> str:
    made = (await client.post(URL, json={"name": "均线", "code": CODE.format(1)})).json()
    for number in range(2, saves + 1):
        body = {"code": CODE.format(number), "base_version": number - 1, "message": f"改 {number}"}
        assert (await client.post(f"{URL}/{made['id']}/versions", json=body)).status_code == 201
    return str(made["id"])


async def numbers(client: httpx.AsyncClient, id: str, **query: Any) -> list[int]:
    answer = await client.get(f"{URL}/{id}/versions", params=query)
    return [item["number"] for item in answer.json()["items"]]


async def put_draft(client: httpx.AsyncClient, id: str, text: str, revision: int = 0) -> httpx.Response:
    body = {"code": text, "base_version": 1, "revision": revision}
    return await client.put(f"{URL}/{id}/draft", json=body)


async def test_a_version_is_named_renamed_found_by_its_name_and_unnamed(trader: httpx.AsyncClient) -> None:
    id = await create(trader, 3)
    url = f"{URL}/{id}/versions/2"
    assert (await trader.patch(url, json={"label": " 上线版 "})).json()["label"] == "上线版"
    assert (await trader.get(url)).json()["label"] == "上线版"
    assert await numbers(trader, id, labelled=True) == [2]
    assert await numbers(trader, id, q="上线") == [2]
    assert (await trader.patch(url, json={"label": None})).json()["label"] is None
    assert await numbers(trader, id, labelled=True) == []


@pytest.mark.parametrize("body", [{"label": ""}, {"label": "  "}, {"label": "a\nb"}, {"label": "a" * 61}, {}])
async def test_a_label_that_is_no_line_of_text_is_refused(trader: httpx.AsyncClient, body: dict[str, Any]) -> None:
    id = await create(trader)
    assert (await trader.patch(f"{URL}/{id}/versions/1", json=body)).status_code == 422
    assert (await trader.patch(f"{URL}/{id}/versions/9", json={"label": "a"})).status_code == 404


async def test_versions_are_found_by_message_author_and_number_a_page_at_a_time(trader: httpx.AsyncClient) -> None:
    id = await create(trader, 12)
    assert await numbers(trader, id, q="改 1") == [12, 11, 10]
    assert await numbers(trader, id, q="v7") == [7]
    assert len(await numbers(trader, id, q="trader")) == 12
    assert await numbers(trader, id, q="%") == []
    seen: list[int] = []
    cursor: str | None = None
    while True:
        query: dict[str, Any] = {"limit": 5, **({"cursor": cursor} if cursor else {})}
        page = (await trader.get(f"{URL}/{id}/versions", params=query)).json()
        seen += [item["number"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == list(range(12, 0, -1))
    assert (await trader.get(f"{URL}/{id}/versions", params={"cursor": "x"})).status_code == 422


async def test_a_draft_is_kept_replaced_and_dropped_by_a_save(trader: httpx.AsyncClient, context: Context) -> None:
    id = await create(trader)
    url = f"{URL}/{id}/draft"
    assert (await trader.get(url)).json() is None
    first = (await put_draft(trader, id, "a = 1")).json()
    second = (await put_draft(trader, id, "a = 12", first["revision"])).json()
    found = (await trader.get(url)).json()
    assert (found["code"], found["revision"], found["base_version"]) == ("a = 12", second["revision"], 1)
    assert len(await context.documents.ids(DRAFTS)) == 1
    assert (await trader.post(f"{URL}/{id}/versions", json={"code": "a = 12", "base_version": 1})).status_code == 201
    assert (await trader.get(url)).json() is None
    assert await context.documents.ids(DRAFTS) == []
    assert (await put_draft(trader, id, "a = 2", second["revision"])).status_code == 200
    assert (await trader.delete(url)).status_code == 204
    assert (await trader.delete(url)).status_code == 204
    assert await context.documents.ids(DRAFTS) == []


async def test_of_two_pages_that_draft_the_one_that_was_overtaken_is_told(trader: httpx.AsyncClient) -> None:
    id = await create(trader)
    mine = (await put_draft(trader, id, "mine")).json()
    await put_draft(trader, id, "theirs", mine["revision"])
    answer = await put_draft(trader, id, "mine again", mine["revision"])
    assert (answer.status_code, answer.json()["code"], answer.json()["newest_revision"]) == (409, "draft_conflict", 2)
    assert (await trader.get(f"{URL}/{id}/draft")).json()["code"] == "theirs"
    answers = await asyncio.gather(*(put_draft(trader, id, f"n {n}", 2) for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


async def test_drafts_of_others_are_not_there(trader: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    id = await create(admin)
    await put_draft(admin, id, "secret")
    answers = [
        await trader.get(f"{URL}/{id}/draft"),
        await put_draft(trader, id, "x"),
        await trader.delete(f"{URL}/{id}/draft"),
        await trader.patch(f"{URL}/{id}/versions/1", json={"label": "a"}),
        await trader.post(f"{URL}/{id}/purge"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5


async def test_what_is_deleted_for_good_leaves_no_code_and_keeps_its_name_for_its_backtests(
    trader: httpx.AsyncClient, context: Context
) -> None:
    id = await create(trader, 3)
    await put_draft(trader, id, "draft")
    refused = await trader.post(f"{URL}/{id}/purge")
    assert (refused.status_code, refused.json()["code"]) == (409, "strategy_not_in_trash")
    await trader.delete(f"{URL}/{id}")
    assert (await trader.post(f"{URL}/{id}/purge")).status_code == 204
    assert await context.documents.ids(CODE_COLLECTION) == []
    assert await context.documents.ids(DRAFTS) == []
    assert (await trader.get(f"{URL}/{id}")).status_code == 404
    assert (await trader.post(f"{URL}/{id}/restore")).status_code == 404
    assert (await trader.get(URL, params={"deleted": True})).json()["items"] == []
    async with context.database.unit(write=False) as uow:
        assert await service.names(uow, [id]) == {id: "均线"}


async def test_the_trash_is_emptied_after_thirty_days_and_not_before(
    trader: httpx.AsyncClient, context: Context, clock: FakeClock
) -> None:
    old, young, alive = await create(trader), await create(trader), await create(trader)
    await trader.delete(f"{URL}/{old}")
    clock.advance(days=29)
    await trader.delete(f"{URL}/{young}")
    assert await service.purge(context) == 0
    clock.advance(days=2)
    assert await service.purge(context) == 1
    assert await service.purge(context) == 0
    async with context.database.unit(write=False) as uow:  # the session has ended meanwhile
        rows = (await uow.session.scalars(select(StrategyRow))).all()
    assert {row.id: row.purged_at is None for row in rows} == {old: False, young: True, alive: True}
