"""What all processes of this machine know of the hosts they ask: pace, breaker, requests of today, cached answers."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from quantdesk.ports.data_source import Answer, HostHealth
from quantdesk.ports.errors import SourceError, SourceKind

log = logging.getLogger(__name__)

_SHANGHAI = dt.timezone(dt.timedelta(hours=8))
_OF_THE_HOST: frozenset[SourceKind] = frozenset(("unreachable", "timeout", "rate_limited", "banned", "page"))
"""Failures that say something of the host; others are of one answer, and show that the host does answer."""
_TABLES = """
CREATE TABLE IF NOT EXISTS host (
    name TEXT PRIMARY KEY, full_at REAL NOT NULL DEFAULT 0, day TEXT NOT NULL DEFAULT '',
    requests INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0, rest REAL NOT NULL DEFAULT 0,
    open_until REAL, probe_until REAL, last_success REAL, error_at REAL, error_kind TEXT, error TEXT
);
CREATE TABLE IF NOT EXISTS cache (
    asked TEXT PRIMARY KEY, url TEXT NOT NULL, fetched_at REAL NOT NULL, used_at REAL NOT NULL,
    headers TEXT NOT NULL, body BLOB NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """How a host is treated. The defaults are slow on purpose: users report bans after ten calls in two minutes."""

    interval_s: float = 2.0
    """Seconds between two requests."""
    burst: int = 1
    """Requests at once after a pause."""
    per_day: int = 2000
    """Requests a day of Asia/Shanghai."""
    failures: int = 5
    """Failures in a row that open the breaker; a ban and a 429 that names its time open it at once."""
    rest_s: float = 60.0
    """For so long the breaker stays open; twice as long after each probe that fails."""
    ban_rest_s: float = 3600.0
    longest_rest_s: float = 6 * 3600.0
    probe_s: float = 120.0
    """A probe that said nothing for so long is given up; another may go."""


@dataclass(slots=True)
class _Host:
    name: str
    full_at: float = 0.0
    """When the token bucket will be full again (GCRA's theoretical arrival time)."""
    day: str = ""
    requests: int = 0
    failures: int = 0
    rest: float = 0.0
    open_until: float | None = None
    probe_until: float | None = None
    last_success: float | None = None
    error_at: float | None = None
    error_kind: SourceKind | None = None
    error: str | None = None


class SourceState:
    """A small SQLite file, which makes every step one transaction over processes and safe from a kill.

    A file that is no database any more is set aside and begun anew: only counts and cached answers are lost.
    """

    def __init__(
        self,
        path: Path,
        limits: Limits = Limits(),
        *,
        clock: Callable[[], float] = time.time,
        cache_bytes: int = 64 << 20,
    ) -> None:
        """`clock` gives seconds since the epoch, the same for all processes; the file's folder must exist."""
        self._path = path
        self._limits = limits
        self._clock = clock
        self._cache_bytes = cache_bytes

    def admit(self, source: str, host: str) -> float:
        """Take the host's next turn and count it; give the seconds to wait for it.

        Raise SourceError `resting` while its breaker is open, `ceiling` when today's requests are used up.
        """
        now = self._clock()
        with self._host(host) as it:
            if it.open_until is not None:
                busy = max(it.open_until, it.probe_until or 0.0)
                if now < busy:
                    raise SourceError(
                        source,
                        "resting",
                        f"{host} failed ({it.error_kind}) and is left alone until {_clock_time(busy)}",
                        retry_after=busy - now,
                    )
                it.probe_until = now + self._limits.probe_s
            today = _day(now)
            if it.day != today:
                it.day, it.requests = today, 0
            if it.requests >= self._limits.per_day:
                raise SourceError(
                    source,
                    "ceiling",
                    f"{host} has had its {self._limits.per_day} requests of {today}; go on tomorrow, or raise "
                    "QD_SOURCES__REQUESTS_PER_DAY",
                    retry_after=_midnight(now) - now,
                )
            it.requests += 1
            slack = (self._limits.burst - 1) * self._limits.interval_s
            # A clock that was set back must not silence the host for hours.
            far = now + slack + 600 * max(self._limits.interval_s, 1)
            due = max(now, it.full_at if it.full_at < far else 0.0)
            it.full_at = due + self._limits.interval_s
            return max(0.0, due - slack - now)

    def succeeded(self, host: str) -> None:
        """Note that the host gave what was asked for; its breaker closes."""
        with self._host(host) as it:
            it.failures, it.rest, it.open_until, it.probe_until = 0, 0.0, None, None
            it.last_success = self._clock()

    def failed(self, host: str, error: SourceError) -> None:
        """Note a failure; when the host is at fault often enough, or says so, its breaker opens."""
        now = self._clock()
        with self._host(host) as it:
            it.error_at, it.error_kind, it.error = now, error.kind, str(error)[:500]
            if error.kind not in _OF_THE_HOST:
                it.failures, it.rest, it.open_until, it.probe_until = 0, 0.0, None, None
                return
            it.failures += 1
            probed = it.open_until is not None
            wished = error.retry_after if error.kind == "rate_limited" else None
            if not (probed or wished or error.kind == "banned" or it.failures >= self._limits.failures):
                return
            if wished:
                it.rest = min(wished, 24 * 3600.0)
            else:
                least = self._limits.ban_rest_s if error.kind == "banned" else self._limits.rest_s
                it.rest = min(max(least, 2 * it.rest), self._limits.longest_rest_s)
            it.open_until = now + it.rest
            it.probe_until = None

    def health(self, hosts: Iterable[str]) -> list[HostHealth]:
        """Give how each of these hosts has been."""
        now = self._clock()
        found: list[HostHealth] = []
        for name in hosts:
            with self._host(name, write=False) as it:
                state = "closed" if it.open_until is None else "open" if now < it.open_until else "half_open"
                found.append(
                    HostHealth(
                        host=name,
                        state=state,  # type: ignore[arg-type]  # one of three literals
                        open_until=_instant(it.open_until),
                        last_success=_instant(it.last_success),
                        last_error_at=_instant(it.error_at),
                        last_error_kind=it.error_kind,
                        last_error=it.error,
                        requests_today=it.requests if it.day == _day(now) else 0,
                        ceiling=self._limits.per_day,
                    )
                )
        return found

    def cached(self, asked: str) -> Answer | None:
        """Give the answer kept for this question, if there is one."""
        with self._connect() as connection:
            row = connection.execute(
                "UPDATE cache SET used_at = ? WHERE asked = ? RETURNING url, fetched_at, headers, body",
                (self._clock(), asked),
            ).fetchone()
        if row is None:
            return None
        fetched_at = dt.datetime.fromtimestamp(row[1], dt.UTC)
        return Answer(row[0], 200, json.loads(row[2]), row[3], fetched_at, asked)

    def is_of_today(self, answer: Answer) -> bool:
        """Say whether the answer is of this day of Asia/Shanghai."""
        return _day(answer.fetched_at.timestamp()) == _day(self._clock())

    def keep(self, answer: Answer) -> None:
        """Keep the answer; those not used for longest make room for it."""
        if len(answer.body) > self._cache_bytes // 4:
            return
        now = self._clock()
        with self._connect() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO cache VALUES (?, ?, ?, ?, ?, ?)",
                (answer.asked, answer.url, now, now, json.dumps(dict(answer.headers)), answer.body),
            )
            size = connection.execute("SELECT sum(length(body)) FROM cache").fetchone()[0]
            for asked, length in connection.execute(
                "SELECT asked, length(body) FROM cache ORDER BY used_at"
            ).fetchall():
                if size <= self._cache_bytes:
                    break
                connection.execute("DELETE FROM cache WHERE asked = ?", (asked,))
                size -= length

    def confirmed(self, answer: Answer) -> Answer:
        """Note that the server says that a kept answer still holds (304)."""
        now = self._clock()
        with self._connect() as connection:
            connection.execute("UPDATE cache SET fetched_at = ? WHERE asked = ?", (now, answer.asked))
        return replace(answer, fetched_at=dt.datetime.fromtimestamp(now, dt.UTC))

    def forget(self, asked: Iterable[str]) -> None:
        """Drop these answers."""
        with self._connect() as connection:
            connection.executemany("DELETE FROM cache WHERE asked = ?", [(one,) for one in asked])

    def now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self._clock(), dt.UTC)

    @contextmanager
    def _host(self, name: str, *, write: bool = True) -> Iterator[_Host]:
        """Give the host's row, and store what became of it; also when the block raises SourceError."""
        with self._connect() as connection:
            row = connection.execute("SELECT * FROM host WHERE name = ?", (name,)).fetchone()
            host = _Host(*row) if row else _Host(name)
            try:
                yield host
            finally:
                if write:
                    values = [getattr(host, field) for field in _Host.__slots__]
                    marks = ", ".join("?" * len(values))
                    connection.execute(f"INSERT OR REPLACE INTO host VALUES ({marks})", values)  # noqa: S608 - only marks
                    connection.commit()

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction of its own: a connection must not cross a fork or a thread."""
        connection = self._open()
        try:
            yield connection
            connection.commit()
        finally:
            connection.close()

    def _open(self) -> sqlite3.Connection:
        for attempt in range(2):
            connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
            try:
                connection.execute("PRAGMA synchronous = NORMAL")
                if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'cache'").fetchone():
                    connection.executescript(_TABLES)
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("SELECT count(*) FROM host").fetchone()
                return connection
            except sqlite3.OperationalError:  # locked for half a minute, or a full disk: no sign of a broken file
                connection.close()
                raise
            except sqlite3.DatabaseError as error:
                connection.close()
                if attempt:
                    raise
                log.warning("%s is broken (%s); it is set aside and begun anew", self._path, error)
                with contextlib.suppress(FileNotFoundError):
                    self._path.replace(self._path.with_suffix(".broken"))
        raise AssertionError("unreachable: the second attempt returns or raises")


def _day(at: float) -> str:
    return dt.datetime.fromtimestamp(at, _SHANGHAI).date().isoformat()


def _midnight(at: float) -> float:
    day = dt.datetime.fromtimestamp(at, _SHANGHAI).date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(), _SHANGHAI).timestamp()


def _clock_time(at: float) -> str:
    return f"{dt.datetime.fromtimestamp(at, _SHANGHAI):%Y-%m-%d %H:%M}"


def _instant(at: float | None) -> dt.datetime | None:
    return None if at is None else dt.datetime.fromtimestamp(at, dt.UTC)
