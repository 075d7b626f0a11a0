"""The worker is killed in the middle of a refresh of 300 stocks; the store is as if nothing had happened.

`QD_REFRESH_KILLS` (3) sets the number of kills; the acceptance asks for 20.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.core.bars.frame import COLUMNS
from quantdesk.core.refresh.days import over_at
from quantdesk.kit.clock import today
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


def contents(home: Path) -> dict[str, dict[str, bytes]]:
    store = ParquetBarStore(home / "bars")
    found = {}
    for symbol in SYMBOLS:
        bars = store.read(symbol, "1d")
        assert bars is not None, symbol
        found[symbol] = {name: getattr(bars, name).tobytes() for name in COLUMNS}
    return found


def test_a_refresh_survives_kills_of_its_worker(tmp_path: Path) -> None:
    day = today()
    killed, calm = tmp_path / "killed", tmp_path / "calm"
    for home in (killed, calm):
        seed(home, day)
    with bar_server(day, seconds=0.05) as (url, asked):
        patched = environment(tmp_path / "patch", url)
        settings = FAST | patched | {"QD_JOBS__MAX_ATTEMPTS": str(KILLS + 5)}
        with running_stack(killed, **settings) as stack:
            person = Person(stack)
            for welcome in wait_for(lambda: person.ask("GET", "/jobs")["items"] or None, "the welcome job"):
                person.ended(welcome["id"])
            made = person.ask("POST", "/data/refreshes", {})
            assert made["counts"]["pending"] == len(SYMBOLS)

            def done() -> int:
                counts: dict[str, int] = person.ask("GET", f"/data/refreshes/{made['id']}")["counts"]
                assert counts["failed"] == 0, counts
                return counts["done"] + counts["unchanged"]

            for kill in range(KILLS):
                goal = (kill + 1) * len(SYMBOLS) // (KILLS + 2)
                wait_for(lambda goal=goal: done() >= goal or None, f"{goal} of {len(SYMBOLS)} symbols")  # type: ignore[misc]
                assert person.job(made["job"]["id"])["state"] == "running", "it was killed in the middle"
                stack.kill("worker")
            job = person.ended(made["job"]["id"])
            assert job["state"] == "succeeded", job
            print(f"{KILLS} kills: {job['attempt']} starts, asked {dict(Counter(asked.values()))} times")
            assert job["attempt"] > KILLS
            assert done() == len(SYMBOLS)
            person.close()
        assert set(asked) == set(SYMBOLS)
        assert max(asked.values()) <= 2
        subprocess.run(
            [sys.executable, "-m", "quantdesk.cli", "data", "refresh"],
            env={**os.environ, **patched, "QD_HOME": str(calm), "QD_SOURCES__ONLINE": "false"},
            check=True,
            timeout=200,
        )
    assert contents(killed) == contents(calm)
