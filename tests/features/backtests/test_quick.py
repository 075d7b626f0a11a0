"""Quick runs over HTTP and the kernels' host, the locked-down child included."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]
import pytest
from sqlalchemy import func, select

from quantdesk.core.backtest.brief import FILLS, POINTS
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.features.backtests import quick as quick_runs
from quantdesk.features.backtests.quick_host import QuickRuns
from quantdesk.features.backtests.quick_schemas import QUICK, QuickRun
from quantdesk.features.backtests.tables import BacktestRow
from quantdesk.features.jobs.handlers import Succeeded
from quantdesk.features.jobs.tables import JobRow
from quantdesk.features.market import service as instruments
from quantdesk.features.notebooks.host import KernelHost
from quantdesk.features.trials.tables import TrialRow
from quantdesk.kit.context import Context
from quantdesk.sandbox import warm
from tests.fakes.job_queue import RecordingQueue
from tests.fakes.made_bars import random_walk
from tests.features.backtests.test_backtest_routes import run
from tests.support.app import client_of, sign_in

pytestmark = [pytest.mark.timeout(120), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
URL = "/api/v1/backtests/quick"
SYMBOL, INDEX = "600519.SH", "900001.DEMO"
CROSS = """
from quantdesk.sdk import Strategy, param


class Cross(Strategy):
    fast: int = param(5)

    def on_start(self):
        print("begins with", self.fast)
        self.line = self.sma(self.fast)

    def on_bar(self, bar):
        if bar.close > self.line[0]:
            self.order_target_percent(bar.symbol, 0.9)
        else:
            self.order_target_percent(bar.symbol, 0)
"""
ENDLESS = """
from quantdesk.sdk import Strategy


class Endless(Strategy):
    def on_bar(self, bar):
        while True:
            pass
