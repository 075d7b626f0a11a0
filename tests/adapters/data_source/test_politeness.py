"""Pace, breaker, ceiling and cache of the hosts, over processes and restarts. The clock is ours; no answer is real."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from quantdesk.adapters.data_source.http_watch import recording
from quantdesk.adapters.data_source.polite import Polite, retry_after
from quantdesk.adapters.data_source.reading import Reader
from quantdesk.adapters.data_source.state import Limits, SourceState
from quantdesk.ports.data_source import Answer
from quantdesk.ports.errors import SourceError
from tests.adapters.data_source.making import UNHURRIED, polite
from tests.support.source_server import Reply, SourceServer, source_server

__all__ = ["source_server"]

HOST = "example.test"
NOON = dt.datetime(2024, 1, 2, 12, tzinfo=dt.timezone(dt.timedelta(hours=8))).timestamp()


class Clock:
    def __init__(self, at: float = NOON) -> None:
        self.at = at
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.at += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def failure(kind: Any = "timeout", wait: float | None = None) -> SourceError:
    return SourceError("test", kind, "as the test wants it", retry_after=wait)


def refused(state: SourceState) -> SourceError:
    with pytest.raises(SourceError) as caught:
        state.admit("test", HOST)
    return caught.value


def ask(guest: Polite, url: str = f"https://{HOST}/x", *, same_day: bool = False) -> Answer:
    reader = Reader("test")
    with recording(guest, "test", lambda answer: reader.whole(answer) and None, same_day=same_day) as record:
        requests.get(url)  # noqa: S113 - the point: no timeout of its own
    return record.answers[0]


def test_requests_take_turns_and_an_idle_host_may_be_asked_in_a_burst(tmp_path: Path, clock: Clock) -> None:
    limits = Limits(interval_s=2, burst=2)
    first, second = (SourceState(tmp_path / "s.db", limits, clock=clock) for _ in range(2))
    waits = [state.admit("test", HOST) for state in (first, second, first, second)]
    assert waits == [0, 0, 2, 4]
    assert first.admit("test", "other.test") == 0  # each host has its own bucket
    clock.at += 100
    assert first.admit("test", HOST) == 0


def _take(path: str, turns: int, results: Any) -> None:
    state = SourceState(Path(path), Limits(interval_s=3, per_day=10_000), clock=lambda: NOON)
    for _ in range(turns):
        results.put(state.admit("test", HOST))


def test_the_bucket_is_one_for_all_processes_and_threads(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    processes = [context.Process(target=_take, args=(str(tmp_path / "s.db"), 25, results)) for _ in range(4)]
    for process in processes:
        process.start()
    waits = sorted(results.get(timeout=60) for _ in range(100))
    for process in processes:
        process.join(30)
    assert waits == [3.0 * turn for turn in range(100)]  # each turn was given once
    state = SourceState(tmp_path / "s.db", Limits(interval_s=3), clock=lambda: NOON)
    with ThreadPoolExecutor(8) as pool:
        more = sorted(pool.map(lambda _: state.admit("test", HOST), range(40)))
    assert more == [3.0 * turn for turn in range(100, 140)]
    assert state.health([HOST])[0].requests_today == 140


def test_the_days_requests_end_at_the_ceiling_and_come_back_at_midnight_in_shanghai(
    tmp_path: Path, clock: Clock
) -> None:
    limits = Limits(interval_s=0, per_day=3)
    for _ in range(3):
        SourceState(tmp_path / "s.db", limits, clock=clock).admit("test", HOST)
    error = refused(SourceState(tmp_path / "s.db", limits, clock=clock))
    assert (error.kind, error.retry_after) == ("ceiling", 12 * 3600)
    assert "QD_SOURCES__REQUESTS_PER_DAY" in str(error)
    clock.at += 12 * 3600
    state = SourceState(tmp_path / "s.db", limits, clock=clock)
    assert state.admit("test", HOST) == 0
    assert state.health([HOST])[0].requests_today == 1


def test_the_breaker_opens_after_failures_in_a_row_and_one_probe_closes_it(tmp_path: Path, clock: Clock) -> None:
    limits = Limits(interval_s=0, failures=3, rest_s=60, probe_s=20)
    state, other = (SourceState(tmp_path / "s.db", limits, clock=clock) for _ in range(2))
    state.failed(HOST, failure())
    state.failed(HOST, failure("unreachable"))
    state.succeeded(HOST)
    for _ in range(3):
        assert state.admit("test", HOST) == 0
        state.failed(HOST, failure())
    assert refused(other).kind == "resting"
    assert (health := other.health([HOST])[0]).state == "open"
    assert health.open_until == dt.datetime.fromtimestamp(NOON + 60, dt.UTC)
    clock.at += 60
    assert state.health([HOST])[0].state == "half_open"
    state.admit("test", HOST)
    assert refused(other).kind == "resting"  # one probe at a time
    state.succeeded(HOST)
    assert other.admit("test", HOST) == 0
    assert other.health([HOST])[0].state == "closed"


def test_each_failed_probe_doubles_the_rest_up_to_a_limit(tmp_path: Path, clock: Clock) -> None:
    limits = Limits(interval_s=0, failures=1, rest_s=60, longest_rest_s=200)
    state = SourceState(tmp_path / "s.db", limits, clock=clock)
    rests = []
    for _ in range(4):
        state.admit("test", HOST)
        state.failed(HOST, failure())
        rest = refused(state).retry_after
        assert rest is not None
        rests.append(rest)
        clock.at += rest
    assert rests == [60, 120, 200, 200]


def test_a_probe_whose_process_died_does_not_keep_the_host_away(tmp_path: Path, clock: Clock) -> None:
    state = SourceState(tmp_path / "s.db", Limits(interval_s=0, failures=1, rest_s=60, probe_s=20), clock=clock)
    state.failed(HOST, failure())
    clock.at += 60
    state.admit("test", HOST)  # and nothing more is heard of it
    refused(state)
    clock.at += 20
    assert state.admit("test", HOST) == 0


def test_a_ban_opens_the_breaker_at_once_for_an_hour_and_outlives_a_restart(tmp_path: Path, clock: Clock) -> None:
    SourceState(tmp_path / "s.db", clock=clock).failed(HOST, failure("banned"))
    error = refused(SourceState(tmp_path / "s.db", clock=clock))
    assert (error.kind, error.retry_after) == ("resting", 3600)
    assert "banned" in str(error)
    assert "2024-01-02 13:00" in str(error)


def test_what_is_wrong_with_an_answer_is_no_failure_of_its_host(tmp_path: Path, clock: Clock) -> None:
    state = SourceState(tmp_path / "s.db", Limits(interval_s=0, failures=1), clock=clock)
    for kind in ("wrong_symbol", "changed", "truncated", "encoding", "units"):
        state.failed(HOST, failure(kind))
    assert state.admit("test", HOST) == 0
    assert state.health([HOST])[0].last_error_kind == "units"


def test_a_short_retry_after_is_waited_for_and_a_long_one_rests_the_host(
    tmp_path: Path, clock: Clock, source_server: SourceServer
) -> None:
    waits = iter(["7", "5000"])
    answers = iter([True, False, True])
    source_server.script = lambda url, posted: (
        Reply(b"slow", 429, {"Retry-After": next(waits)}) if next(answers) else Reply(b"data")
    )
    guest = polite(tmp_path / "s.db", clock=clock, sleep=clock.sleep)
    assert ask(guest).body == b"data"
    assert clock.naps == [7.0]
    with pytest.raises(SourceError) as caught:
        ask(guest)
    assert (caught.value.kind, caught.value.retry_after) == ("rate_limited", 5000)
    assert clock.naps == [7.0]  # not slept for: the next source is asked instead
    assert refused(SourceState(tmp_path / "s.db", UNHURRIED, clock=clock)).retry_after == 5000


def test_the_pauses_between_tries_double_and_are_spread(
    tmp_path: Path, clock: Clock, source_server: SourceServer
) -> None:
    source_server.script = lambda url, posted: Reply(b"", 503)
    with pytest.raises(SourceError) as caught:
        ask(polite(tmp_path / "s.db", clock=clock, sleep=clock.sleep, tries=4))
    assert caught.value.kind == "unreachable"
    assert len(source_server.asked) == 4
    first, second, third = clock.naps
    assert 1 <= first <= 2 <= second <= 4 <= third <= 8
    assert len({round(nap, 6) for nap in clock.naps} & {1.0, 2.0, 4.0}) == 0


def test_a_byte_now_and_then_does_not_keep_a_worker(tmp_path: Path, source_server: SourceServer) -> None:
    source_server.script = lambda url, posted: Reply(b"x" * 1000, stall_s=0.1, after=1)
    with pytest.raises(SourceError) as caught:
        ask(polite(tmp_path / "s.db", tries=1, deadline_s=0.05))
    assert caught.value.kind == "timeout"


def test_an_answer_without_end_is_not_read_to_it(tmp_path: Path, source_server: SourceServer) -> None:
    source_server.script = lambda url, posted: Reply(b"x" * 300_000)
    with pytest.raises(SourceError) as caught:
        ask(polite(tmp_path / "s.db", largest=100_000))
    assert caught.value.kind == "invalid"


def test_what_the_server_confirms_is_not_sent_again(tmp_path: Path, clock: Clock, source_server: SourceServer) -> None:
    def script(url: str, posted: bytes) -> Reply:
        same = source_server.headers[-1].get("if-none-match") == '"v1"'
        return Reply(b"" if same else b"data", 304 if same else 200, {"ETag": '"v1"'})

    source_server.script = script
    first = ask(polite(tmp_path / "s.db", clock=clock))
    clock.at += 100
    again = ask(polite(tmp_path / "s.db", clock=clock))
    assert (again.body, again.status) == (first.body, 200)
    assert again.fetched_at - first.fetched_at == dt.timedelta(seconds=100)
    assert len(source_server.asked) == 2


def test_an_answer_for_the_day_is_asked_for_once_a_day(
    tmp_path: Path, clock: Clock, source_server: SourceServer
) -> None:
    source_server.script = lambda url, posted: Reply(str(len(source_server.asked)).encode())
    guest = polite(tmp_path / "s.db", clock=clock)
    assert [ask(guest, same_day=True).body for _ in range(3)] == [b"1", b"1", b"1"]
    guest.refuse([ask(guest, same_day=True)], failure("units"))
    assert ask(guest, same_day=True).body == b"2"
    clock.at += 13 * 3600
    assert ask(guest, same_day=True).body == b"3"
    assert ask(guest).body == b"4"  # and what does not hold for a day is always asked


def test_the_cache_keeps_its_size_and_what_was_used_last(tmp_path: Path, clock: Clock) -> None:
    state = SourceState(tmp_path / "s.db", clock=clock, cache_bytes=1000)
    for at in range(6):
        clock.at += 1
        state.keep(Answer("u", 200, {}, bytes(240), state.now(), f"q{at}"))
        assert state.cached("q0") is not None  # used again and again
    assert [at for at in range(6) if state.cached(f"q{at}")] == [0, 3, 4, 5]
    state.keep(Answer("u", 200, {}, bytes(900), state.now(), "large"))
    assert state.cached("large") is None


@pytest.mark.parametrize("garbage", [b"garbage " * 1000, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_broken_file_is_set_aside_and_begun_anew(tmp_path: Path, clock: Clock, garbage: bytes) -> None:
    path = tmp_path / "s.db"
    path.write_bytes(garbage)
    state = SourceState(path, Limits(interval_s=2), clock=clock)
    assert [state.admit("test", HOST) for _ in range(2)] == [0, 2]
    assert (tmp_path / "s.broken").read_bytes() == garbage


def test_a_file_broken_in_the_middle_of_use_does_not_stop_the_work(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "s.db"
    state = SourceState(path, Limits(interval_s=0), clock=clock)
    state.admit("test", HOST)
    path.write_bytes(b"\x00" * 8192)
    assert state.admit("test", HOST) == 0
    assert state.health([HOST])[0].requests_today == 1


def test_a_clock_set_back_does_not_silence_a_host(tmp_path: Path, clock: Clock) -> None:
    SourceState(tmp_path / "s.db", Limits(interval_s=1), clock=lambda: NOON + 10_000_000).admit("test", HOST)
    assert SourceState(tmp_path / "s.db", Limits(interval_s=1), clock=clock).admit("test", HOST) == 0


def test_a_full_or_locked_disk_is_no_broken_file(tmp_path: Path) -> None:
    missing = SourceState(tmp_path / "no" / "folder" / "s.db")
    with pytest.raises(sqlite3.OperationalError):
        missing.admit("test", HOST)


def test_only_the_watched_calls_are_touched(tmp_path: Path, source_server: SourceServer) -> None:
    source_server.script = lambda url, posted: Reply(b"", 503)
    assert requests.get(f"https://{HOST}/y", timeout=5).status_code == 503
    assert len(source_server.asked) == 1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("120", 120), ("0", 0), (None, None), ("soon", None), ("-5", None), ("Tue, 02 Jan 2024 04:00:30 GMT", 30),
     ("Mon, 01 Jan 2024 04:00:30 GMT", 0), ("9" * 40, 999_999_999)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(text: str | None, seconds: float | None) -> None:
    assert retry_after(text, dt.datetime.fromtimestamp(NOON, dt.UTC)) == seconds
