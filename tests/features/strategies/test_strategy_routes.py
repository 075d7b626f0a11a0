"""Strategies over HTTP: versions, conflicts, the trash, templates."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from quantdesk.features.strategies.service import SKELETON
from quantdesk.kit.audit import AuditRow
from quantdesk.kit.context import Context

URL = "/api/v1/strategies"
CODE = 'import backtrader as bt\n\n\nclass Mine(bt.Strategy):\n    params = (("period", {}),)\n'


async def create(client: httpx.AsyncClient, name: str = "均线", **body: Any) -> dict[str, Any]:
    answer = await client.post(URL, json={"name": name, **body})
    assert answer.status_code == 201, answer.text
    result: dict[str, Any] = answer.json()
    return result


async def save(client: httpx.AsyncClient, id: str, base: int, period: int) -> httpx.Response:
    body = {"code": CODE.format(period), "base_version": base, "message": f"period {period}"}
    return await client.post(f"{URL}/{id}/versions", json=body)


async def names(client: httpx.AsyncClient, **query: Any) -> list[str]:
    return [item["name"] for item in (await client.get(URL, params=query)).json()["items"]]


async def test_a_strategy_starts_with_a_skeleton_that_runs(trader: httpx.AsyncClient) -> None:
    made = await create(trader, "  我的策略 ")
    assert (made["name"], made["version"], made["code"]) == ("我的策略", 1, SKELETON)
    assert made["inspection"]["class_name"] == "MyStrategy"
    assert made["inspection"]["errors"] == []
    assert made["inspection"]["parameters"][0]["default"] == 20
    assert (await trader.get(f"{URL}/{made['id']}")).json() == made


async def test_every_template_is_read_without_an_error_and_makes_a_strategy(trader: httpx.AsyncClient) -> None:
    templates = (await trader.get(f"{URL}/templates")).json()["items"]
    ids = {item["id"] for item in templates}
    assert ids >= {"double_moving_average", "predicted_move", "exchange_style", "backtrader_momentum"}
    for item in templates:
        made = await create(trader, item["name_zh"], template=item["id"])
        assert made["code"] == item["code"]
        assert made["inspection"]["errors"] == []
        assert made["inspection"]["class_name"]
        assert made["inspection"]["parameters"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "a", "template": "no_such"}, 404, "template_not_found"),
        ({"name": "a", "template": "bollinger", "code": ""}, 422, "code_and_template"),
        ({"name": ""}, 422, "payload_invalid"),
        ({"name": "   "}, 422, "payload_invalid"),
        ({"name": "a\nb"}, 422, "payload_invalid"),
        ({"name": "a" * 81}, 422, "payload_invalid"),
        ({"name": "a", "unknown": 1}, 422, "payload_invalid"),
    ],
)
async def test_what_makes_no_strategy_is_refused(
    trader: httpx.AsyncClient, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await trader.post(URL, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await names(trader) == []


async def test_each_save_is_a_version_that_stays_as_it_was(trader: httpx.AsyncClient) -> None:
    made = await create(trader, code=CODE.format(1))
    saved = await save(trader, made["id"], 1, 2)
    assert (saved.status_code, saved.json()["number"], saved.json()["message"]) == (201, 2, "period 2")
    assert saved.json()["author"] == "trader"
    listed = (await trader.get(f"{URL}/{made['id']}/versions")).json()["items"]
    assert [item["number"] for item in listed] == [2, 1]
    first = (await trader.get(f"{URL}/{made['id']}/versions/1")).json()
    assert first["code"] == CODE.format(1)
    assert first["inspection"]["parameters"][0]["default"] == 1
    assert (await trader.get(f"{URL}/{made['id']}")).json()["code"] == CODE.format(2)
    missing = await trader.get(f"{URL}/{made['id']}/versions/3")
    assert (missing.status_code, missing.json()["code"]) == (404, "version_not_found")


async def test_a_save_on_top_of_an_old_version_is_a_conflict_that_names_the_newest(trader: httpx.AsyncClient) -> None:
    made = await create(trader)
    await save(trader, made["id"], 1, 2)
    answer = await save(trader, made["id"], 1, 3)
    assert (answer.status_code, answer.json()["code"]) == (409, "version_conflict")
    assert answer.json()["newest_version"] == 2
    assert (await trader.get(f"{URL}/{made['id']}")).json()["code"] == CODE.format(2)


async def test_saving_what_is_saved_already_makes_no_version(trader: httpx.AsyncClient) -> None:
    made = await create(trader, code=CODE.format(1))
    for base in (1, 7):  # a repeated save whose answer was lost has an old base
        answer = await save(trader, made["id"], base, 1)
        assert (answer.status_code, answer.json()["number"]) == (200, 1)
    assert len((await trader.get(f"{URL}/{made['id']}/versions")).json()["items"]) == 1


async def test_of_saves_at_the_same_time_one_wins_and_the_others_are_told(trader: httpx.AsyncClient) -> None:
    made = await create(trader)
    answers = await asyncio.gather(*(save(trader, made["id"], 1, period) for period in range(2, 7)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    [winner] = [answer.json() for answer in answers if answer.status_code == 201]
    assert (await trader.get(f"{URL}/{made['id']}")).json()["code"] == winner["code"]
    assert winner["number"] == 2


async def test_code_with_an_error_is_kept_and_its_place_is_given(trader: httpx.AsyncClient) -> None:
    made = await create(trader, code="import backtrader as bt\nclass A(bt.Strategy)\n    pass\n")
    [error] = made["inspection"]["errors"]
    assert error["line"] == 2
    assert made["inspection"]["class_name"] is None
    inspected = (await trader.post(f"{URL}/inspect", json={"code": CODE.format(5)})).json()
    assert (inspected["class_name"], inspected["errors"]) == ("Mine", [])


async def test_name_and_description_can_be_changed(trader: httpx.AsyncClient) -> None:
    made = await create(trader)
    url = f"{URL}/{made['id']}"
    assert (await trader.patch(url, json={"name": " 新 "})).json()["name"] == "新"
    changed = (await trader.patch(url, json={"description": "说明"})).json()
    assert (changed["name"], changed["description"], changed["version"]) == ("新", "说明", 1)
    assert changed["updated_at"] > made["updated_at"]
    nothing = await trader.patch(url, json={})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "nothing_to_update")


async def test_the_trash_keeps_a_strategy_until_it_is_brought_back(trader: httpx.AsyncClient, context: Context) -> None:
    made = await create(trader)
    url = f"{URL}/{made['id']}"
    for _ in range(2):
        assert (await trader.delete(url)).status_code == 204
    assert await names(trader) == []
    assert await names(trader, deleted=True) == ["均线"]
    assert (await trader.get(url)).json()["deleted_at"] is not None
    for _ in range(2):
        assert (await trader.post(f"{url}/restore")).json()["deleted_at"] is None
    assert (await names(trader), await names(trader, deleted=True)) == (["均线"], [])
    async with context.database.unit(write=False) as uow:
        actions = await uow.session.scalars(
            select(AuditRow.action).where(AuditRow.target == made["id"]).order_by(AuditRow.id)
        )
        assert sorted(actions) == ["strategy.deleted", "strategy.restored"]


async def test_another_users_strategy_is_not_there(trader: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    made = await create(admin)
    url = f"{URL}/{made['id']}"
    answers = [
        await trader.get(url),
        await trader.patch(url, json={"name": "x"}),
        await trader.delete(url),
        await trader.post(f"{url}/restore"),
        await trader.get(f"{url}/versions"),
        await trader.get(f"{url}/versions/1"),
        await save(trader, made["id"], 1, 2),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "strategy_not_found")] * 7
    assert await names(trader) == []


async def test_a_viewer_may_not_write(viewer: httpx.AsyncClient) -> None:
    assert (await viewer.post(URL, json={"name": "a"})).status_code == 403
    assert (await viewer.get(URL)).json() == {"items": [], "next_cursor": None}


async def test_pages_give_each_strategy_once_last_changed_first(trader: httpx.AsyncClient) -> None:
    made = [await create(trader, f"s{number}") for number in range(5)]
    await save(trader, made[0]["id"], 1, 9)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = (await trader.get(URL, params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["s0", "s4", "s3", "s2", "s1"]
    assert await names(trader, q="S3") == ["s3"]
    assert await names(trader, q="%") == []
    assert (await trader.get(URL, params={"cursor": "bm9uc2Vuc2U"})).status_code == 422


async def test_a_create_sent_twice_with_one_key_makes_one_strategy(trader: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "one"}
    answers = await asyncio.gather(*(trader.post(URL, json={"name": "a"}, headers=headers) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await names(trader) == ["a"]