"""


@pytest.fixture(scope="module", autouse=True)
def zygote() -> Iterator[None]:
    """One for all tests here."""
    yield
    warm.stop()


@pytest.fixture
async def host(context: Context) -> AsyncIterator[None]:
    listening = asyncio.Event()
    quick = QuickRuns(context)
    running = asyncio.create_task(KernelHost(context, {QUICK: quick.serve}).run(listening.set))
    await listening.wait()
    assert await warm.ready()
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
def market(context: Context) -> Context:
    bars = [random_walk(SYMBOL, 2_400, seed=1), random_walk(INDEX, 2_400, seed=2, price=3000)]
    context.bars.merge(bars, source="demo", now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    return context


def body(code: str = CROSS, **changes: Any) -> dict[str, Any]:
    spec = {"symbols": [SYMBOL], "start": "2015-01-01", "end": "2023-12-31", "benchmark": INDEX, **changes}
    return {"code": code, "spec": spec}


async def quick(client: httpx.AsyncClient, *args: Any, **changes: Any) -> dict[str, Any]:
    answer = await client.post(URL, json=body(*args, **changes))
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


async def test_the_brief_report_tells_what_the_whole_one_does(
    market: Context, host: None, trader: httpx.AsyncClient, queue: RecordingQueue
) -> None:
    dividend = CorporateAction(SYMBOL, dt.date(2016, 6, 1), cash=Decimal("0.5"))
    async with market.database.unit(write=True) as uow:
        await instruments.store_actions(uow, [dividend], "test")
    brief = await quick(trader)
    assert brief["status"] == "ok", brief
    whole = await ordinary(market, trader)
    for name, value in brief["metrics"].items():
        if name in whole["metrics"]:
            assert value == whole["metrics"][name], name
    assert [brief["metrics"][name] for name in ("orders", "fills", "rejections")] == [
        len(whole[name]) for name in ("orders", "fills", "rejections")
    ]
    assert brief["fills"] == [
        {name: fill[name] for name in ("date", "symbol", "side", "price", "quantity")}
        for fill in whole["fills"][-FILLS:]
    ]
    assert sum(one["count"] for one in brief["refusals"]) == len(whole["rejections"])
    series, all_days = brief["series"], dict(zip(whole["series"]["date"], whole["series"]["equity"], strict=True))
    assert len(series["dates"]) <= POINTS < len(all_days)
    assert [all_days[day] for day in series["dates"]] == series["equity"]
    assert (min(series["equity"]), max(series["equity"])) == (min(all_days.values()), max(all_days.values()))
    assert min(series["drawdown"]) == whole["metrics"]["max_drawdown"]
    assert len(series["benchmark"]) == len(series["dates"])
    assert brief["logs"] == [{"level": "info", "text": "begins with 5"}]
    assert set(brief["seconds"]) == {"wait", "data", "run", "total"}


async def ordinary(context: Context, client: httpx.AsyncClient) -> dict[str, Any]:
    """Give the report of an ordinary backtest of the same."""
    made = await client.post("/api/v1/strategies", json={"name": "Cross", "code": CROSS})
    created = await client.post("/api/v1/backtests", json={"strategy_id": made.json()["id"], "spec": body()["spec"]})
    assert created.status_code == 202, created.text
    assert isinstance(await run(context, created.json()), Succeeded)
    report = await client.get(f"/api/v1/backtests/{created.json()['id']}/report")
    whole: dict[str, Any] = report.json()
    return whole


async def test_nothing_of_it_is_kept(
    market: Context, host: None, trader: httpx.AsyncClient, queue: RecordingQueue
) -> None:
    async with market.database.unit(write=False) as uow:
        before = [
            await uow.session.scalar(select(func.count()).select_from(t)) for t in (BacktestRow, JobRow, TrialRow)
        ]
    assert (await quick(trader))["status"] == "ok"
    async with market.database.unit(write=False) as uow:
        after = [await uow.session.scalar(select(func.count()).select_from(t)) for t in (BacktestRow, JobRow, TrialRow)]
    assert after == before
    for file in market.settings.home.rglob("*"):
        assert not file.is_file() or b"begins with" not in file.read_bytes(), file


async def test_an_error_comes_with_its_line_and_what_was_printed(
    market: Context, host: None, trader: httpx.AsyncClient
) -> None:
    failed = await quick(trader, CROSS.replace("self.order_target_percent(bar.symbol, 0)", "1 / 0"))
    assert (failed["status"], failed["error"]["type"], failed["error"]["line"]) == ("failed", "ZeroDivisionError", 16)
    assert failed["error"]["source_line"] == "1 / 0"
    assert failed["logs"][0]["text"] == "begins with 5"
    failed = await quick(trader, "class Cross(\n")
    assert (failed["status"], failed["error"]["type"]) == ("failed", "SyntaxError")
    failed = await quick(trader, "x = 1\n")
    assert (failed["status"], failed["error"]["type"]) == ("failed", "NoStrategyError")


async def test_files_beside_the_main_one_are_imported_and_named_in_errors(
    market: Context, host: None, trader: httpx.AsyncClient
) -> None:
    files = [{"path": "signals/cross.py", "text": "def share(bar, line):\n    return 0.9 if bar.close > line else 0\n"}]
    code = CROSS.replace("from quantdesk", "from signals.cross import share\nfrom quantdesk", 1)
    code = code[: code.index("        if bar.close")] + (
        "        self.order_target_percent(bar.symbol, share(bar, self.line[0]))\n"
    )
    answer = await trader.post(URL, json={**body(code), "files": files})
    assert answer.json()["metrics"] == (await quick(trader))["metrics"]
    broken = [{**files[0], "text": "def share(bar, line):\n    return 1 / 0\n"}]
    failed = (await trader.post(URL, json={**body(code), "files": broken})).json()["error"]
    assert (failed["file"], failed["line"], failed["type"]) == ("signals/cross.py", 2, "ZeroDivisionError")
    answer = await trader.post(URL, json={**body(code), "files": [{"path": "../x.py", "text": ""}]})
    assert (answer.status_code, answer.json()["code"]) == (422, "strategy_files_refused")


async def test_a_newer_run_takes_the_place_of_the_older_one_of_the_same_owner_only(
    market: Context, host: None, app: Any, trader: httpx.AsyncClient
) -> None:
    _, token = await sign_in(market, "other", "trader")
    endless = asyncio.create_task(quick(trader, ENDLESS))
    async with client_of(app, token=token) as other:
        assert (await quick(other))["status"] == "ok"
    await running_children(1)
    assert not endless.done()
    assert (await quick(trader))["status"] == "ok"
    ended = await endless
    assert (ended["status"], ended["reason"]) == ("stopped", "cancelled")
    assert "newer" in ended["message_en"]
    assert "取代" in ended["message_zh"]


async def test_the_child_has_no_files_no_network_and_no_programs(
    market: Context, host: None, trader: httpx.AsyncClient
) -> None:
    key = market.settings.home / "run"
    code = f"""
