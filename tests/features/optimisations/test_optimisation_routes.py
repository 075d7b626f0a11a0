"""Optimisations over HTTP: what is checked, queued, listed, estimated and thrown away. No run is made."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import httpx
import numpy as np
import pytest
from pydantic import TypeAdapter

from quantdesk.api.messages import Event, EventMessage
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.optimise.deflated import deflated_sharpe, effective_trials, moments, variance_of
from quantdesk.features.jobs.tables import JobRow
from quantdesk.features.optimisations import service, storing
from quantdesk.features.optimisations.events import TrialsFinished
from quantdesk.features.optimisations.judging import columns
from quantdesk.features.optimisations.tables import OptimisationRow, OptimisationTrialRow
from quantdesk.features.trials import service as ledger
from quantdesk.kit.context import Context
from tests.fakes.job_queue import RecordingQueue
from tests.features.optimisations.optimisation_support import SYMBOL, URL, body, create, fill, get, ints, strategy


@pytest.fixture
def market(context: Context) -> Context:
    fill(context)
    return context


async def end_job(context: Context, job_id: str, state: str) -> None:
    async with context.database.unit() as uow:
        row = await uow.session.get_one(JobRow, job_id)
        row.state = state


async def plan_and_end(context: Context, optimisation_id: str, returns: list[np.ndarray[Any, Any]]) -> None:
    """Store trials with these daily returns, as parts do; an optimisation over `fast` 4, 6, 8."""
    async with context.database.unit() as uow:
        row = await uow.session.get_one(OptimisationRow, optimisation_id)
        planned = [storing.Planned(at + 1, 0, "search", {"fast": 4 + 2 * at}) for at, _ in enumerate(returns)]
        await storing.plan(uow, row, planned)
        await storing.plan(uow, row, planned)
        ended = []
        for at, series in enumerate(returns):
            trial = await uow.session.get_one(OptimisationTrialRow, (optimisation_id, at + 1))
            sharpe = float(series.mean() / series.std(ddof=1) * 252**0.5)
            ended.append(storing.Ended(trial, sharpe, None, None, series, None, 0.5))
        await storing.end(uow, row, "c" * 64, ended)


async def test_an_optimisation_is_checked_queued_and_named(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    request = body(await strategy(trader), ranges={"fast": None, "kind": None}, spec={"symbols": ["sz600001.DEMO"]})
    request["spec"]["symbols"] = [SYMBOL.lower()]
    made = await create(trader, request)
    assert made["ranges"] == {
        "fast": {"kind": "int", "low": 2, "high": 20, "step": 1},
        "kind": {"kind": "choice", "values": ["sma", "ema"]},
    }
    assert (made["trials"], made["folds"], made["runs"], made["job"]["kind"]) == (38, 0, 38, "optimisation")
    assert made["name"] == f"均线 · 网格 · {SYMBOL}"
    assert made["spec"]["symbols"] == [SYMBOL]
    assert [(item.job_id, item.queue) for item in queue.enqueued] == [(made["job"]["id"], "backtest")]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"ranges": {"no": None}}, "bad_parameters", "ranges"),
        ({"ranges": {"fast": ints(1, 5)}}, "bad_parameters", "ranges"),
        ({"ranges": {"fast": {"kind": "float", "low": 2, "high": 5}}}, "bad_parameters", "ranges"),
        ({"ranges": {}}, "payload_invalid", None),
        ({"ranges": {"fast": ints(5, 2)}}, "payload_invalid", None),
        ({"search": {"kind": "grid", "trials": 5}}, "payload_invalid", None),
        ({"search": {"kind": "random"}}, "payload_invalid", None),
        ({"search": {"kind": "tpe", "trials": 5001}}, "payload_invalid", None),
        ({"objective": {"metric": "luck"}}, "payload_invalid", None),
        ({"walk_forward": {"train_days": 400, "test_days": 20}}, "bad_walk_forward", "walk_forward"),
        ({"spec": {"symbols": ["600519.SH"]}}, "symbols_without_bars", "spec.symbols"),
        ({"spec": {"params": {"fast": "x"}}}, "bad_parameters", "spec.params"),
    ],
)
async def test_what_cannot_run_is_refused_before_it_is_queued(
    trader: httpx.AsyncClient,
    market: Context,
    queue: RecordingQueue,
    changes: dict[str, Any],
    code: str,
    field: str | None,
) -> None:
    request = body(await strategy(trader), **changes)
    for url in (URL, f"{URL}/estimate"):
        answer = await trader.post(url, json=request)
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
        assert field is None or answer.json()["field"] == field
    assert queue.enqueued == []
    assert (await trader.get(URL)).json()["items"] == []


async def test_a_grid_that_is_too_large_says_how_large(trader: httpx.AsyncClient, market: Context) -> None:
    open_code = "import backtrader as bt\nclass A(bt.Strategy):\n    params = (('a', 1), ('b', 1.0))\n"
    strategy_id = await strategy(trader, open_code)
    large = await trader.post(
        URL,
        json=body(
            strategy_id, ranges={"a": ints(1, 90), "b": {"kind": "choice", "values": [x / 2 for x in range(60)]}}
        ),
    )
    assert (large.status_code, large.json()["code"]) == (422, "search_too_large")
    assert "90 (a) x 60 (b) = 5,400 combinations" in large.json()["detail"]
    endless = await trader.post(URL, json=body(strategy_id, ranges={"b": {"kind": "float", "low": 0, "high": 1}}))
    assert "a grid needs a step for b" in endless.json()["detail"]


async def test_sent_twice_with_one_key_it_is_queued_once(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    request = body(await strategy(trader))
    made = await asyncio.gather(*(create(trader, request, key="k") for _ in range(3)))
    assert len({one["id"] for one in made}) == 1
    assert len(queue.enqueued) == 1


async def test_lists_show_ones_own_newest_first_and_the_trash_apart(
    trader: httpx.AsyncClient, admin: httpx.AsyncClient, market: Context
) -> None:
    strategy_id = await strategy(trader)
    made = [(await create(trader, body(strategy_id, name=f"第 {at} 个")))["id"] for at in range(3)]
    page = (await trader.get(URL, params={"limit": 2})).json()
    rest = (await trader.get(URL, params={"limit": 2, "cursor": page["next_cursor"]})).json()
    assert [item["id"] for item in page["items"] + rest["items"]] == made[::-1]
    assert [item["id"] for item in (await trader.get(URL, params={"q": "第 1"})).json()["items"]] == [made[1]]
    assert (await trader.get(URL, params={"strategy_id": "none"})).json()["items"] == []
    assert (await admin.get(URL)).json()["items"] == []
    hidden = await admin.get(f"{URL}/{made[0]}/trials")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "optimisation_not_found")

    refused = await trader.delete(f"{URL}/{made[0]}")
    assert (refused.status_code, refused.json()["code"]) == (409, "optimisation_running")
    job_id = (await get(trader, made[0]))["job"]["id"]
    assert (await trader.post(f"/api/v1/jobs/{job_id}/cancel")).status_code == 200
    assert (await trader.delete(f"{URL}/{made[0]}")).status_code == 204
    assert len((await trader.get(URL)).json()["items"]) == 2
    assert [item["id"] for item in (await trader.get(URL, params={"deleted": True})).json()["items"]] == [made[0]]
    assert (await trader.post(f"{URL}/{made[0]}/restore")).status_code == 200
    assert len((await trader.get(URL)).json()["items"]) == 3
    assert (await trader.patch(f"{URL}/{made[0]}", json={"name": " 新名 "})).json()["name"] == "新名"


async def test_an_estimate_counts_exactly_and_learns_from_the_ledger(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    strategy_id = await strategy(trader)
    plan = {"train_days": 120, "test_days": 80}
    first = (await trader.post(f"{URL}/estimate", json=body(strategy_id, walk_forward=plan))).json()
    assert (first["trials"], first["folds"], first["runs"], first["basis"]) == (6, 3, 6 * 4 + 3, "default")
    assert first["ranges"]["fast"] == ints(4, 8, 2)
    assert "27 backtests" in first["words"]["en"]
    made = await create(trader, body(strategy_id))
    spec = BacktestSpec.model_validate(made["spec"])
    async with market.database.unit() as uow:
        row = await uow.session.get_one(OptimisationRow, made["id"])
        trial = ledger.NewTrial(1, spec, np.full(100, 0.001), seconds=100.0)  # a second a bar
        await ledger.note(
            uow, owner_id=row.owner_id, strategy_id=strategy_id, version=1, code_hash="c" * 64,
            source="optimisation", source_id=row.id, trials=[trial],
        )  # fmt: skip
    known = (await trader.post(f"{URL}/estimate", json=body(strategy_id))).json()
    days = len(market.bars.read(SYMBOL, "1d", spec.start, spec.end) or [])
    assert (known["basis"], known["seconds_a_run"]) == ("history", pytest.approx(days))
    assert known["seconds"] == pytest.approx(6 * days / known["parallel"] + 1)
    assert len(queue.enqueued) == 1


async def test_figures_come_from_the_stored_returns_and_stay_when_it_was_cancelled(
    trader: httpx.AsyncClient, market: Context
) -> None:
    strategy_id = await strategy(trader)
    made = await create(trader, body(strategy_id, ranges={"fast": ints(4, 8, 2)}))
    generator = np.random.default_rng(1)
    skill = generator.normal(0.003, 0.01, 240).astype(np.float32)
    luck = [generator.normal(0, 0.01, 240).astype(np.float32) for _ in range(2)]
    await plan_and_end(market, made["id"], [luck[0], skill, luck[1]])
    await plan_and_end(market, made["id"], [luck[0], luck[0], luck[0]])  # the first end stands
    running = await get(trader, made["id"])
    assert (running["done"], running["figures"]) == (3, None)
    await end_job(market, made["job"]["id"], "cancelled")
    judged = await get(trader, made["id"], "/overfitting")
    assert (judged["trials"], judged["best"]) == (3, 2)
    expected = float(skill.astype(float).mean() / skill.astype(float).std(ddof=1) * 252**0.5)
    assert judged["deflated"]["sharpe"] == pytest.approx(expected)
    table = np.stack([luck[0], skill, luck[1]], axis=1).astype(float)
    measured = moments(table[:, 1])
    assert measured is not None
    sharpes = [float(column.mean() / column.std(ddof=1)) for column in table.T]
    wanted = deflated_sharpe(measured, variance_of(sharpes), effective_trials(table))
    assert wanted is not None
    assert judged["deflated"]["probability"] == pytest.approx(wanted.probability)
    assert judged["overfitting"]["probability"] < 0.1
    assert judged["stability"]["neighbours"] == 2
    assert all(note["zh"] and note["en"] for note in judged["notes"])


async def test_one_scored_trial_is_nothing_to_compare(trader: httpx.AsyncClient, market: Context) -> None:
    made = await create(trader, body(await strategy(trader), ranges={"fast": ints(4, 8, 2)}))
    await plan_and_end(market, made["id"], [np.random.default_rng(1).normal(0, 0.01, 50).astype(np.float32)])
    await end_job(market, made["job"]["id"], "failed")
    answer = await trader.get(f"{URL}/{made['id']}/overfitting")
    assert (answer.status_code, answer.json()["code"]) == (409, "optimisation_not_finished")


async def test_too_few_days_leave_the_probability_out_and_say_so(trader: httpx.AsyncClient, market: Context) -> None:
    made = await create(trader, body(await strategy(trader), ranges={"fast": ints(4, 8, 2)}))
    generator = np.random.default_rng(1)
    await plan_and_end(market, made["id"], [generator.normal(0, 0.01, 15).astype(np.float32) for _ in range(3)])
    await end_job(market, made["job"]["id"], "cancelled")
    judged = await get(trader, made["id"], "/overfitting")
    assert judged["overfitting"] is None
    assert any("15 days are too few" in note["en"] for note in judged["notes"])


async def test_the_ledger_counts_each_run_and_different_ones_once(trader: httpx.AsyncClient, market: Context) -> None:
    strategy_id = await strategy(trader)
    none = (await trader.get(f"/api/v1/strategies/{strategy_id}/trials")).json()
    assert (none["runs"], none["best"], none["deflated"]) == (0, None, None)
    generator = np.random.default_rng(2)
    series = [generator.normal(0.0005, 0.01, 240).astype(np.float32) for _ in range(3)]
    for _ in range(2):  # the same search again
        made = await create(trader, body(strategy_id, ranges={"fast": ints(4, 8, 2)}))
        await plan_and_end(market, made["id"], series)
    counted = (await trader.get(f"/api/v1/strategies/{strategy_id}/trials")).json()
    assert (counted["runs"], counted["distinct"], counted["backtests"], counted["optimisation_trials"]) == (6, 3, 0, 6)
    assert counted["deflated"]["trials"] == 3
    assert counted["best"]["sharpe"] == pytest.approx(
        max(one.mean() / one.std(ddof=1) for one in series) * 252**0.5, rel=1e-3
    )
    assert "6 times, 3 of them different" in counted["words"]["en"]
    missing = await trader.get("/api/v1/strategies/none/trials")
    assert (missing.status_code, missing.json()["code"]) == (404, "strategy_not_found")
    unknown = await trader.get("/api/v1/backtests/none/significance")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "trial_not_noted")


def test_a_socket_passes_finished_trials_on() -> None:
    event = TrialsFinished(job_id="j", optimisation_id="o", trials=columns(["fast"], []))
    read = TypeAdapter[Any](Event).validate_json(event.model_dump_json())
    assert EventMessage(id="1-0", topic="jobs.j", event=read).event == event


async def test_a_test_of_a_walk_forward_runs_from_its_trainings_start(
    market: Context, trader: httpx.AsyncClient
) -> None:
    made = await create(trader, body(await strategy(trader), walk_forward={"train_days": 120, "test_days": 80}))
    assert made["walk_forward"]["anchored"] is False
    async with market.database.unit(write=False) as uow:
        row = await uow.session.get_one(OptimisationRow, made["id"])
        fold = service.folds_of(row)[1]
        assert service.dates_of(row, 2, "search") == (fold.train_start, fold.train_end)
        assert service.dates_of(row, 2, "test") == (fold.train_start, fold.test_end)
        assert service.dates_of(row, 0, "search") == (dt.date(2020, 3, 2), dt.date(2021, 6, 30))
    result = await get(trader, made["id"], "/walk-forward")
    assert [one["state"] for one in result["folds"]] == ["queued"] * 3
    assert (result["out_of_sample"], result["efficiency"], result["words"]) == (None, None, None)
