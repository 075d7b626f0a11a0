"""Optimisations as workers run them, child processes included."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from quantdesk.features.jobs.handlers import Succeeded
from quantdesk.features.jobs.running import RunningJob
from quantdesk.features.jobs.tables import JobRow
from quantdesk.features.optimisations import coordinating
from quantdesk.features.optimisations.tables import OptimisationTrialRow
from quantdesk.features.optimisations.tasks import SweepHandler
from quantdesk.kit.context import Context
from tests.fakes.job_queue import RecordingQueue
from tests.features.optimisations.optimisation_support import (
    CODE,
    Workers,
    body,
    create,
    fill,
    get,
    ints,
    parts,
    strategy,
    until,
    until_done,
)

SLOW = CODE.replace(
    "        if self.p.fast == 13:", "        import time; time.sleep(0.1)\n        if self.p.fast == 13:"
)
VECTORISED = """from quantdesk.sdk import Signals, VectorStrategy, param
import numpy as np


class Crossing(VectorStrategy):
    fast: int = param(5, min=2, max=20)
    slow: int = param(20, min=5, max=60)

    def run(self, data):
        def mean(days):
            sums = np.cumsum(np.vstack([np.zeros((1, data.close.shape[1])), data.close]), axis=0)
            found = np.full(data.close.shape, np.nan)
            found[days - 1 :] = (sums[days:] - sums[:-days]) / days
            return found

        above = mean(self.fast) > mean(self.slow)
        return Signals(entries=above, exits=~above)
"""
CRASHING = CODE.replace('raise ValueError("thirteen")', "import os; os._exit(3)")

ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
"""For what asks nothing of the database that other tests here have not asked of both kinds."""


@pytest.fixture
def market(context: Context) -> Context:
    fill(context)
    return context


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have even the small searches of these tests handed out in parts of two trials or so."""
    monkeypatch.setattr(coordinating, "ONE_PROCESS_SECONDS", 0.0)
    monkeypatch.setattr(coordinating, "PART_SECONDS", 0.1)
    monkeypatch.setattr(coordinating, "LEAST_SECONDS", 0.0)


