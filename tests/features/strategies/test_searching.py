"""Search in the code of all one's strategies."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from quantdesk.features.strategies import coding, searching
from quantdesk.features.strategies.tables import StrategyVersionRow
from quantdesk.kit.context import Context

URL = "/api/v1/strategies"


async def create(client: httpx.AsyncClient, name: str, code: str) -> dict[str, Any]:
    return dict((await client.post(URL, json={"name": name, "code": code})).json())


async def search(client: httpx.AsyncClient, q: str, **query: Any) -> dict[str, Any]:
    answer = await client.get(f"{URL}/search", params={"q": q, **query})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def lines(client: httpx.AsyncClient, q: str, **query: Any) -> list[tuple[str, int]]:
    return [(one["name"], one["line"]) for one in (await search(client, q, **query))["items"]]


async def test_lines_of_the_newest_versions_are_found_with_their_columns(
    trader: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    made = await create(trader, "双均线", "import sma\n")
    code = "import numpy\r\nSMA = 1\rx = sma(sma) # 均线 sma_1\n"
    await trader.post(f"{URL}/{made['id']}/versions", json={"code": code, "base_version": 1})
    await create(trader, "other", "pass")
    await create(admin, "not mine", "sma")
    found = await search(trader, "sma")
    assert found == {
        "items": [
            {
                "strategy_id": made["id"], "name": "双均线", "version": 2, "file": None, "line": 2,
                "text": "SMA = 1", "columns": [[0, 3]],
            },
            {
                "strategy_id": made["id"], "name": "双均线", "version": 2, "file": None, "line": 3,
                "text": "x = sma(sma) # 均线 sma_1", "columns": [[4, 7], [8, 11], [18, 21]],
            },
        ],
        "next_cursor": None,
        "unreadable": [],
    }  # fmt: skip
    assert await lines(trader, "SMA", case=True) == [("双均线", 2)]
    assert (await search(trader, "sma", word=True))["items"][1]["columns"] == [[4, 7], [8, 11]]
    assert await lines(trader, "均线") == [("双均线", 3)]
    assert await lines(trader, "s.a") == []
    assert await lines(trader, "import sma") == []


async def test_the_trash_is_not_searched(trader: httpx.AsyncClient) -> None:
    made = await create(trader, "a", "sma")
    await trader.delete(f"{URL}/{made['id']}")
    assert await lines(trader, "sma") == []


async def test_pages_go_on_where_the_last_ended(trader: httpx.AsyncClient) -> None:
    for number in range(45):
        await create(trader, f"s{number}", "x\n" * (number % 4))
    every = await lines(trader, "x")
    assert len(every) == sum(number % 4 for number in range(45))
    for limit in (1, 2, 7):
        seen: list[tuple[str, int]] = []
        cursor = None
        while True:
            page = await search(trader, "x", limit=limit, **({} if cursor is None else {"cursor": cursor}))
            seen += [(one["name"], one["line"]) for one in page["items"]]
            assert len(page["items"]) <= limit
            if (cursor := page["next_cursor"]) is None:
                break
        assert seen == every


async def test_out_of_time_it_says_where_to_go_on(trader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "SECONDS", -1.0)
    for number in range(3):
        await create(trader, f"s{number}", "x")
    seen, cursor, answers = [], None, 0
    while cursor is not None or answers == 0:
        page = await search(trader, "x", **({} if cursor is None else {"cursor": cursor}))
        seen += [one["name"] for one in page["items"]]
        cursor, answers = page["next_cursor"], answers + 1
    assert (seen, answers) == (["s2", "s1", "s0"], 3)


async def test_a_long_line_is_shown_around_its_match(trader: httpx.AsyncClient) -> None:
    await create(trader, "a", "-" * 5000 + "needle" + "-" * 5000)
    one = (await search(trader, "NEEDLE"))["items"][0]
    (begin, end), text = one["columns"][0], one["text"]
    assert (text[begin:end], len(text)) == ("needle", 300)


@pytest.mark.parametrize("q", ["a" * 199 + "b", "(a+)+$", "a" * 200])
async def test_no_text_makes_the_search_hang(trader: httpx.AsyncClient, q: str) -> None:
    await create(trader, "a", "a" * 900_000)
    began = time.monotonic()
    await search(trader, q, word=True)
    assert time.monotonic() - began < 20


async def test_a_code_that_was_tampered_with_is_named_and_the_rest_searched(
    trader: httpx.AsyncClient, context: Context
) -> None:
    await create(trader, "good", "sma")
    bad = await create(trader, "bad", "sma")
    async with context.database.unit(write=False) as uow:
        statement = select(StrategyVersionRow.id).where(StrategyVersionRow.strategy_id == bad["id"])
        version = (await uow.session.scalars(statement)).one()
    await context.documents.put(coding.CODE, version, {"sealed": "broken"})
    found = await search(trader, "sma")
    assert ([one["name"] for one in found["items"]], found["unreadable"]) == (["good"], ["bad"])


@pytest.mark.parametrize(
    "query", [{}, {"q": ""}, {"q": "a" * 201}, {"q": "a", "cursor": "x"}, {"q": "a", "limit": 201}]
)
async def test_a_bad_question_is_refused(trader: httpx.AsyncClient, query: dict[str, str]) -> None:
    assert (await trader.get(f"{URL}/search", params=query)).status_code == 422
