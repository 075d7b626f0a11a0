"""Quotes in a SQLite file of their own, a ring of days."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import aiosqlite

from quantdesk.adapters.quote_store.common import (
    FIGURES,
    day_of,
    figures,
    milliseconds,
    minutes_of,
    quote_of,
    require_sound,
)
from quantdesk.core.bars.frame import Bars
from quantdesk.ports.quote_store import Quote

_FIGURES = (*FIGURES, "source")
_COLUMNS = f"symbol, at, {', '.join(_FIGURES)}"
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS quotes (
    day INTEGER NOT NULL, symbol TEXT NOT NULL, at INTEGER NOT NULL, {", ".join(_FIGURES)},
    PRIMARY KEY (day, symbol, at)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS latest (symbol TEXT PRIMARY KEY, at INTEGER NOT NULL, {", ".join(_FIGURES)}) WITHOUT ROWID;
"""
_MARKS = ", ".join("?" * (2 + len(_FIGURES)))
_INTO_QUOTES = f"INTO quotes VALUES (?, {_MARKS})"
_NEWER = ", ".join(f"{name} = excluded.{name}" for name in ("at", *_FIGURES))
_INTO_LATEST = (
    f"INSERT INTO latest VALUES ({_MARKS}) "  # noqa: S608 - marks and our own names
    f"ON CONFLICT DO UPDATE SET {_NEWER} WHERE excluded.at >= latest.at"
)
_ASKED_AT_ONCE = 500


class SqliteQuoteStore:
    """See the port. A crash of the machine may lose the last quotes: the next ones are seconds away."""

    def __init__(self, path: Path, *, days: int = 5) -> None:
        """Keep the quotes of the newest `days` calendar days in Shanghai, and of each symbol the newest one."""
        if days < 1:
            raise ValueError(f"days is {days}; keep at least 1")
        self._path = path
        self._days = days
        self._connection: aiosqlite.Connection | None = None
        self._lock = asyncio.Lock()

    async def write(self, quotes: Sequence[Quote]) -> None:
        rows = {(row := _row(quote))[:3]: row for quote in quotes}
        if not rows:
            return
        async with self._lock:
            connection = await self._open()
            await connection.execute("BEGIN IMMEDIATE")
            try:
                async with connection.execute("SELECT max(day) FROM quotes") as found:
                    (newest,) = await found.fetchone() or (None,)
                last = max(day for day, _, _ in rows)
                oldest = max(last, newest or last) - self._days + 1
                kept = [row for key, row in sorted(rows.items()) if key[0] >= oldest]
                await connection.executemany(f"INSERT OR REPLACE {_INTO_QUOTES}", kept)
                await connection.executemany(_INTO_LATEST, [row[1:] for row in kept])
                await connection.execute("DELETE FROM quotes WHERE day < ?", (oldest,))
                await connection.execute("COMMIT")
            except BaseException:
                await connection.execute("ROLLBACK")
                raise

    async def latest(self, symbols: Sequence[str]) -> dict[str, Quote]:
        found = {}
        for first in range(0, len(symbols), _ASKED_AT_ONCE):
            part = symbols[first : first + _ASKED_AT_ONCE]
            marks = ", ".join("?" * len(part))
            query = f"SELECT {_COLUMNS} FROM latest WHERE symbol IN ({marks})"  # noqa: S608 - only marks
            for row in await self._rows(query, tuple(part)):
                found[row[0]] = _quote(row)
        return found

    async def quotes(self, symbol: str, day: dt.date) -> list[Quote]:
        query = f"SELECT {_COLUMNS} FROM quotes WHERE day = ? AND symbol = ? ORDER BY at"  # noqa: S608 - our own names
        return [_quote(row) for row in await self._rows(query, (day.toordinal(), symbol))]

    async def minutes(self, symbol: str, day: dt.date) -> Bars:
        return minutes_of(symbol, await self.quotes(symbol, day))

    async def close(self) -> None:
        async with self._lock:
            if self._connection is not None:
                await self._connection.close()
                self._connection = None

    async def _rows(self, query: str, values: tuple[Any, ...]) -> Iterable[Any]:
        async with self._lock:  # on this connection a read within a write would see half of it
            return await (await self._open()).execute_fetchall(query, values)

    async def _open(self) -> aiosqlite.Connection:
        if self._connection is None:
            connection = await aiosqlite.connect(self._path, timeout=30, isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
                await connection.execute(f"PRAGMA {pragma}")
            await connection.executescript(_SCHEMA)
            self._connection = connection
        return self._connection


def _row(quote: Quote) -> tuple[Any, ...]:
    require_sound(quote)
    return (day_of(quote.at), quote.symbol, milliseconds(quote.at), *figures(quote), quote.source)


def _quote(row: Any) -> Quote:
    symbol, at, *values, source = row
    return quote_of(symbol, at, values, source)
