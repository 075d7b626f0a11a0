"""A run leaves reports, rows, logs and events, and in none of them a line of the strategy's code."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import httpx
import pytest

from quantdesk.features.backtests.tasks import BacktestHandler
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.handlers import Failed, Outcome, Succeeded
from quantdesk.features.jobs.running import RunningJob
from quantdesk.kit.context import Context
from tests.fakes.made_bars import random_walk

MARK = "zebra_marker"
CODE = f"""import backtrader as bt
import traceback, warnings


class Mine(bt.Strategy):
    def next(self):
        {MARK} = len(self.data)
        if {MARK} == 3:
            warnings.warn("look here")
            try:
                {MARK} / 0
            except ZeroDivisionError:
                traceback.print_exc()
        if not self.position:
            self.buy(size=100)
        FAIL
"""


async def run(client: httpx.AsyncClient, context: Context, code: str) -> Outcome:
    strategy = (await client.post("/api/v1/strategies", json={"name": "a", "code": code})).json()
    spec = {"symbols": ["600001.DEMO"], "start": "2020-03-02", "end": "2021-06-30"}
    body = {"strategy_id": strategy["id"], "spec": spec}
    made = (await client.post("/api/v1/backtests", json=body)).json()
    async with context.database.unit() as uow:
        row = await jobs.claim(uow, context, made["job"]["id"])
    assert row is not None
    assert row.lease_token is not None
    job = RunningJob(
        context, id=row.id, kind="backtest", owner_id=row.owner_id, attempt=1, payload={}, subject_id=row.subject_id
    )
    outcome = await BacktestHandler().run(job)
    async with context.database.unit() as uow:
        await jobs.finish(uow, context, row.id, row.lease_token, outcome)
    return outcome


def holding(folder: Path) -> list[str]:
    found = []
    for path in (path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if data.startswith(b"\x1f\x8b"):
            data = gzip.decompress(data)
        if MARK.encode() in data:
            found.append(path.name)
    return found


@pytest.mark.parametrize("fails", [False, True])
async def test_a_run_that_warns_prints_a_traceback_and_fails_leaves_no_line_of_code(
    trader: httpx.AsyncClient, context: Context, fails: bool
) -> None:
    bars = random_walk("600001.DEMO", 500, seed=1, start="2020-01-01")
    context.bars.merge([bars], source="demo", now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    code = CODE.replace("FAIL", f"{MARK} = {MARK} / 0" if fails else "pass")
    outcome = await run(trader, context, code)
    assert isinstance(outcome, Failed if fails else Succeeded)
    assert holding(context.settings.home) == []
    events = [str(await context.redis.dump(key)) async for key in context.redis.scan_iter("*")]
    assert MARK not in "".join(events)
