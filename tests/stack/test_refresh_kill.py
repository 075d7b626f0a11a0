"""The worker is killed in the middle of a refresh of 300 stocks, indices and tables; the store is as if it were not.

`QD_REFRESH_KILLS` (3) sets the number of kills; the acceptance asks for 20.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.bootstrap import build_context
from quantdesk.core.bars.frame import COLUMNS
from quantdesk.core.refresh.datasets import DAYS_BACK, INDICES
from quantdesk.core.refresh.days import over_at
from quantdesk.core.tables.specs import TABLES
from quantdesk.features.datasets import service as datasets
from quantdesk.features.market import service as market
from quantdesk.kit.clock import today
from quantdesk.settings import Settings
from tests.stack.refresh_source import SYMBOLS, bar_server, environment, market_bars
from tests.stack.stack_support import FAST, Person, running_stack, wait_for

KILLS = int(os.environ.get("QD_REFRESH_KILLS", "3"))
pytestmark = [pytest.mark.stack, pytest.mark.timeout(240 + 30 * KILLS)]


def seed(home: Path, day: dt.date) -> None:
    """Store the bars of each stock but the last ten days."""
    home.mkdir(mode=0o700)
    batch = [market_bars(symbol, day) for symbol in SYMBOLS]
    ParquetBarStore(home / "bars").merge(
        [bars.take(slice(0, -10)) for bars in batch], source="loopback", now=over_at(batch[0].time[-11].item())
    )


Contents = dict[str, dict[str, bytes]]


def bars_in(home: Path) -> Contents:
    store = ParquetBarStore(home / "bars")
    found = {}
    for symbol in (*SYMBOLS, *INDICES):
        bars = store.read(symbol, "1d")
        assert bars is not None, symbol
        found[symbol] = {name: getattr(bars, name).tobytes() for name in COLUMNS}
    return found


def tables_in(home: Path) -> dict[tuple[str, str], list[object]]:
    """Give the rows of each part of each table, and the corporate actions that came of them."""

    async def read() -> dict[tuple[str, str], list[object]]:
        context = build_context(Settings(home=home))
        try:
            async with context.database.unit(write=False) as uow:
                found = {
                    (name, part.partition): await datasets.rows(uow, context, name, part.partition)
                    for name in TABLES
                    for part in await datasets.partitions(uow, name)
                }
                actions = await market.actions_of(uow, SYMBOLS)
            return found | {("actions", symbol): list(mine) for symbol, mine in actions.items()}
        finally:
            await context.close()

    return asyncio.run(read())


def test_a_refresh_survives_kills_of_its_worker(tmp_path: Path) -> None:
    day = today()
    killed, calm = tmp_path / "killed", tmp_path / "calm"
    for home in (killed, calm):
        seed(home, day)
    with bar_server(day, seconds=0.03) as (url, asked):
        patched = environment(tmp_path / "patch", url)
        # A busy machine may keep a worker from its heartbeat for seconds; only our kills shall end a fetch.
        lease = {"QD_JOBS__LEASE_SECONDS": "6"}
        settings = FAST | patched | lease | {"QD_JOBS__MAX_ATTEMPTS": str(3 * KILLS + 5)}
        with running_stack(killed, **settings) as stack:
            person = Person(stack)
            for welcome in wait_for(lambda: person.ask("GET", "/jobs")["items"] or None, "the welcome job"):
                person.ended(welcome["id"])
            made = person.ask("POST", "/data/refreshes", {})
            total = made["counts"]["pending"]
            assert total == 2 * len(SYMBOLS) + len(INDICES) + 1 + DAYS_BACK

            def done() -> int:
                counts: dict[str, int] = person.ask("GET", f"/data/refreshes/{made['id']}")["counts"]
                assert counts["failed"] == 0, counts
                return counts["done"] + counts["unchanged"]

            for kill in range(KILLS):
                goal = (kill + 1) * total // (KILLS + 2)
                wait_for(lambda goal=goal: done() >= goal or None, f"{goal} of {total} items")  # type: ignore[misc]
                assert person.job(made["job"]["id"])["state"] == "running", "it was killed in the middle"
                stack.kill("worker")
            job = person.ended(made["job"]["id"])
            assert job["state"] == "succeeded", f"{job}\n{person.ask('GET', '/jobs/' + job['id'] + '/log')}"
            print(f"{KILLS} kills: {job['attempt']} starts, {total} items asked {dict(Counter(asked.values()))} times")
            assert job["attempt"] > KILLS
            assert done() == total
            person.close()
        assert len(asked) == total
        assert {symbol for dataset, symbol in asked if dataset == "stock_daily"} == set(SYMBOLS)
        assert max(asked.values()) <= 2
        subprocess.run(
            [sys.executable, "-m", "quantdesk.cli", "data", "refresh"],
            env={**os.environ, **patched, "QD_HOME": str(calm), "QD_SOURCES__ONLINE": "false"},
            check=True,
            timeout=200,
        )
    assert bars_in(killed) == bars_in(calm)
    assert tables_in(killed) == tables_in(calm)
