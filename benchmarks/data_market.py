"""The made market that data stores are measured on: 800 stocks over 14 years, as qlib's own benchmark has it.

The same bars go into a store of ours and into a folder of qlib's, whose floats are half as wide.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.core.bars.frame import Bars

STOCKS, DAYS = 800, 3_400
FIELDS = ("open", "high", "low", "close", "volume")
START, END = dt.date(2010, 1, 4), dt.date(2030, 1, 1)
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
CALENDAR = np.busday_offset(np.datetime64(START), np.arange(DAYS), roll="forward")


def symbol(number: int) -> str:
    return f"{600000 + number}.SH"


def bars(number: int, days: slice = slice(None), calendar: np.ndarray = CALENDAR) -> Bars:
    """Give a seeded random walk; some stocks are listed later than others."""
    rng = np.random.default_rng(number)
    count = len(calendar)
    close = np.round(20 * np.exp(np.cumsum(rng.normal(0, 0.02, count))), 2) + 0.01
    opening = np.round(close * np.exp(rng.normal(0, 0.01, count)), 2)
    volume = np.floor(rng.lognormal(13, 1, count) / 100) * 100
    none = np.zeros(count, np.bool_)
    return Bars(
        symbol=symbol(number),
        interval="1d",
        time=calendar,
        open=opening,
        high=np.maximum(opening, close) * 1.01,
        low=np.minimum(opening, close) * 0.99,
        close=close,
        volume=volume,
        amount=np.round(volume * close, 2),
        preclose=np.concatenate((close[:1], close[:-1])),
        suspended=none,
        is_st=none,
    ).take(days)


def market() -> Iterator[Bars]:
    for number in range(STOCKS):
        yield bars(number, slice(number % 4 * 300, None))


def write_store(root: Path) -> None:
    ParquetBarStore(root).merge(list(market()), source="made", now=NOW)


def write_qlib(root: Path) -> None:
    """Write the folder that qlib reads: a text of days, one of instruments, float32 after its start's number."""
    (root / "calendars").mkdir(parents=True)
    (root / "instruments").mkdir()
    (root / "calendars" / "day.txt").write_text("\n".join(CALENDAR.astype(str)) + "\n")
    lines = []
    for one in market():
        code, exchange = one.symbol.split(".")
        folder = root / "features" / f"{exchange}{code}".lower()
        folder.mkdir(parents=True)
        start = int(np.searchsorted(CALENDAR, one.time[0]))
        for name in FIELDS:
            values = np.concatenate(([start], getattr(one, name))).astype("<f4")
            (folder / f"{name}.day.bin").write_bytes(values.tobytes())
        lines.append(f"{exchange}{code}\t{one.time[0]}\t{one.time[-1]}")
    (root / "instruments" / "all.txt").write_text("\n".join(lines) + "\n")
