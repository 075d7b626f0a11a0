"""Expressions checked while they are written, one symbol's values, and previews that a worker makes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import httpx
import numpy as np
import pytest

from quantdesk.core.expressions import evaluate, parse
from quantdesk.features.factors import previewing, service
from quantdesk.kit.context import Context
from tests.fakes.job_queue import RecordingQueue
from tests.fakes.made_bars import random_walk

URL = "/api/v1/factors"
SYMBOLS = [f"60000{at}.SH" for at in range(8)]
DEMO = [f"60010{at}.DEMO" for at in range(6)]
SPAN = {"start": "2017-03-01", "end": "2017-08-31"}
ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def stored(context: Context) -> Context:
    bars = [random_walk(symbol, 200, seed=at, start="2017-01-03") for at, symbol in enumerate([*SYMBOLS, *DEMO])]
    bars = [replace(one, amount=one.volume * one.close) for one in bars]
    context.bars.merge(bars, source="import", now=dt.datetime(2018, 1, 1, tzinfo=dt.UTC))
    return context


@ON_ONE
async def test_a_check_says_what_an_expression_rests_on_or_why_it_is_refused(viewer: httpx.AsyncClient) -> None:
    async def check(text: str) -> dict[str, Any]:
        answer = await viewer.post(f"{URL}/check", json={"expression": text})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    good = await check("CSRank(Mean($close, 5) / $vwap)")
    assert (good["problem"], good["fields"], good["history"], good["cross"]) == (None, ["close", "vwap"], 4, True)
    ahead = await check("Ref($close, -1)/$close")
    assert ahead["problem"]["code"] == "expression_look_ahead"
    assert (await check("$close + $price"))["problem"]["position"] == 9
    for text, code in (("", "expression_syntax"), ("$close" + " " * 4500, "expression_too_large")):
        assert (await check(text))["problem"]["code"] == code


@ON_ONE
async def test_the_values_of_one_symbol_stand_beside_its_price(viewer: httpx.AsyncClient, stored: Context) -> None:
    body = {"expression": "$close/Mean($close, 5)", "symbol": SYMBOLS[3], **SPAN}
    found = (await viewer.post(f"{URL}/series", json=body)).json()
    panel = stored.bars.read_panel(SYMBOLS, ["close"], dt.date(2017, 1, 1), dt.date(2017, 12, 31), adjustment="hfq")
    at = int(np.searchsorted(panel.time, np.datetime64("2017-03-01")))
    values = evaluate(parse(body["expression"]), panel)[3]
    assert (found["date"][0], found["symbol"]) == ("2017-03-01", SYMBOLS[3])
    assert found["value"][:9] == pytest.approx(values[at : at + 9])
    assert found["close"][0] == pytest.approx(panel["close"][3, at])


@ON_ONE
async def test_a_cross_section_ranks_the_symbol_among_the_universe(viewer: httpx.AsyncClient, stored: Context) -> None:
    body = {"expression": "CSRank($close)", "symbol": SYMBOLS[0], "universe": "stocks", **SPAN}
    among = (await viewer.post(f"{URL}/series", json=body)).json()["value"]
    assert {round(value * 8, 6) % 1 for value in among} == {0.0}
    alone = (await viewer.post(f"{URL}/series", json=body | {"universe": "symbols"})).json()["value"]
    assert set(alone) == {1.0}


@ON_ONE
async def test_a_universe_is_the_real_or_the_simulated_stocks(viewer: httpx.AsyncClient, stored: Context) -> None:
    for universe, symbols in (("stocks", SYMBOLS), ("demo", DEMO)):
        body = {"expression": "$close", "universe": universe, **SPAN}
        found = (await viewer.post(f"{URL}/preview", json=body)).json()
        assert found["symbols"] == symbols
    assert [point["horizon"] for point in found["decay"]] == list(previewing.HORIZONS)
    assert found["decay"][0]["rank_ic"] == pytest.approx(found["rank_ic_summary"]["mean"])
    assert len(found["group_means"]) == 5
    assert found["autocorrelation"][0] is None
    assert 0.3 < found["autocorrelation"][5] <= 1


@ON_ONE
async def test_what_is_too_large_to_wait_for_is_a_job_with_the_same_result(
    trader: httpx.AsyncClient, admin: httpx.AsyncClient, stored: Context, queue: RecordingQueue, monkeypatch: Any
) -> None:
    body = {"expression": "$close/Ref($close, 5)", "universe": "stocks", **SPAN}
    whole = (await trader.post(f"{URL}/preview", json=body)).json()
    monkeypatch.setattr(previewing, "MAX_CELLS", 100)
    assert (await trader.post(f"{URL}/preview", json=body)).json()["code"] == "preview_too_large"
    made = await trader.post(f"{URL}/studies", json=body, headers={"Idempotency-Key": "k"})
    assert made.status_code == 202, made.text
    study = made.json()
    assert (study["preview"], study["job"]["kind"], study["job"]["subject_id"]) == (None, "factor", study["id"])
    again = await trader.post(f"{URL}/studies", json=body, headers={"Idempotency-Key": "k"})
    assert again.json()["id"] == study["id"]

    steps: list[int] = []
    found = await service.carry_out(stored, study["id"], steps.append)
    async with stored.database.unit() as uow:
        await service.finish(uow, study["id"], found.model_dump(mode="json"))
    assert steps == [0, 1, 2]
    assert (await trader.get(f"{URL}/studies/{study['id']}")).json()["preview"] == whole
    hidden = await admin.get(f"{URL}/studies/{study['id']}")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "factor_study_not_found")


@ON_ONE
async def test_the_newest_studies_are_kept(trader: httpx.AsyncClient, stored: Context, monkeypatch: Any) -> None:
    monkeypatch.setattr(service, "KEPT_STUDIES", 2)
    body = {"expression": "$close", "universe": "demo", **SPAN}
    ids = [(await trader.post(f"{URL}/studies", json=body)).json()["id"] for _ in range(3)]
    states = [(await trader.get(f"{URL}/studies/{one}")).status_code for one in ids]
    assert states == [404, 200, 200]
    async with stored.database.unit() as uow:
        await service.finish(uow, ids[0], {})  # its job ends after it was forgotten
    refused = await trader.post(f"{URL}/studies", json=body | {"expression": "Ref($close, -1)"})
    assert (refused.status_code, refused.json()["code"]) == (422, "expression_refused")
