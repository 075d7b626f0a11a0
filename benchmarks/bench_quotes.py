"""Live quotes: 100,000 of them written through InfluxDB's client into the stand-in, and into the SQLite ring.

The stand-in (tests/fakes/influx.py, in a process of its own) parses each line strictly, in Python; a real server does
that faster, and writes to a disk besides.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.rows import Peer, Row, median
from quantdesk.adapters.quote_store.influx import InfluxQuoteStore
from quantdesk.adapters.quote_store.sqlite import SqliteQuoteStore
from quantdesk.ports.quote_store import Quote, QuoteStore
from tests.fakes.influx import ORG, TOKEN

ROOT = Path(__file__).resolve().parents[1]
SYMBOLS, SNAPSHOTS = 5_000, 20
RUNS = 3
AIM_S = 5.0


def run() -> list[Row]:
    quotes = made()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.influx"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        turn = iter(range(RUNS))
        influx = [
            asyncio.run(measure(quotes, lambda _: InfluxQuoteStore(url, TOKEN, org=ORG, bucket=f"run{next(turn)}")))
            for _ in range(RUNS)
        ]
        server.communicate()
    sqlite = [asyncio.run(measure(quotes, lambda path: SqliteQuoteStore(path))) for _ in range(RUNS)]
    written, ring = median([one[0] for one in influx]), median([one[0] for one in sqlite])
    read, ring_read = median([one[1] for one in influx]), median([one[1] for one in sqlite])
    count = f"{SYMBOLS * SNAPSHOTS:,}"
    return [
        Row(
            f"{count} quotes into InfluxDB by its client",
            written,
            "s",
            AIM_S,
            peer=Peer("SQLite ring", ring),
            note="against a stand-in, which parses in Python",
        ),
        Row(f"newest quote of {SYMBOLS:,} symbols from InfluxDB", read, "s", peer=Peer("SQLite ring", ring_read)),
    ]


def made() -> list[list[Quote]]:
    """Give snapshots of the whole market, three seconds apart, with all figures."""
    start = dt.datetime.combine(dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1), dt.time(1, 30), dt.UTC)
    symbols = [f"{number:06d}.SZ" for number in range(SYMBOLS)]
    found = []
    for turn in range(SNAPSHOTS):
        at = start + dt.timedelta(seconds=3 * turn)
        price = 10 + turn / 100
        found.append(
            [
                Quote(symbol, at, price, 10.0, price, 9.9, 9.95, 1e6 + place, 1e7, price - 0.01, price, "sina")
                for place, symbol in enumerate(symbols)
            ]
        )
    return found


async def measure(snapshots: list[list[Quote]], make: Callable[[Path], QuoteStore]) -> tuple[float, float]:
    """Give the seconds of writing all, and of reading the newest of each."""
    with tempfile.TemporaryDirectory(prefix="qdbench") as folder:
        store = make(Path(folder) / "quotes.db")
        symbols = [one.symbol for one in snapshots[0]]
        await store.latest(symbols[:1])  # connects
        began = time.perf_counter()
        for snapshot in snapshots:
            await store.write(snapshot)
        written = time.perf_counter()
        newest = await store.latest(symbols)
        read = time.perf_counter()
        assert len(newest) == len(symbols)
        assert newest[symbols[0]] == snapshots[-1][0]
        await store.close()
    return written - began, read - written
