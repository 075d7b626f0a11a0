"""Two finished backtests compared over HTTP, and one run again or compared on the command line."""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import replace

import httpx
import numpy as np
import pytest
from click.testing import CliRunner, Result

from quantdesk.cli.main import main
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.features.backtests import service
from quantdesk.features.jobs.handlers import Succeeded
from quantdesk.kit.context import Context
from quantdesk.settings import Settings
from tests.features.backtests.test_backtest_routes import NOW, SYMBOL, URL, create, market, run, strategy

__all__ = ["market"]


@pytest.fixture
def home_in_environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command line work on the test's own home and database."""
    monkeypatch.setenv("QD_HOME", str(settings.home))
    monkeypatch.setenv("QD_DATABASE__URL", settings.database_url)
    monkeypatch.setenv("QD_REDIS__URL", settings.redis_url)
    monkeypatch.setenv("QD_SOURCES__ONLINE", "false")


async def finished(client: httpx.AsyncClient, context: Context, strategy_id: str, **spec: object) -> str:
    made = await create(client, strategy_id, **spec)
    assert isinstance(await run(context, made), Succeeded)
    return str(made["id"])


async def quantdesk(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, main, ["backtest", *arguments])


async def test_a_report_has_its_analysis_badge_and_capsule(trader: httpx.AsyncClient, market: Context) -> None:
    id = await finished(trader, market, await strategy(trader), benchmark="900001.DEMO")
    report = BacktestResult.model_validate((await trader.get(f"{URL}/{id}/report")).json())
    assert report.capsule is not None
    assert report.analysis is not None
    assert report.capsule.code_sha256 == report.code_sha256
    assert report.analysis.attribution.total == report.metrics.final_equity - report.spec.cash
    assert sum(row.days for row in report.analysis.regimes.rows) == report.metrics.days
    assert {item.code for item in report.badge} >= {"survivorship"}


async def test_the_difference_of_two_backtests(trader: httpx.AsyncClient, market: Context) -> None:
    strategy_id = await strategy(trader)
    first = await finished(trader, market, strategy_id)
    second = await finished(trader, market, strategy_id, params={"fast": 5}, cash="500000")
    same = (await trader.get(f"{URL}/{first}/diff/{first}")).json()
    assert (same["identical"], same["orders"]["rows"]) == (True, [])
    answer = await trader.get(f"{URL}/{first}/diff/{second}")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["identical"], found["code"]["changed"]) == (False, False)
    assert {one["field"]: (one["a"], one["b"]) for one in found["settings"]} == {
        "params.fast": (None, "5"),
        "cash": ('"1000000"', '"500000"'),
    }
    assert found["fills"]["added"] + found["fills"]["changed"] > 0
    row = next(row for row in found["orders"]["rows"] if row["change"] == "added")
    assert (row["a"], row["b"]["symbol"]) == (None, SYMBOL)
    assert len(found["equity"]["date"]) == len(found["equity"]["difference"])


async def test_only_own_finished_backtests_are_compared(
    trader: httpx.AsyncClient, admin: httpx.AsyncClient, market: Context
) -> None:
    mine = await finished(trader, market, await strategy(trader))
    queued = (await create(trader, await strategy(trader)))["id"]
    early = await trader.get(f"{URL}/{mine}/diff/{queued}")
    assert (early.status_code, early.json()["code"]) == (409, "backtest_not_finished")
    for url in (f"{URL}/{mine}/diff/nothing", f"{URL}/nothing/diff/{mine}"):
        answer = await trader.get(url)
        assert (answer.status_code, answer.json()["code"]) == (404, "backtest_not_found")
    theirs = await admin.get(f"{URL}/{mine}/diff/{mine}")
    assert (theirs.status_code, theirs.json()["code"]) == (404, "backtest_not_found")


@pytest.mark.usefixtures("home_in_environment")
async def test_a_backtest_run_again_gives_the_same_bytes(trader: httpx.AsyncClient, market: Context) -> None:
    id = await finished(trader, market, await strategy(trader))
    done = await quantdesk("rerun", id)
    assert done.exit_code == 0, done.output
    report = BacktestResult.model_validate((await trader.get(f"{URL}/{id}/report")).json())
    assert report.capsule is not None
    assert done.stdout.startswith(f"identical  {report.capsule.result_sha256}")


@pytest.mark.usefixtures("home_in_environment")
async def test_changed_bars_are_named_when_it_is_run_again(trader: httpx.AsyncClient, market: Context) -> None:
    id = await finished(trader, market, await strategy(trader))
    bars = market.bars.read(SYMBOL, "1d")
    assert bars is not None
    row = int(np.searchsorted(bars.time, np.datetime64("2020-09-01")))
    day = bars.take(slice(row, row + 1))
    dearer = replace(day, open=day.high + 1, high=day.high + 1, close=day.high + 1)
    market.bars.merge([dearer], source="test", now=NOW)
    done = await quantdesk("rerun", id)
    assert done.exit_code == 1
    assert "changed data data:" in done.stdout
    assert "first difference in series row" in done.stdout


@pytest.mark.usefixtures("home_in_environment")
async def test_a_report_that_was_changed_after_the_run_is_told(trader: httpx.AsyncClient, market: Context) -> None:
    id = await finished(trader, market, await strategy(trader))
    key = service.report_key(id)
    report = json.loads(gzip.decompress(await market.blobs.get(key)))
    report["series"]["equity"][-1] *= 2
    await market.blobs.put(key, gzip.compress(json.dumps(report).encode()), content_type="application/gzip")
    done = await quantdesk("rerun", id)
    assert done.exit_code == 1
    assert "was changed after the run" in done.stdout
    assert "first difference in series" in done.stdout


@pytest.mark.usefixtures("home_in_environment")
async def test_the_command_line_shows_a_difference(trader: httpx.AsyncClient, market: Context) -> None:
    strategy_id = await strategy(trader)
    first = await finished(trader, market, strategy_id)
    second = await finished(trader, market, strategy_id, params={"fast": 5})
    done = await quantdesk("diff", first, second)
    assert done.exit_code == 1, done.output
    assert "setting params.fast: - -> 5" in done.stdout
    assert "code: the same" in done.stdout
    assert "final_equity" in done.stdout
    same = await quantdesk("diff", first, first)
    assert (same.exit_code, same.stdout) == (0, "no difference\n")
    assert json.loads((await quantdesk("diff", first, second, "--json")).stdout)["identical"] is False


@pytest.mark.usefixtures("home_in_environment")
async def test_an_unknown_backtest_is_refused_on_the_command_line(market: Context) -> None:
    done = await quantdesk("rerun", "01NOTHING")
    assert done.exit_code == 1
    assert "there is no backtest 01NOTHING" in done.output
