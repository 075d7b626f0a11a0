"""Factors over HTTP: kept by name, previewed over stored bars."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import httpx
import numpy as np
import pytest

from quantdesk.features.factors import previewing
from quantdesk.kit.context import Context
from tests.fakes.made_bars import random_walk

URL = "/api/v1/factors"
SYMBOLS = [f"60000{at}.SH" for at in range(8)]
ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


async def create(client: httpx.AsyncClient, name: str = "动量", **body: Any) -> dict[str, Any]:
    answer = await client.post(URL, json={"name": name, "expression": "Ref($close, 5)/$close-1", **body})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_factor_is_kept_changed_and_deleted(trader: httpx.AsyncClient) -> None:
    made = await create(trader, "  动量 ", note="五日")
    assert (made["name"], made["note"], made["fields"], made["history"]) == ("动量", "五日", ["close"], 5)
    other = await create(trader, "量", expression="Mean($volume, 0)")
    assert other["history"] is None
    assert [item["id"] for item in (await trader.get(URL)).json()["items"]] == [other["id"], made["id"]]

    changed = await trader.patch(f"{URL}/{made['id']}", json={"expression": "CSRank($vwap)", "name": "排名"})
    assert changed.status_code == 200
    assert (await trader.get(f"{URL}/{made['id']}")).json() == changed.json()
    assert (changed.json()["name"], changed.json()["fields"], changed.json()["note"]) == ("排名", ["vwap"], "五日")

    assert (await trader.delete(f"{URL}/{made['id']}")).status_code == 204
    for answer in (await trader.get(f"{URL}/{made['id']}"), await trader.delete(f"{URL}/{made['id']}")):
        assert (answer.status_code, answer.json()["code"]) == (404, "factor_not_found")


async def test_a_name_is_ones_own_and_used_once(trader: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    first, second = await create(trader, "a"), await create(trader, "b")
    again = await trader.post(URL, json={"name": "a", "expression": "$close"})
    assert (again.status_code, again.json()["code"]) == (409, "factor_name_taken")
    renamed = await trader.patch(f"{URL}/{second['id']}", json={"name": " a "})
    assert (renamed.status_code, renamed.json()["code"]) == (409, "factor_name_taken")
    assert (await trader.patch(f"{URL}/{first['id']}", json={"name": "a"})).status_code == 200
    await create(admin, "a")
    assert (await admin.get(f"{URL}/{first['id']}")).status_code == 404
    assert (await admin.patch(f"{URL}/{first['id']}", json={"note": ""})).status_code == 404
    assert (await admin.delete(f"{URL}/{first['id']}")).status_code == 404


async def test_the_same_key_makes_one_factor(trader: httpx.AsyncClient) -> None:
    answers = [
        await trader.post(URL, json={"name": "a", "expression": "$close"}, headers={"Idempotency-Key": "k" * 16})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


@ON_ONE
async def test_an_expression_that_is_refused_says_where_and_what_to_do(trader: httpx.AsyncClient) -> None:
    made = await create(trader)
    for send in (
        trader.post(URL, json={"name": "x", "expression": "$open+Meen($close, 5)"}),
        trader.patch(f"{URL}/{made['id']}", json={"expression": "$open+Meen($close, 5)"}),
        trader.post(f"{URL}/preview", json=request(expression="$open+Meen($close, 5)")),
    ):
        answer = await send
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "expression_refused")
        assert (problem["reason"], problem["position"]) == ("expression_unknown_function", 6)
        assert problem["advice"] == "Did you mean Mean?"
    ahead = (await trader.post(URL, json={"name": "x", "expression": "Ref($close, -1)"})).json()
    assert (ahead["code"], ahead["reason"]) == ("expression_refused", "expression_look_ahead")
    nothing = await trader.patch(f"{URL}/{made['id']}", json={})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "nothing_to_update")


@ON_ONE
async def test_the_language_lists_functions_fields_and_sets(viewer: httpx.AsyncClient) -> None:
    found = (await viewer.get(f"{URL}/language")).json()
    assert {"name": "Mean", "signature": "Mean(x, N)", "group": "window"} in found["functions"]
    assert {"close", "vwap", "volume"} <= set(found["fields"])
    assert [len(one["features"]) for one in found["sets"]] == [158, 360]


def request(**changes: Any) -> dict[str, Any]:
    given = {"expression": "$close/Ref($close, 5)-1", "symbols": SYMBOLS, "start": "2017-02-01", "end": "2017-08-31"}
    return given | changes


@pytest.fixture
def stored(context: Context) -> Context:
    """Eight stocks over 200 weekdays of 2017; the first is listed in March."""
    bars = [random_walk(symbol, 200, seed=at, start="2017-01-03") for at, symbol in enumerate(SYMBOLS)]
    bars[0] = bars[0].take(np.arange(200) >= 50)
    bars = [replace(one, amount=one.volume * one.close) for one in bars]
    context.bars.merge(bars, source="import", now=dt.datetime(2018, 1, 1, tzinfo=dt.UTC))
    return context


@ON_ONE
async def test_a_preview_has_a_row_for_each_day_asked_for(viewer: httpx.AsyncClient, stored: Context) -> None:
    answer = await viewer.post(f"{URL}/preview", json=request(symbols=[*SYMBOLS, "600519"], groups=4))
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["date"][0], found["date"][-1]) == ("2017-02-01", "2017-08-31")
    assert found["expression"] == "$close/Ref($close,5)-1"
    assert (found["symbols"], found["missing"]) == (SYMBOLS, ["600519.SH"])
    days = len(found["date"])
    assert {len(found[name]) for name in ("coverage", "ic", "rank_ic", "turnover", *found["groups"][:0])} == {days}
    assert [len(group) for group in found["groups"]] == [days] * 4
    assert found["coverage"][0] == 1.0  # days before the first are read for the window
    assert found["ic_summary"]["days"] == days
    assert abs(found["rank_ic_summary"]["mean"]) < 0.2


@ON_ONE
async def test_a_factor_is_set_beside_what_comes_after_it(viewer: httpx.AsyncClient, stored: Context) -> None:
    returned = (await viewer.post(f"{URL}/preview", json=request(expression="$close/Ref($close, 1)-1"))).json()
    panel = stored.bars.read_panel(SYMBOLS, ["close"], dt.date(2017, 1, 1), dt.date(2017, 12, 31), adjustment="hfq")
    close = panel.fields["close"]
    day = int(np.searchsorted(panel.time, np.datetime64("2017-05-10")))
    known, later = close[:, day] / close[:, day - 1], close[:, day + 2] / close[:, day + 1]
    at = returned["date"].index("2017-05-10")
    assert returned["ic"][at] == pytest.approx(np.corrcoef(known, later)[0, 1], abs=1e-4)

    # With no delay, five days' return is that of the five days from the factor's own close.
    own = (await viewer.post(f"{URL}/preview", json=request(expression="$close", horizon=5, delay=0))).json()
    later = close[:, day + 5] / close[:, day]
    assert own["ic"][at] == pytest.approx(np.corrcoef(close[:, day], later)[0, 1], abs=1e-4)


@ON_ONE
async def test_vwap_is_on_the_basis_of_the_adjusted_prices(viewer: httpx.AsyncClient, stored: Context) -> None:
    found = (await viewer.post(f"{URL}/preview", json=request(expression="Abs($vwap/$close-1)<0.0001"))).json()
    assert set(found["coverage"]) == {1.0}
    assert set(found["turnover"]) <= {0.0, None}  # all are 1: every stock is in the highest group


@ON_ONE
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"end": "2017-01-01"}, "invalid"),
        ({"symbols": ["what"]}, "bad_symbol"),
        ({"start": "2001-01-01", "end": "2001-02-01"}, "nothing_to_preview"),
        ({"start": "9999-01-01", "end": "9999-12-31"}, "nothing_to_preview"),
        ({"symbols": []}, "invalid"),
        ({"universe": "demo"}, "nothing_to_preview"),
        ({"groups": 1}, "payload_invalid"),
    ],
)
async def test_previews_that_cannot_be(
    viewer: httpx.AsyncClient, stored: Context, changes: dict[str, Any], code: str
) -> None:
    answer = await viewer.post(f"{URL}/preview", json=request(**changes))
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text


@ON_ONE
async def test_a_preview_is_bounded(
    viewer: httpx.AsyncClient, stored: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "MAX_CELLS", 1_000)
    answer = await viewer.post(f"{URL}/preview", json=request())
    assert (answer.status_code, answer.json()["code"]) == (422, "preview_too_large")
