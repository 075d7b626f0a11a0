"""Backtest engines side by side: one strategy, the same bars, one core, each engine in a process of its own.

The strategy holds 95 % of equity, in whole shares, while the 10-day average is above the 30-day one; orders are filled
at the next open; 0.03 % of turnover each way. Peers are the dependency group `peers`; QD_PEERS_PYTHON names the
interpreter that has them (`uv pip install --group peers`), by default the one that runs this.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.backtest_child import Seen, measure
from benchmarks.backtest_market import expected, save, walk
from benchmarks.rows import Peer, Row, median

DAYS, STOCKS, SOME = 2_500, 1_000, 100
PEERS = os.environ.get("QD_PEERS_PYTHON", sys.executable)
TOLERANCE = 1e-6
ONE, MANY = DAYS, DAYS * STOCKS
GRID = 1_000


@dataclass(frozen=True, slots=True)
class Engine:
    """What is measured, and what is then known of it."""

    name: str
    found: Seen | str
    """A string says why there are no figures."""
    bars: int

    @property
    def seen(self) -> Seen | None:
        return None if isinstance(self.found, str) else self.found

    @property
    def speed(self) -> float | None:
        return None if self.seen is None else self.bars / median(self.seen.seconds)


def run() -> list[Row]:
    """Measure peers and ourselves in turns, pinned to one core."""
    with tempfile.TemporaryDirectory() as folder, one_core():
        bench = Bench(Path(folder))
        return [*bench.events(), *bench.backtrader(), *bench.vectorised(), *bench.grid()]


@contextmanager
def one_core() -> Iterator[None]:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Bench:
    def __init__(self, folder: Path) -> None:
        one, some, many = walk(DAYS, 1), walk(DAYS, SOME), walk(DAYS, STOCKS)
        self.equity = expected(one)
        self.arrays = sum(values.nbytes for values in many.values())
        self.one, self.some, self.many = (folder / f"{name}.npz" for name in ("one", "some", "many"))
        for path, columns in ((self.one, one), (self.some, some), (self.many, many)):
            save(path, columns)
            save(by_stock(path), {name: np.ascontiguousarray(values.T) for name, values in columns.items()})

    def events(self) -> list[Row]:
        """Engines that call the strategy's Python a bar."""
        peers = [
            self.peer("backtrader", "with_backtrader", self.one, ONE, 3),
            self.peer("backtesting.py", "with_backtesting", self.one, ONE, 9),
            self.peer("nautilus_trader", "with_nautilus", self.one, ONE, 5),
            self.peer("akquant", "with_akquant", self.one, ONE, 9),
        ]
        best = fastest(peers)
        plain = self.ours("event engine", self.one, ONE, 15, WAY="event", RULES="off")
        ruled = self.ours("event engine, all rules on", self.one, ONE, 15, WAY="event")
        some = self.ours(f"event engine, all rules on, {SOME} stocks", self.some, DAYS * SOME, 3, WAY="event")
        return [
            *(self.row(peer) for peer in peers),
            self.row(plain, aim=400_000, peer=best),
            self.row(ruled, aim=400_000, peer=best, compare=False),
            self.row(some, aim=400_000, peer=best, compare=False),
        ]

    def backtrader(self) -> list[Row]:
        """Plain Backtrader, and our broker under the same strategy, with Backtrader from our environment."""
        plain = Engine("plain Backtrader", measure("peers.with_backtrader", self.one, 5), ONE)
        ours = self.ours("Backtrader on our broker, all rules on", self.one, ONE, 5, WAY="backtrader")
        if plain.seen is None or ours.seen is None:
            return [self.row(ours)]
        times = median(ours.seen.seconds) / median(plain.seen.seconds)
        return [
            self.row(ours, compare=False),
            Row(
                "Backtrader on our broker: time of plain Backtrader's",
                times,
                "×",
                1.3,
                peer=Peer("plain Backtrader", 1),
            ),
        ]

    def vectorised(self) -> list[Row]:
        """Many stocks at once: the first result of a new process, the next ones, and memory."""
        one = self.peer("vectorbt, one stock", "with_vectorbt", self.one, ONE, 9)
        peers = [
            self.peer(f"vectorbt, {STOCKS:,} stocks", "with_vectorbt", self.many, MANY, 5),
            self.peer(
                f"vectorbt with its Rust engine, {STOCKS:,} stocks", "with_vectorbt", self.many, MANY, 5,
                VECTORBT_ENGINE="rust",
            ),
        ]  # fmt: skip
        best = fastest(peers)
        single = self.ours("vector engine, one stock", self.one, ONE, 15, WAY="vector", RULES="off")
        self.ours("vector engine", self.some, DAYS * SOME, 0, WAY="single")  # fills the cache of compiled code
        name = f"vector engine, all rules on, {STOCKS:,} stocks"
        warm = self.ours(name, self.many, MANY, 9, WAY="laid_out")
        whole = self.ours(f"{name}, bars laid out anew", self.many, MANY, 3, WAY="single")
        report = self.ours(f"{name}, with the report of all orders", self.many, MANY, 1, WAY="vector")
        rows = [
            self.row(one),
            self.row(single, peer=fastest([one])),
            *(self.row(peer, compare=False) for peer in peers),
            self.row(warm, aim=15_000_000, peer=best, compare=False),
            self.row(whole, peer=best, compare=False),
            self.row(report, compare=False),
        ]
        first = min((peer.seen.first for peer in peers if peer.seen), default=None)
        memory = min((peer.seen.peak / self.arrays for peer in peers if peer.seen), default=None)
        if whole.seen is not None:
            rows += [
                Row(
                    f"{name}: first result of a new process",
                    whole.seen.first,
                    "s",
                    2.0,
                    peer=None if first is None else Peer("vectorbt", first),
                ),
                Row(
                    f"{name}: memory over that of the price arrays",
                    whole.seen.peak / self.arrays,
                    "×",
                    3.0,
                    peer=None if memory is None else Peer("vectorbt", memory),
                ),
            ]
        return rows

    def grid(self) -> list[Row]:
        """A thousand pairs of averages on one stock."""
        rust = {"VECTORBT_ENGINE": "rust"}
        peers = [
            self.peer("vectorbt", "with_vectorbt", self.one, GRID, 3, GRID="1"),
            self.peer("vectorbt with its Rust engine", "with_vectorbt", self.one, GRID, 3, GRID="1", **rust),
        ]
        ours = self.ours("vector engine", self.one, GRID, 3, WAY="grid")
        best = fastest(peers)
        return [
            Row(
                f"grid of {GRID:,} pairs of averages on one stock, all rules on",
                None if ours.speed is None else GRID / ours.speed,
                "s",
                1.0,
                peer=None if best is None else Peer(best.name, GRID / best.value),
                note=ours.found if isinstance(ours.found, str) else "",
            )
        ]

    def peer(self, name: str, module: str, bars: Path, count: int, runs: int, **environment: str) -> Engine:
        return Engine(name, measure(f"peers.{module}", bars, runs, PEERS, **environment), count)

    def ours(self, name: str, bars: Path, count: int, runs: int, **environment: str) -> Engine:
        return Engine(name, measure("backtest_ours", by_stock(bars), runs, **environment), count)

    def row(self, engine: Engine, aim: float | None = None, peer: Peer | None = None, *, compare: bool = True) -> Row:
        """Give an engine's speed; where `compare`, its final equity must be what the rules give."""
        seen = engine.found
        if isinstance(seen, str):
            note = seen
        else:
            note = f"{seen.version}; first result after {seen.first:.1f} s, {seen.peak / 1e6:.0f} MB"
            if compare:
                apart = abs(seen.equity / self.equity - 1)
                note += f"; final equity {seen.equity:,.2f}" + ("" if apart <= TOLERANCE else f", off by {apart:.1e}")
        return Row(engine.name, engine.speed, "bars/s", aim, "higher", peer, note)


def by_stock(path: Path) -> Path:
    """Name the file of the same bars with each stock's together, as our store gives them; peers get days together."""
    return path.with_suffix(".stocks.npz")


def fastest(engines: list[Engine]) -> Peer | None:
    found = [(engine.speed, engine.name) for engine in engines if engine.speed is not None]
    if not found:
        return None
    speed, name = max(found)
    return Peer(name, speed)
