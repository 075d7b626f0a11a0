"""What the bar store's contract tests run in processes of their own.

Started as: python FILE TASK WHERE ARGS…, with what `spec` of tests/support/bar_places.py says.
"""

from __future__ import annotations

import datetime as dt
import os
import sys

import numpy as np

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.core.bars.frame import Bars
from tests.support.bar_places import opened

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
SYMBOLS = [f"60{n:04d}.SH" for n in range(8)]


def bars(symbol: str, price: float, rows: int = 20, start: str = "2024-01-01") -> Bars:
    """Daily bars that all have one price, so that a mixture of two writes shows."""
    values = np.full(rows, price)
    return Bars(
        symbol=symbol,
        interval="1d",
        time=np.datetime64(start) + np.arange(rows),
        open=values,
        high=values,
        low=values,
        close=values,
        volume=values * 100,
        amount=values * 1000,
        preclose=values,
        suspended=np.zeros(rows, dtype=np.bool_),
        is_st=np.zeros(rows, dtype=np.bool_),
    )


def write_days(store: ParquetBarStore, first: int) -> None:
    """Insert every other day of one symbol, one call each, from the first or the second on."""
    for day in range(first, 40, 2):
        start = str(np.datetime64("2024-01-01") + day)
        store.merge([bars("600000.SH", 1.0 + day, 1, start)], source=f"writer{first}", now=NOW)


def write_generations(store: ParquetBarStore, count: int) -> None:
    """Rewrite all symbols again and again, each time with another price and one row more."""
    for generation in range(1, count + 1):
        store.merge([bars(s, float(generation), generation) for s in SYMBOLS], source="writer", now=NOW)


def write_forever(store: ParquetBarStore) -> None:
    """Rewrite all symbols until killed."""
    generation = 0
    while True:
        generation += 1
        store.merge([bars(s, float(generation), 400) for s in SYMBOLS], source="writer", now=NOW)
        print(generation, flush=True)


def write_and_compact_forever(store: ParquetBarStore) -> None:
    """Correct all symbols again and again, in segments, and fold them into base files now and then, until killed."""
    generation = 0
    while True:
        generation += 1
        now = NOW + dt.timedelta(seconds=generation)
        store.merge([bars(s, float(generation)) for s in SYMBOLS], source=f"g{generation}", now=now)
        print(generation, flush=True)
        if generation % 3 == 0:
            store.compact(fully=True)


def compact_often(store: ParquetBarStore, times: int) -> None:
    """Add a day to all symbols and fold, so often."""
    for day in range(times):
        start = str(np.datetime64("2024-01-21") + day)
        store.merge([bars(s, 1.0, 1, start) for s in SYMBOLS], source="writer", now=NOW + dt.timedelta(days=day))
        store.compact(fully=True)


def stop_before_commit(store: ParquetBarStore) -> None:
    """Write everything but the last step, say so, and wait to be killed while holding the lock."""

    def hang(*_: object) -> None:
        print("written, not committed", flush=True)
        sys.stdin.read()

    os.replace = hang  # type: ignore[assignment]
    store.merge([bars(s, 99.0) for s in SYMBOLS], source="dying", now=NOW)


if __name__ == "__main__":
    task, where, *arguments = sys.argv[1:]
    globals()[task](opened(where), *map(int, arguments))