import ctypes, os, socket
from quantdesk.sdk import Strategy

def told(name, attempt):
    try:
        attempt()
    except OSError as error:
        print(name, type(error).__name__)
    else:
        print(name, "done")

told("passwd", lambda: open("/etc/passwd"))
told("home", lambda: os.listdir({str(key)!r}))
told("write", lambda: open("here", "w"))
told("socket", lambda: socket.socket())
told("unix", lambda: socket.socket(socket.AF_UNIX))
told("fork", os.fork)
told("signal", lambda: os.kill(os.getppid(), 0))
print(sorted(os.environ))

class S(Strategy):
    def on_bar(self, bar):
        pass
"""
    report = await quick(trader, code)
    assert report["status"] == "ok", report
    lines = [line["text"] for line in report["logs"]]
    assert [line.split()[1] for line in lines[:7]] == ["PermissionError"] * 7, lines
    assert "QD_" not in lines[7]


async def test_a_memory_bomb_is_told_in_words(market: Context, host: None, trader: httpx.AsyncClient) -> None:
    bomb = CROSS.replace('print("begins with", self.fast)', "self.x = bytearray(64 << 30)")
    failed = await quick(trader, bomb)
    assert (failed["status"], failed["error"]["type"]) == ("failed", "MemoryError")
    assert "MB" in failed["error"]["message"]


async def test_what_cannot_be_run_is_refused_before(market: Context, host: None, trader: httpx.AsyncClient) -> None:
    many = [f"{number:06}.SZ" for number in range(1, 22)]
    cases = [
        (body(symbols=many), "payload_invalid"),
        (body(symbols=["600000.SH"]), "symbols_without_bars"),
        (body(params={"slow": 3}), "bad_parameters"),
    ]
    for payload, code in cases:
        answer = await trader.post(URL, json=payload)
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_without_a_host_it_is_said_how_one_is_started(market: Context, trader: httpx.AsyncClient) -> None:
    answer = await trader.post(URL, json=body())
    assert (answer.status_code, answer.json()["code"]) == (503, "kernels_away")
    assert "quantdesk up" in answer.json()["detail"]


async def test_an_asker_that_leaves_ends_the_run(market: Context, host: None) -> None:
    """Over the host's socket, as the API's connection is when a page closes its request."""
    gone = asyncio.Event()

    async def leaves() -> None:
        await gone.wait()

    async def asked(code: str) -> str:
        request = QuickRun.model_validate(body(code))
        report = await quick_runs.run(market, "owner", request, leaves())
        return report.root.status

    endless = asyncio.create_task(asked(ENDLESS))
    children = await running_children(1)
    gone.set()
    assert await endless == "stopped"
    assert await running_children(0) != children


async def running_children(count: int) -> set[int]:
    """Wait until so many processes run a strategy for this process."""
    async with asyncio.timeout(30):
        while True:
            found = {
                one.pid
                for one in psutil.Process().children(recursive=True)
                if one.name() == "quantdesk-run" and one.status() != psutil.STATUS_ZOMBIE
            }
            if len(found) == count:
                return found
            await asyncio.sleep(0.05)