@pytest.mark.usefixtures("small_parts")
async def test_a_grid_runs_over_two_workers_to_its_figures(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    strategy_id = await strategy(trader)
    made = await create(trader, body(strategy_id, spec={"benchmark": "900001.DEMO"}))
    assert (made["trials"], made["runs"], made["done"], made["best"], made["figures"]) == (6, 6, 0, None, None)
    early = await trader.get(f"/api/v1/optimisations/{made['id']}/overfitting")
    assert (early.status_code, early.json()["code"]) == (409, "optimisation_not_finished")
    await Workers(market, queue).work(made["job"]["id"])

    done = await get(trader, made["id"])
    assert done["job"]["state"] == "succeeded", done["job"]["error"]
    assert (done["done"], done["failed"], done["job"]["progress"]["done"]) == (6, 0, 6)
    table = (await get(trader, made["id"], "/trials"))["trials"]
    assert table["number"] == [1, 2, 3, 4, 5, 6]
    assert table["params"] == {"fast": [4, 4, 6, 6, 8, 8], "slow": [15, 25, 15, 25, 15, 25]}
    assert set(table["state"]) == {"succeeded"}
    assert table["objective"] == table["metrics"]["sharpe"]
    assert done["best"]["objective"] == max(table["objective"])

    judged = await get(trader, made["id"], "/overfitting")
    assert (judged["trials"], judged["best"]) == (6, done["best"]["number"])
    assert judged["overfitting"]["combinations"] == 12870
    assert sum(judged["overfitting"]["logit_counts"]) == 12870
    assert done["figures"]["deflated_sharpe"] == judged["deflated"]["probability"]
    assert judged["deflated"]["sharpe"] == pytest.approx(done["best"]["metrics"]["sharpe"], rel=0.02)
    assert 1 <= judged["deflated"]["effective_trials"] <= 6
    listed = (await trader.get("/api/v1/jobs")).json()["items"]
    assert [job["kind"] for job in listed] == ["optimisation"]
    under = (await trader.get("/api/v1/jobs", params={"parent_id": made["job"]["id"]})).json()["items"]
    assert len(under) >= 3
    assert {(job["kind"], job["state"]) for job in under} == {("sweep", "succeeded")}

    counted = (await trader.get(f"/api/v1/strategies/{strategy_id}/trials")).json()
    assert (counted["runs"], counted["distinct"], counted["optimisation_trials"]) == (6, 6, 6)
    assert counted["best"]["number"] == done["best"]["number"]
    answer = await trader.get(f"/api/v1/optimisations/{made['id']}/walk-forward")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_walk_forward")


@ON_ONE
async def test_each_trial_is_told_on_the_optimisations_own_topic(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    made = await create(trader, body(await strategy(trader)))
    start = await market.events.publish("test", "{}")
    await Workers(market, queue).work(made["job"]["id"])
    heard = await market.events.replay({f"jobs.{made['job']['id']}"}, start)
    events = [json.loads(message.body) for message in heard]
    told = [event["trials"] for event in events if event["type"] == "optimisation.trials"]
    assert sorted(number for trials in told for number in trials["number"]) == [1, 2, 3, 4, 5, 6]
    stored = (await get(trader, made["id"], "/trials"))["trials"]
    for trials in told:
        for at, number in enumerate(trials["number"]):
            assert trials["objective"][at] == stored["objective"][number - 1]
    user = await market.events.replay({f"jobs.user.{(await owner_of(market, made))}"}, start)
    assert {json.loads(message.body)["job"]["kind"] for message in user} == {"optimisation"}


async def owner_of(context: Context, made: dict[str, Any]) -> str:
    async with context.database.unit(write=False) as uow:
        row = await uow.session.get_one(JobRow, made["job"]["id"])
        return row.owner_id


@ON_ONE
async def test_a_trial_whose_code_fails_is_told_and_the_others_go_on(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    made = await create(trader, body(await strategy(trader), ranges={"fast": ints(12, 14)}))
    await Workers(market, queue).work(made["job"]["id"])
    done = await get(trader, made["id"])
    assert (done["job"]["state"], done["done"], done["failed"]) == ("succeeded", 3, 1)
    table = await get(trader, made["id"], "/trials")
    assert table["trials"]["state"] == ["succeeded", "failed", "succeeded"]
    assert table["trials"]["error_code"] == [None, "strategy_error", None]
    [error] = table["errors"]
    assert (error["number"], error["code"]) == (2, "strategy_error")
    assert "thirteen" in error["message_en"]


@ON_ONE
async def test_a_trial_that_takes_its_process_along_fails_alone(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    made = await create(trader, body(await strategy(trader, CRASHING), ranges={"fast": ints(11, 15)}))
    await Workers(market, queue).work(made["job"]["id"])
    table = (await get(trader, made["id"], "/trials"))["trials"]
    assert table["error_code"] == [None, None, "stopped_crashed", None, None]
    assert all(value is not None for value in (table["objective"][at] for at in (0, 1, 3, 4)))


@ON_ONE
async def test_resumed_it_tries_again_what_was_stopped_from_outside(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    made = await create(trader, body(await strategy(trader, CRASHING), ranges={"fast": ints(12, 13)}))
    job_id = made["job"]["id"]
    await Workers(market, queue).work(job_id)
    async with market.database.unit() as uow:  # as if it had been cancelled at the end
        (await uow.session.get_one(JobRow, job_id)).state = "cancelled"
    assert (await trader.post(f"/api/v1/jobs/{job_id}/retry")).status_code == 200
    before = len(await parts(market, job_id))
    await Workers(market, queue).work(job_id)
    again = (await parts(market, job_id))[before:]
    assert [part.payload["numbers"] for part in again] == [[2]]


@ON_ONE
async def test_when_every_trial_fails_the_optimisation_fails_with_the_reason(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    made = await create(trader, body(await strategy(trader), ranges={"fast": ints(13, 13)}))
    await Workers(market, queue).work(made["job"]["id"])
    job = (await get(trader, made["id"]))["job"]
    assert (job["state"], job["error"]["code"]) == ("failed", "strategy_error")
    assert job["error"]["detail"]["line"] is not None


@pytest.mark.usefixtures("small_parts")
async def test_cancelled_and_resumed_it_makes_only_what_was_missing(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    strategy_id = await strategy(trader, SLOW)
    made = await create(trader, body(strategy_id, ranges={"fast": ints(2, 9), "slow": ints(15, 25, 5)}))
    assert made["runs"] == 24
    job_id = made["job"]["id"]
    async with Workers(market, queue).working(job_id):
        await until_done(trader, made["id"], 2)
        assert (await trader.post(f"/api/v1/jobs/{job_id}/cancel")).status_code == 200

    async def stopped_altogether() -> bool:
        return {part.state for part in await parts(market, job_id)} <= {"cancelled", "succeeded"}

    await until(stopped_altogether)
    stopped = await get(trader, made["id"])
    assert stopped["job"]["state"] == "cancelled"
    assert 2 <= stopped["done"] < 24
    first = await parts(market, job_id)
    judged = await get(trader, made["id"], "/overfitting")
    assert judged["trials"] == stopped["done"]

    assert (await trader.post(f"/api/v1/jobs/{job_id}/retry")).status_code == 200
    await Workers(market, queue).work(job_id)
    done = await get(trader, made["id"])
    assert (done["job"]["state"], done["done"]) == ("succeeded", 24)
    again = [part for part in await parts(market, job_id) if part.id not in {one.id for one in first}]
    made_again = [number for part in again for number in part.payload["numbers"]]
    assert len(made_again) == len(set(made_again)) == 24 - stopped["done"]
    counted = (await trader.get(f"/api/v1/strategies/{strategy_id}/trials")).json()
    assert counted["runs"] == 24


@ON_ONE
@pytest.mark.usefixtures("small_parts")
async def test_a_worker_that_stops_hands_over_and_another_goes_on(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    made = await create(trader, body(await strategy(trader, SLOW), ranges={"fast": ints(2, 11)}))
    job_id = made["job"]["id"]
    going = Workers(market, queue, count=1)
    async with going.working(job_id):
        await until_done(trader, made["id"], 1)
        await going.runners[0].stop()
    left = await get(trader, made["id"])
    assert left["job"]["state"] == "queued"
    assert left["done"] < 10
    queue.enqueued.clear()  # what the queue lost, the next one runs all the same
    await Workers(market, queue).work(job_id)
    done = await get(trader, made["id"])
    assert (done["job"]["state"], done["done"], done["failed"]) == ("succeeded", 10, 0)


async def test_a_part_that_runs_twice_ends_each_trial_once(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    strategy_id = await strategy(trader)
    made = await create(trader, body(strategy_id))
    await Workers(market, queue).work(made["job"]["id"])
    before = await get(trader, made["id"], "/trials")
    [part] = await parts(market, made["job"]["id"])
    async with market.database.unit() as uow:  # as if both had begun before either ended
        await uow.session.execute(
            update(OptimisationTrialRow).values(state="queued", objective=None, metrics=None, returns=None)
        )

    def again() -> RunningJob:
        return RunningJob(
            market, id=part.id, kind="sweep", owner_id="", attempt=2, payload=part.payload, subject_id=made["id"]
        )

    outcomes = await asyncio.gather(SweepHandler().run(again()), SweepHandler().run(again()))
    assert all(isinstance(outcome, Succeeded) for outcome in outcomes)
    assert await get(trader, made["id"], "/trials") == before
    assert isinstance(await SweepHandler().run(again()), Succeeded)
    counted = (await trader.get(f"/api/v1/strategies/{strategy_id}/trials")).json()
    assert counted["runs"] == 6


async def test_walk_forward_optimises_on_the_past_and_runs_on_what_follows(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    plan = {"train_days": 120, "test_days": 80, "embargo_days": 5}
    made = await create(
        trader, body(await strategy(trader), walk_forward=plan, ranges={"fast": ints(4, 8, 2)}, spec={"cash": "500000"})
    )
    assert (made["folds"], made["runs"]) == (3, 3 * 4 + 3)
    await Workers(market, queue).work(made["job"]["id"])
    done = await get(trader, made["id"])
    assert (done["job"]["state"], done["done"]) == ("succeeded", 15), done["job"]["error"]
    result = await get(trader, made["id"], "/walk-forward")
    curve = result["out_of_sample"]
    days: list[str] = []
    for fold in result["folds"]:
        trials = (await get(trader, made["id"], f"/trials?fold={fold['number']}"))["trials"]
        assert trials["role"] == ["search", "search", "search", "test"]
        scores = [value if value is not None else -9.0 for value in trials["objective"][:3]]
        best = scores.index(max(scores))
        assert fold["params"] == {"fast": trials["params"]["fast"][best]}
        assert (fold["in_sample"], fold["out_of_sample"]) == (scores[best], trials["objective"][3])
        assert fold["train_end"] < fold["test_start"]
        days += [day for day in curve["date"] if fold["test_start"] <= day <= fold["test_end"]]
    assert days == curve["date"] == sorted(set(days))
    assert curve["equity"][-1] == pytest.approx(500_000 * (1 + curve["total_return"]))
    assert done["figures"]["out_of_sample"] == curve["objective"]
    assert "out-of-sample" in result["words"]["en"]


@ON_ONE
@pytest.mark.usefixtures("small_parts")
async def test_a_vectorised_strategy_runs_its_whole_grid_in_one_process(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    made = await create(trader, body(await strategy(trader, VECTORISED)))
    await Workers(market, queue).work(made["job"]["id"])
    done = await get(trader, made["id"])
    assert (done["job"]["state"], done["done"], done["failed"]) == ("succeeded", 6, 0), done["job"]["error"]
    assert len(await parts(market, made["job"]["id"])) == 1
    table = (await get(trader, made["id"], "/trials"))["trials"]
    assert len(set(table["metrics"]["total_return"])) > 1


@ON_ONE
async def test_tpe_asks_in_batches_and_a_second_run_of_the_same_finds_the_same(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    request = body(
        await strategy(trader),
        ranges={"fast": ints(2, 12), "kind": {"kind": "choice", "values": ["sma", "ema"]}},
        search={"kind": "tpe", "trials": 12, "seed": 3},
    )
    tables = []
    for _ in range(2):
        made = await create(trader, request)
        await Workers(market, queue).work(made["job"]["id"])
        tables.append(await get(trader, made["id"], "/trials"))
    assert tables[0] == tables[1]
    params = tables[0]["trials"]["params"]
    assert len(set(zip(params["fast"], params["kind"], strict=True))) == 12


@ON_ONE
async def test_a_trial_becomes_an_ordinary_backtest(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    made = await create(trader, body(await strategy(trader), name="网格"))
    await Workers(market, queue).work(made["job"]["id"])
    url = f"/api/v1/optimisations/{made['id']}/trials"
    answers = [await trader.post(f"{url}/3/backtest", json={}, headers={"Idempotency-Key": "again"}) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {202}
    backtest = answers[0].json()
    assert answers[1].json()["id"] == backtest["id"]
    assert backtest["spec"]["params"] == {"fast": 6, "slow": 15}
    assert backtest["name"] == "网格 · #3"
    missing = await trader.post(f"{url}/7/backtest", json={})
    assert (missing.status_code, missing.json()["code"]) == (404, "optimisation_trial_not_found")

    await Workers(market, queue, count=1).work(backtest["job"]["id"])
    table = (await get(trader, made["id"], "/trials"))["trials"]
    report = (await trader.get(f"/api/v1/backtests/{backtest['id']}")).json()
    assert report["metrics"]["sharpe"] == table["metrics"]["sharpe"][2]
    place = (await trader.get(f"/api/v1/backtests/{backtest['id']}/significance")).json()
    assert (place["distinct"], place["deflated"]["trials"]) == (6, 6), "the same run again is no new try"
    assert 1 <= place["number"] <= 6
    assert place["deflated"]["days"] == report["metrics"]["days"]
