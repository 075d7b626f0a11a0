"""`quantdesk up` as a person meets it: start, outages, stop, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.stack.stack_support import FAST, Person, Stack, running_stack, wait_for

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240), pytest.mark.xdist_group("up")]
ROLES = ("redis", "api", "worker", "beat", "kernels")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("up") / "home", QD_LOG__LEVEL="DEBUG", **FAST) as stack:
        yield stack


@pytest.fixture(scope="module")
def person(stack: Stack) -> Iterator[Person]:
    person = Person(stack)
    yield person
    person.close()


def command(stack: Stack, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "quantdesk.cli", *arguments],
        env=stack.environment | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def records(text: str) -> list[dict[str, Any]]:
    """Give the JSON lines of a log."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def gone(processes: list[psutil.Process]) -> bool | None:
    return True if not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes) else None


def test_it_answers_and_its_home_is_closed_to_others(stack: Stack) -> None:
    answer = httpx.get(f"http://127.0.0.1:{stack.port}/ready")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "failed": []})
    for path in (stack.home, *(stack.home / name for name in ("run", "logs", "redis", "secrets"))):
        assert path.stat().st_mode & 0o077 == 0, path
    assert (stack.home / "run" / "redis.sock").stat().st_mode & 0o077 == 0


def test_a_second_start_on_the_same_home_says_who_runs(stack: Stack) -> None:
    answer = command(stack, "up", "--no-page")
    assert answer.returncode == 1
    assert stack.process is not None
    assert f"process {stack.process.pid}, at http://127.0.0.1:{stack.port}" in answer.stderr
    assert command(stack, "status").stdout.startswith(f"QuantDesk runs at http://127.0.0.1:{stack.port}")


def test_a_busy_port_is_one_clear_line(stack: Stack, tmp_path: Path) -> None:
    answer = command(stack, "up", "--no-page", QD_HOME=str(tmp_path / "other"))
    assert answer.returncode == 1
    assert answer.stderr.strip().splitlines() == [
        f"Error: port {stack.port} on 127.0.0.1 is in use: stop that program, or set QD_API__PORT to a free port"
    ]


@pytest.mark.parametrize("role", ROLES)
def test_what_dies_is_started_again(stack: Stack, role: str) -> None:
    stack.kill(role)

    def ready() -> bool | None:
        try:
            return True if httpx.get(f"http://127.0.0.1:{stack.port}/ready").status_code == 200 else None
        except httpx.TransportError:
            return None

    wait_for(ready, "readiness")
    assert f"{role} was ended by SIGKILL; starting it again" in stack.said()


def test_the_doctor_finds_all_well(stack: Stack) -> None:
    def well() -> dict[str, Any] | None:
        report: dict[str, Any] = json.loads(command(stack, "doctor", "--json").stdout)
        failed = [check for check in report["checks"] if check["status"] == "failed" and check["name"] != "page"]
        return None if failed else report

    report = wait_for(well, "a doctor without findings")
    assert {"database", "migrations", "redis", "workers", "beat", "sandbox"} <= {c["name"] for c in report["checks"]}


def test_a_request_id_follows_the_job_into_the_worker(stack: Stack, person: Person) -> None:
    welcome = wait_for(lambda: person.ask("GET", "/jobs")["items"] or None, "the welcome job")[-1]
    assert person.ended(welcome["id"])["state"] == "succeeded"
    request_id = welcome["request_id"]
    access = [record for record in records(stack.log("api")) if record.get("request_id") == request_id]
    assert any(record["event"] == "request" and record["status"] == 201 for record in access)

    def followed() -> set[str] | None:
        events = {r["event"] for r in records(stack.log("worker")) if r.get("request_id") == request_id}
        return events if {"job started", "job log", "job ended"} <= events else None

    wait_for(followed, "the request id in the worker's log")


def test_the_metrics_tell_requests_jobs_and_workers(stack: Stack, person: Person) -> None:
    def told() -> str | None:
        text = person.text("/metrics")
        return text if "quantdesk_workers 1.0" in text and "quantdesk_beat_age_seconds" in text else None

    text = wait_for(told, "the worker and beat in the metrics")
    assert 'quantdesk_http_requests_total{method="POST",operation="setup",status="201"} 1.0' in text
    assert 'quantdesk_jobs{state="succeeded"}' in text
    assert 'quantdesk_queue_depth{queue="backtest"}' in text
    assert "quantdesk_worker_heartbeat_age_seconds{" in text


def test_down_stops_all_and_the_next_start_finds_everything(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "home")
    stack.start()
    token = stack.setup_token()
    processes = stack.children()
    assert len(processes) >= len(ROLES) - 1
    assert command(stack, "down").stdout == "QuantDesk has stopped.\n"
    assert stack.process is not None
    assert stack.process.wait(10) == 0
    assert gone(processes)
    log = tmp_path / "home" / "redis" / "appendonly.aof"
    log.write_bytes(log.read_bytes() + b"*3\r\n$3\r\nSET\r\n$1")  # a power cut in the middle of a write
    stack.start()
    assert stack.setup_token() == token
    assert stack.stop() == 0


def test_a_killed_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "home")
    stack.start()
    processes = stack.children()
    assert stack.process is not None
    os.kill(stack.process.pid, signal.SIGKILL)
    stack.process.wait()
    wait_for(lambda: gone(processes), "the end of all processes", seconds=20)


def test_a_damaged_redis_log_is_set_aside(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "redis"
    folder.mkdir(parents=True)
    (folder / "appendonly.aof").write_bytes(b"*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\nthis is no log\r\n")
    with running_stack(tmp_path / "home") as stack:
        assert "its log was damaged and is set aside" in stack.said()
    assert len(list(folder.glob("appendonly.broken-*.aof"))) == 1


def test_a_database_that_was_left_half_migrated_is_one_clear_line(tmp_path: Path) -> None:
    import sqlite3

    home = tmp_path / "home"
    home.mkdir()
    with sqlite3.connect(home / "quantdesk.db") as database:
        database.execute("CREATE TABLE users (id TEXT)")
    answer = command(Stack(home), "up", "--no-page")
    assert answer.returncode == 1
    lines = [line for line in answer.stderr.splitlines() if line.startswith("Error:")]
    assert len(lines) == 1
    assert "a migration was cut off" in lines[0]


def test_a_database_that_is_away_is_one_clear_line_without_the_password(tmp_path: Path) -> None:
    url = "postgresql+asyncpg://desk:hunter2@127.0.0.1:1/desk"
    answer = command(Stack(tmp_path / "home", QD_DATABASE__URL=url), "up", "--no-page")
    assert answer.returncode == 1
    assert "Error: the database postgresql+asyncpg://desk:***@127.0.0.1:1/desk cannot be used" in answer.stderr
    assert "hunter2" not in answer.stderr + answer.stdout
