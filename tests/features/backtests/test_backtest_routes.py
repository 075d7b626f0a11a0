"""Backtests over HTTP and as a worker runs them, child process included."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import httpx
import pytest

from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.sources.records import BoardMember
from quantdesk.features.backtests import export, tasks
from quantdesk.features.backtests.tasks import BacktestHandler
from quantdesk.features.backtests.welcome import SPEC, WelcomeHandler
from quantdesk.features.datasets import service as datasets
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.handlers import Cancelled, Failed, Outcome, Succeeded
from quantdesk.features.jobs.running import RunningJob
from quantdesk.features.jobs.schemas import JobKind
from quantdesk.features.market import service as instruments
from quantdesk.kit.context import Context
from quantdesk.sandbox.exchange import BacktestRequest
from quantdesk.sandbox.outcome import Stopped
from tests.fakes.job_queue import RecordingQueue
from tests.fakes.made_bars import bars_of, random_walk
from tests.support.app import sign_in

URL = "/api/v1/backtests"
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
SYMBOL = "600001.DEMO"
BROKEN = """import backtrader as bt


class Broken(bt.Strategy):
    def next(self):
        missing = self.data.close[0] / 0
"""


@pytest.fixture
def market(context: Context) -> Context:
    """The context, with two years of bars of two stocks and an index."""
    bars = [
        random_walk(symbol, 500, seed=seed, start="2020-01-01") for seed, symbol in enumerate((SYMBOL, "600519.SH"))
    ]
    index = random_walk("900001.DEMO", 500, seed=9, start="2020-01-01", price=3000)
    context.bars.merge([*bars, index], source="demo", now=NOW)
    return context


async def strategy(client: httpx.AsyncClient, code: str | None = None) -> str:
    body = {"name": "均线", "code": code} if code else {"name": "均线", "template": "double_moving_average"}
    answer = await client.post("/api/v1/strategies", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def spec(**changes: Any) -> dict[str, Any]:
    return {"symbols": [SYMBOL], "start": "2020-03-02", "end": "2021-06-30", **changes}


async def create(client: httpx.AsyncClient, strategy_id: str, key: str | None = None, **changes: Any) -> dict[str, Any]:
    answer = await client.post(
        URL,
        json={"strategy_id": strategy_id, "spec": spec(**changes)},
        headers={"Idempotency-Key": key} if key else {},
    )
    assert answer.status_code == 202, answer.text
    result: dict[str, Any] = answer.json()
    return result


async def run(context: Context, made: dict[str, Any]) -> Outcome:
    """Claim and run the job and write its end, as a worker does."""
    async with context.database.unit() as uow:
        row = await jobs.claim(uow, context, made["job"]["id"])
    assert row is not None
    assert row.lease_token is not None
    job = running(context, row.id, "backtest", row.owner_id, subject_id=row.subject_id)
    outcome = await BacktestHandler().run(job)
    async with context.database.unit() as uow:
        await jobs.finish(uow, context, row.id, row.lease_token, outcome)
    return outcome


def running(
    context: Context,
    job_id: str,
    kind: JobKind,
    owner_id: str,
    *,
    subject_id: str | None = None,
    payload: dict[str, Any] | None = None,
) -> RunningJob:
    return RunningJob(
        context, id=job_id, kind=kind, owner_id=owner_id, attempt=1, payload=payload or {}, subject_id=subject_id
    )


async def test_a_backtest_is_checked_queued_and_named(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    made = await create(trader, await strategy(trader), symbols=["sh600519", SYMBOL], params={"fast": 5})
    assert made["spec"]["symbols"] == ["600519.SH", SYMBOL]
    assert made["spec"]["params"]["fast"] == 5
    assert (made["name"], made["version"]) == (f"均线 · 600519.SH, {SYMBOL}", 1)
    assert (made["metrics"], made["job"]["state"]) == (None, "queued")
    assert [(item.job_id, item.queue) for item in queue.enqueued] == [(made["job"]["id"], "backtest")]


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"symbols": ["600000.SH"]}, 422, "symbols_without_bars", "spec.symbols"),
        ({"symbols": ["nonsense"]}, 422, "invalid", "spec.symbols"),
        ({"symbols": ["600519.SH", "sh600519"]}, 422, "invalid", "spec.symbols"),
        ({"start": "2030-01-01", "end": "2031-01-01"}, 422, "symbols_without_bars", "spec.symbols"),
        ({"benchmark": "000300.SH"}, 422, "symbols_without_bars", "spec.benchmark"),
        ({"params": {"no_such": 1}}, 422, "bad_parameters", "spec.params"),
        ({"params": {"fast": "many"}}, 422, "bad_parameters", "spec.params"),
        ({"end": "2020-01-01"}, 422, "payload_invalid", None),
        ({"cash": "0"}, 422, "payload_invalid", None),
        ({"symbols": []}, 422, "payload_invalid", None),
    ],
)
async def test_what_cannot_run_is_refused_before_it_is_queued(
    trader: httpx.AsyncClient,
    market: Context,
    queue: RecordingQueue,
    changes: dict[str, Any],
    status: int,
    code: str,
    field: str | None,
) -> None:
    body = {"strategy_id": await strategy(trader), "spec": spec(**changes)}
    answer = await trader.post(URL, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    if field is not None:
        assert answer.json()["field"] == field
    assert queue.enqueued == []
    assert (await trader.get(URL)).json()["items"] == []


async def test_code_that_is_no_strategy_is_refused(trader: httpx.AsyncClient, market: Context) -> None:
    for code in ("x = 1\n", "def broken(:\n"):
        body = {"strategy_id": await strategy(trader, code), "spec": spec()}
        answer = await trader.post(URL, json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "strategy_unusable")


async def test_an_unknown_strategy_or_version_is_not_found(
    trader: httpx.AsyncClient, admin: httpx.AsyncClient, market: Context
) -> None:
    theirs = await strategy(admin)
    answer = await trader.post(URL, json={"strategy_id": theirs, "spec": spec()})
    assert (answer.status_code, answer.json()["code"]) == (404, "strategy_not_found")
    mine = await strategy(trader)
    answer = await trader.post(URL, json={"strategy_id": mine, "version": 2, "spec": spec()})
    assert (answer.status_code, answer.json()["code"]) == (404, "version_not_found")


async def test_sent_twice_with_one_key_it_is_queued_once(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    strategy_id = await strategy(trader)
    made = await asyncio.gather(*(create(trader, strategy_id, key="k") for _ in range(3)))
    assert len({one["id"] for one in made}) == 1
    assert len(queue.enqueued) == 1
    body = {"strategy_id": strategy_id, "spec": spec(cash="5000")}
    other = await trader.post(URL, json=body, headers={"Idempotency-Key": "k"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


async def test_lists_come_in_pages_newest_first_of_one_strategy_and_one_user(
    trader: httpx.AsyncClient, admin: httpx.AsyncClient, market: Context
) -> None:
    first, second = await strategy(trader), await strategy(trader)
    made = [(await create(trader, first))["id"] for _ in range(3)]
    other = (await create(trader, second))["id"]
    page = (await trader.get(URL, params={"limit": 3})).json()
    rest = (await trader.get(URL, params={"limit": 3, "cursor": page["next_cursor"]})).json()
    assert [item["id"] for item in page["items"] + rest["items"]] == [other, *reversed(made)]
    assert rest["next_cursor"] is None
    own = (await trader.get(URL, params={"strategy_id": first})).json()["items"]
    assert [item["id"] for item in own] == made[::-1]
    assert (await trader.get(URL, params={"q": "没有"})).json()["items"] == []
    assert (await admin.get(URL)).json()["items"] == []
    hidden = await admin.get(f"{URL}/{made[0]}")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "backtest_not_found")


async def test_a_running_backtest_cannot_be_deleted_and_a_finished_one_can_be_brought_back(
    trader: httpx.AsyncClient, market: Context
) -> None:
    made = await create(trader, await strategy(trader))
    url = f"{URL}/{made['id']}"
    refused = await trader.delete(url)
    assert (refused.status_code, refused.json()["code"]) == (409, "backtest_running")
    early = await trader.get(f"{url}/report")
    assert (early.status_code, early.json()["code"]) == (409, "backtest_not_finished")
    assert (await trader.post(f"/api/v1/jobs/{made['job']['id']}/cancel")).status_code == 200
    assert (await trader.delete(url)).status_code == 204
    assert (await trader.get(URL)).json()["items"] == []
    assert (await trader.post(f"{url}/restore")).status_code == 200
    assert len((await trader.get(URL)).json()["items"]) == 1
    assert (await trader.patch(url, json={"name": " 新名 "})).json()["name"] == "新名"


async def test_a_backtest_runs_to_its_report(trader: httpx.AsyncClient, market: Context) -> None:
    strategy_id = await strategy(trader)
    made = await create(trader, strategy_id, benchmark="900001.DEMO")
    assert isinstance(await run(market, made), Succeeded)
    url = f"{URL}/{made['id']}"

    done = (await trader.get(url)).json()
    assert done["job"]["state"] == "succeeded"
    assert 2 <= len(done["sparkline"]) <= 60
    first = await trader.get(f"{url}/report")
    report = BacktestResult.model_validate_json(first.content)
    assert report.metrics.model_dump(mode="json") == done["metrics"]
    assert report.fills
    assert done["sparkline"][-1] == report.series.equity[-1]
    again = await trader.get(f"{url}/report", headers={"If-None-Match": f"W/{first.headers['ETag']}"})
    assert (again.status_code, again.content) == (304, b"")

    fills = await trader.get(f"{url}/export/fills")
    assert fills.headers["Content-Disposition"] == f'attachment; filename="{made["id"]}-fills.csv"'
    rows = list(csv.DictReader(io.StringIO(fills.content.decode("utf-8-sig"))))
    assert [Decimal(row["price"]) for row in rows] == [fill.price for fill in report.fills]
    series = list(csv.reader(io.StringIO((await trader.get(f"{url}/export/series")).content.decode("utf-8-sig"))))
    assert len(series) == 1 + len(report.series.date)
    assert (await trader.get(f"{url}/export/secrets")).status_code == 422

    listed = (await trader.get(f"/api/v1/strategies/{strategy_id}")).json()
    assert listed["last_backtest"]["id"] == made["id"]
    assert listed["last_backtest"]["total_return"] == report.metrics.total_return


async def test_a_report_whose_file_is_gone_says_so(trader: httpx.AsyncClient, market: Context) -> None:
    made = await create(trader, await strategy(trader))
    await run(market, made)
    await market.blobs.delete(f"reports/{made['id']}.json.gz")
    answer = await trader.get(f"{URL}/{made['id']}/report")
    assert (answer.status_code, answer.json()["code"]) == (404, "report_gone")


async def test_the_users_own_error_comes_back_with_its_line(trader: httpx.AsyncClient, market: Context) -> None:
    made = await create(trader, await strategy(trader, BROKEN))
    outcome = await run(market, made)
    assert isinstance(outcome, Failed)
    error = (await trader.get(f"{URL}/{made['id']}")).json()["job"]["error"]
    assert error["code"] == "strategy_error"
    assert (error["detail"]["type"], error["detail"]["line"]) == ("ZeroDivisionError", 6)
    assert error["detail"]["source_line"] is None, "jobs are kept as they are, code is kept encrypted"
    assert error["detail"]["traceback"] == ["line 6, in next", "ZeroDivisionError: float division by zero"]
    assert "missing = " not in str(error)


async def test_a_cancelled_backtest_leaves_no_report(trader: httpx.AsyncClient, market: Context) -> None:
    made = await create(trader, await strategy(trader))
    job = running(market, made["job"]["id"], "backtest", "", subject_id=made["id"])
    job.cancelled.set()
    assert isinstance(await BacktestHandler().run(job), Cancelled)
    assert (await trader.get(f"{URL}/{made['id']}/report")).json()["code"] == "backtest_not_finished"


async def test_bars_that_went_away_while_it_waited_fail_it_with_a_reason(
    trader: httpx.AsyncClient, market: Context
) -> None:
    made = await create(trader, await strategy(trader))
    market.bars.delete([SYMBOL], "1d")
    outcome = await run(market, made)
    assert isinstance(outcome, Failed)
    assert outcome.error.code != "internal_error"
    assert SYMBOL in outcome.error.message_en


async def test_a_new_user_gets_an_example_with_its_backtest_queued(context: Context, queue: RecordingQueue) -> None:
    days = random_walk(SPEC.symbols[0], 2100, seed=1, start="2018-01-01")
    wanted = [*SPEC.symbols, str(SPEC.benchmark)]
    context.bars.merge(
        [bars_of(symbol, days.close.tolist(), start="2018-01-01") for symbol in wanted], source="demo", now=NOW
    )
    principal, _ = await sign_in(context, "newcomer", "admin")
    job = running(context, "WELCOME", "welcome", principal.user_id, payload={"username": "newcomer"})
    outcome = await WelcomeHandler().run(job)
    assert isinstance(outcome, Succeeded)
    assert outcome.write is not None
    async with context.database.unit() as uow:
        await outcome.write(uow)
    assert [item.queue for item in queue.enqueued] == ["backtest"]
    async with context.database.unit(write=False) as uow:
        [made] = (await jobs.list_jobs(uow, principal.user_id)).items
    assert isinstance(await run(context, {"job": {"id": made.id}}), Succeeded)


def test_no_cell_of_an_export_is_a_formula() -> None:
    for text in ("=1+1", "+cmd", "-cmd", "@SUM(A1)", "\tx", "\rx"):
        assert export._cell(text) == "'" + text
    for text in ("-12.5", "+3", "600519.SH", "", "1e5"):
        assert export._cell(text) == text
    assert export._cell({"needed": "180.00", "cash": "9.40"}) == "needed=180.00; cash=9.40"


async def test_a_backtest_is_given_the_stored_corporate_actions_of_its_symbols_to_its_last_day(
    trader: httpx.AsyncClient, market: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [dt.date(2019, 7, 1), dt.date(2021, 6, 30), dt.date(2021, 7, 1)]
    paid = [CorporateAction(SYMBOL, day, cash=Decimal("0.3")) for day in days]
    async with market.database.unit() as uow:
        other = CorporateAction("600519.SH", days[0], cash=Decimal(1))
        await instruments.store_actions(uow, [*paid, other], "import")
    given: dict[str, Any] = {}

    async def child(*_: object, **named: object) -> Stopped:
        given.update(named)
        return Stopped("crashed", "结束", "ended")

    monkeypatch.setattr(tasks, "run_backtest", child)
    await run(market, await create(trader, await strategy(trader)))
    assert given["actions"] == {SYMBOL: paid[:2]}


async def test_a_backtest_is_given_the_stored_industries_of_its_symbols(
    trader: httpx.AsyncClient, market: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = [BoardMember("industry", "BK1", "酿酒", symbol) for symbol in (SYMBOL, "600519.SH", "000858.SZ")]
    async with market.database.unit() as uow:
        await datasets.store(
            uow, market, "industry_boards", "cn", members, source="eastmoney", parser="made/1", fetched_at=NOW
        )
    given: list[BacktestRequest] = []

    async def child(request: BacktestRequest, *_: object, **__: object) -> Stopped:
        given.append(request)
        return Stopped("crashed", "结束", "ended")

    monkeypatch.setattr(tasks, "run_backtest", child)
    await run(market, await create(trader, await strategy(trader)))
    assert given[0].industries == {SYMBOL: "酿酒"}


async def test_a_report_says_of_which_day_its_industries_are(trader: httpx.AsyncClient, market: Context) -> None:
    async with market.database.unit() as uow:
        await datasets.store(
            uow,
            market,
            "industry_boards",
            "cn",
            [BoardMember("industry", "BK1", "酿酒", "600519.SH")],
            source="eastmoney",
            parser="made/1",
            fetched_at=NOW,
        )
    made = await create(trader, await strategy(trader), symbols=["600519.SH"])
    assert isinstance(await run(market, made), Succeeded)
    attribution = (await trader.get(f"{URL}/{made['id']}/report")).json()["analysis"]["attribution"]
    assert [group["group"] for group in attribution["industries"]] == ["酿酒"]
    assert attribution["industries_as_of"] == str(NOW.date())
