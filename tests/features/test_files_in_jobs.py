"""Strategies of several files as workers run them: backtests, optimisations, look-ahead checks, child included."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest

from quantdesk.core.strategies.project import CodeFile, sha256_of
from quantdesk.features.jobs.runner import JobRunner
from quantdesk.kit.context import Context
from quantdesk_worker.handlers import find_handler
from tests.fakes.job_queue import RecordingQueue
from tests.fakes.made_bars import random_walk
from tests.features.optimisations.optimisation_support import Workers, body, create, get

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
URL = "/api/v1/strategies"
SYMBOL = "600001.DEMO"
CODE = """import backtrader as bt
from signals.cross import rises


class Crossing(bt.Strategy):
    params = (("fast", 5), ("slow", 20))

    def __init__(self):
        self.mean = bt.indicators.SMA(self.data.close, period=self.p.fast)

    def next(self):
        up = rises(self.data, self.mean, self.p.slow)
        if up and not self.position: self.buy(size=100)
        if not up and self.position: self.close()
"""
HONEST = "def rises(data, mean, slow):\n    return data.close[0] > mean[0]\n"
BROKEN = "def rises(data, mean, slow):\n    return secret_figure / 0  # 秘密\n\n\nsecret_figure = 1.5\n"
PEEKS = "def rises(data, mean, slow):\n    return data.close[0] < data.close[1]\n"


@pytest.fixture
def market(context: Context) -> Context:
    bars = [random_walk(name, 300, seed=seed, start="2020-01-01") for seed, name in enumerate((SYMBOL, "900001.DEMO"))]
    context.bars.merge(bars, source="demo", now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    return context


def files(text: str) -> list[dict[str, str]]:
    return [{"path": "signals/cross.py", "text": text}]


async def strategy(client: httpx.AsyncClient, text: str) -> str:
    answer = await client.post(URL, json={"name": "多文件", "code": CODE, "files": files(text)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def backtest(client: httpx.AsyncClient, context: Context, strategy_id: str) -> dict[str, Any]:
    spec = {"symbols": [SYMBOL], "start": "2020-03-02", "end": "2020-12-31"}
    made = await client.post("/api/v1/backtests", json={"strategy_id": strategy_id, "spec": spec})
    assert made.status_code == 202, made.text
    await JobRunner(context, find_handler).run(made.json()["job"]["id"])
    return dict((await client.get(f"/api/v1/backtests/{made.json()['id']}")).json())


async def test_a_backtest_runs_its_versions_files_and_two_are_compared(
    trader: httpx.AsyncClient, market: Context
) -> None:
    strategy_id = await strategy(trader, HONEST)
    first = await backtest(trader, market, strategy_id)
    assert first["job"]["state"] == "succeeded", first["job"]["error"]
    report = (await trader.get(f"/api/v1/backtests/{first['id']}/report")).json()
    assert report["fills"]
    assert report["code_sha256"] == sha256_of(CODE, [CodeFile(path="signals/cross.py", text=HONEST)])

    saved = {"code": CODE, "files": files(HONEST.replace(">", "<")), "base_version": 1}
    assert (await trader.post(f"{URL}/{strategy_id}/versions", json=saved)).status_code == 201
    second = await backtest(trader, market, strategy_id)
    found = (await trader.get(f"/api/v1/backtests/{first['id']}/diff/{second['id']}")).json()["code"]
    assert (found["changed"], found["added"], found["removed"]) == (True, 1, 1)
    assert found["unified"].splitlines()[:2] == ["--- a/signals/cross.py", "+++ b/signals/cross.py"]


async def test_an_error_in_another_file_is_kept_with_its_place_and_no_line(
    trader: httpx.AsyncClient, market: Context
) -> None:
    job = (await backtest(trader, market, await strategy(trader, BROKEN)))["job"]
    error = job["error"]
    assert (job["state"], error["code"]) == ("failed", "strategy_error")
    assert error["message_en"].startswith("signals/cross.py line 2: ZeroDivisionError")
    assert error["message_zh"].startswith("signals/cross.py 第 2 行：")
    detail = error["detail"]
    assert (detail["file"], detail["line"], detail["source_line"]) == ("signals/cross.py", 2, None)
    assert detail["traceback"][:2] == ["line 12, in next", "signals/cross.py line 2, in rises"]
    assert "secret" not in str(job)
    assert "秘密" not in str(job)


async def test_an_optimisation_sweeps_a_strategy_of_several_files(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    made = await create(trader, body(await strategy(trader, HONEST), spec={"symbols": [SYMBOL], "end": "2020-12-31"}))
    await Workers(market, queue).work(made["job"]["id"])
    done = await get(trader, made["id"])
    assert (done["job"]["state"], done["done"], done["failed"]) == ("succeeded", 6, 0), done["job"]["error"]


async def test_a_look_ahead_check_names_the_line_of_another_file(
    trader: httpx.AsyncClient, market: Context, queue: RecordingQueue
) -> None:
    strategy_id = await strategy(trader, PEEKS)
    url = f"{URL}/{strategy_id}/versions/1/truncation"
    spec = {"symbols": [SYMBOL], "start": "2020-03-02", "end": "2020-12-31"}
    queued = await trader.post(url, json={"spec": spec, "samples": 30})
    assert queued.status_code == 202, queued.text
    while queue.enqueued:
        await JobRunner(market, find_handler).run(queue.enqueued.pop(0).job_id)
    found = (await trader.get(url)).json()
    assert found["state"] == "look_ahead", found
    assert [(hint["file"], hint["line"], hint["source"]) for hint in found["hints"]] == [
        ("signals/cross.py", 2, "return data.close[0] < data.close[1]")
    ]
