"""Checks for look-ahead over HTTP and as a worker runs them, child process included."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest

from quantdesk.features.jobs.runner import JobRunner
from quantdesk.features.lookahead import tasks
from quantdesk.kit.context import Context
from quantdesk_worker.handlers import find_handler
from tests.fakes.job_queue import RecordingQueue
from tests.fakes.made_bars import random_walk

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
SYMBOL = "600001.DEMO"
VECTOR = """import numpy as np
from quantdesk.sdk import Signals, VectorStrategy


class Crossing(VectorStrategy):
    def run(self, data):
        other = np.roll(data.close, {}, axis=0)
        rises = data.close > other
        return Signals(entries=rises, exits=~rises)
"""
PEEKS, BROKEN = VECTOR.format(-1), VECTOR.format("1 // 0")
# Not np.roll(close, 1): it brings the last day to the first.
HONEST = PEEKS.replace("np.roll(data.close, -1, axis=0)", "np.vstack([data.close[:1], data.close[:-1]])")
ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def market(context: Context) -> Context:
    context.bars.merge(
        [random_walk(symbol, 300, seed=seed, start="2020-01-01") for seed, symbol in enumerate((SYMBOL, "600519.SH"))],
        source="demo",
        now=NOW,
    )
    return context


async def strategy(client: httpx.AsyncClient, *codes: str) -> str:
    """Make a strategy and save the codes one after another, from version 2 on."""
    answer = await client.post("/api/v1/strategies", json={"name": "均线"})
    assert answer.status_code == 201, answer.text
    strategy_id = str(answer.json()["id"])
    for base, code in enumerate(codes, 1):
        await save(client, strategy_id, base, code)
    return strategy_id


async def save(client: httpx.AsyncClient, strategy_id: str, base: int, code: str) -> None:
    answer = await client.post(
        f"/api/v1/strategies/{strategy_id}/versions", json={"code": code, "base_version": base, "message": ""}
    )
    assert answer.status_code == 201, answer.text


def url(strategy_id: str, version: int) -> str:
    return f"/api/v1/strategies/{strategy_id}/versions/{version}/truncation"


async def get(client: httpx.AsyncClient, strategy_id: str, version: int) -> dict[str, Any]:
    answer = await client.get(url(strategy_id, version))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def work(context: Context, queue: RecordingQueue) -> None:
    """Run what is queued, as a worker does."""
    runner = JobRunner(context, find_handler)
    while queue.enqueued:
        await runner.run(queue.enqueued.pop(0).job_id)


async def test_a_save_is_checked_and_look_ahead_is_told_with_its_line(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    strategy_id = await strategy(trader, PEEKS)
    assert (await get(trader, strategy_id, 1))["state"] == "unchecked"
    assert (await get(trader, strategy_id, 2))["state"] == "queued"
    assert (await trader.get("/api/v1/jobs")).json()["items"] == []
    await work(market, queue)
    found = await get(trader, strategy_id, 2)
    assert found["state"] == "look_ahead", found
    assert (found["origin"], len(found["samples"])) == ("default", 12)
    assert found["spec"]["symbols"] == [SYMBOL, "600519.SH"]
    first = found["differences"][0]
    assert first["date"] <= first["cut"]
    assert first["date"] in first["words"]["zh"]
    assert first["cut"] in first["words"]["en"]
    assert [hint["line"] for hint in found["hints"]] == [7]
    assert found["finished_at"] is not None


async def test_saves_in_quick_succession_leave_one_check(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    strategy_id = await strategy(trader, PEEKS, HONEST)
    assert (await get(trader, strategy_id, 2))["state"] == "cancelled"
    await work(market, queue)
    assert (await get(trader, strategy_id, 2))["state"] == "cancelled"
    found = await get(trader, strategy_id, 3)
    assert (found["state"], found["differences"], found["hints"]) == ("clean", [], [])
    assert found["decisions"] > 0


@ON_ONE
async def test_on_demand_it_runs_on_the_spec_given(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    strategy_id = await strategy(trader, HONEST)
    await work(market, queue)
    body = {"spec": {"symbols": ["600519.SH"], "start": "2020-02-03", "end": "2020-10-30"}, "samples": 3}
    answer = await trader.post(url(strategy_id, 2), json=body)
    assert (answer.status_code, answer.json()["state"]) == (202, "queued"), answer.text
    await work(market, queue)
    found = await get(trader, strategy_id, 2)
    assert (found["state"], found["origin"], len(found["samples"])) == ("clean", "given", 3)
    assert found["spec"]["symbols"] == ["600519.SH"]


@ON_ONE
async def test_it_runs_on_the_last_backtest(trader: httpx.AsyncClient, market: Context, queue: RecordingQueue) -> None:
    strategy_id = await strategy(trader, HONEST)
    spec = {"symbols": ["600519.SH"], "start": "2020-02-03", "end": "2020-10-30"}
    made = await trader.post("/api/v1/backtests", json={"strategy_id": strategy_id, "spec": spec})
    assert made.status_code == 202, made.text
    await work(market, queue)
    await save(trader, strategy_id, 2, HONEST + "# again\n")
    await work(market, queue)
    found = await get(trader, strategy_id, 3)
    assert (found["state"], found["origin"]) == ("clean", "last_backtest")
    assert (found["spec"]["symbols"], found["spec"]["start"]) == (["600519.SH"], "2020-02-03")


@ON_ONE
async def test_without_bars_there_is_nothing_to_check(
    trader: httpx.AsyncClient, context: Context, queue: RecordingQueue
) -> None:
    strategy_id = await strategy(trader, PEEKS)
    await work(context, queue)
    found = await get(trader, strategy_id, 2)
    assert (found["state"], found["error"]) == ("not_testable", None)
    assert "daily bars" in found["words"]["en"]


@ON_ONE
async def test_code_that_fails_says_where(trader: httpx.AsyncClient, market: Context, queue: RecordingQueue) -> None:
    strategy_id = await strategy(trader, BROKEN)
    await work(market, queue)
    found = await get(trader, strategy_id, 2)
    assert (found["state"], found["error"]["code"]) == ("failed", "strategy_error")
    assert "line 7" in found["words"]["en"]


@ON_ONE
async def test_a_strategy_of_someone_else_is_not_found(trader: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    strategy_id = await strategy(trader)
    for answer in (await admin.get(url(strategy_id, 1)), await admin.post(url(strategy_id, 1), json={})):
        assert (answer.status_code, answer.json()["code"]) == (404, "strategy_not_found")
    assert (await trader.get(url(strategy_id, 9))).json()["code"] == "version_not_found"


def test_a_long_last_backtest_is_shortened() -> None:
    spec = tasks.BacktestSpec(
        symbols=[f"{600000 + n}.SH" for n in range(30)], start=dt.date(2010, 1, 4), end=dt.date(2020, 1, 3)
    )
    short = tasks.shortened(spec)
    assert (len(short.symbols), short.start, short.end) == (20, dt.date(2017, 1, 3), dt.date(2020, 1, 3))
