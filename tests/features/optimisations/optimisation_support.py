"""What the tests of optimisations share: a market, a strategy that is fast to run, and a worker in this process."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx

from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.runner import JobRunner
from quantdesk.kit.context import Context
from quantdesk_worker.handlers import find_handler
from tests.fakes.job_queue import RecordingQueue
from tests.fakes.made_bars import random_walk

URL = "/api/v1/optimisations"
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
SYMBOL = "600001.DEMO"
CODE = """import backtrader as bt


class Crossing(bt.Strategy):
    params = (
        ("fast", 5),     # 快线 [2, 20]
        ("slow", 20),    # 慢线 [5, 60]
        ("kind", "sma"), # 均线 {sma, ema}
    )

    def __init__(self):
        if self.p.fast == 13:
            raise ValueError("thirteen")
        self.fast = bt.indicators.SMA(self.data.close, period=self.p.fast)
        self.slow = bt.indicators.SMA(self.data.close, period=self.p.slow)

    def next(self):
        if self.fast[0] > self.slow[0] and not self.position:
            self.order_target_percent(target=0.9)
        elif self.fast[0] < self.slow[0] and self.position:
            self.close()
"""


def fill(context: Context) -> None:
    """Store two years of bars of a stock and an index."""
    index = random_walk("900001.DEMO", 500, seed=9, start="2020-01-01", price=3000)
    context.bars.merge([random_walk(SYMBOL, 500, seed=1, start="2020-01-01"), index], source="demo", now=NOW)


async def strategy(client: httpx.AsyncClient, code: str = CODE) -> str:
    answer = await client.post("/api/v1/strategies", json={"name": "均线", "code": code})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def ints(low: int, high: int, step: int = 1) -> dict[str, Any]:
    return {"kind": "int", "low": low, "high": high, "step": step}


def body(strategy_id: str, **changes: Any) -> dict[str, Any]:
    """A grid of six points over sixteen months, unless changed."""
    spec = {"symbols": [SYMBOL], "start": "2020-03-02", "end": "2021-06-30", **changes.pop("spec", {})}
    return {
        "strategy_id": strategy_id,
        "spec": spec,
        "ranges": {"fast": ints(4, 8, 2), "slow": ints(15, 25, 10)},
        "search": {"kind": "grid"},
        **changes,
    }


async def create(client: httpx.AsyncClient, request: dict[str, Any], key: str | None = None) -> dict[str, Any]:
    answer = await client.post(URL, json=request, headers={"Idempotency-Key": key} if key else {})
    assert answer.status_code == 202, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def get(client: httpx.AsyncClient, optimisation_id: str, part: str = "") -> dict[str, Any]:
    answer = await client.get(f"{URL}/{optimisation_id}{part}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


class Workers:
    """Some workers on this loop, with the real handlers: what is enqueued is delivered to them."""

    def __init__(self, context: Context, queue: RecordingQueue, count: int = 2) -> None:
        self.runners = [JobRunner(context, find_handler) for _ in range(count)]
        self._queue = queue

    async def work(self, job_id: str) -> None:
        """Deliver jobs until this one has been run to an end, by the first worker."""
        async with self.working(job_id):
            pass

    @asynccontextmanager
    async def working(self, job_id: str) -> AsyncIterator[None]:
        """Run this job while the body runs, and then wait for its end."""
        hearing = [asyncio.create_task(runner.hear_cancels_forever()) for runner in self.runners]
        main = asyncio.create_task(self.runners[0].run(job_id))
        helping = [asyncio.create_task(self._help(runner, main)) for runner in self.runners[1:]]
        try:
            async with asyncio.timeout(180):
                yield
                await asyncio.gather(main, *helping)
        finally:
            for task in (main, *helping, *hearing):
                task.cancel()
            await asyncio.gather(main, *helping, *hearing, return_exceptions=True)

    async def _help(self, runner: JobRunner, main: asyncio.Task[None]) -> None:
        while not main.done():
            if self._queue.enqueued:
                await runner.run(self._queue.enqueued.pop(0).job_id)
            await asyncio.sleep(0.02)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(120):
        while not await condition():  # noqa: ASYNC110 - what is waited for is in a database
            await asyncio.sleep(0.1)


async def until_done(client: httpx.AsyncClient, optimisation_id: str, count: int) -> None:
    """Wait until so many runs have ended."""

    async def enough() -> bool:
        return bool((await get(client, optimisation_id))["done"] >= count)

    await until(enough)


async def parts(context: Context, job_id: str) -> list[jobs.Part]:
    async with context.database.unit(write=False) as uow:
        return await jobs.parts(uow, job_id)
