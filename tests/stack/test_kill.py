"""Processes are killed at random moments; each job still ends once, in the right state, with its result.

`QD_KILL_ROUNDS` (6) sets the number of rounds, `QD_KILL_SEED` repeats the moments of a run.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.stack.stack_support import FAST, Person, Stack, running_stack, wait_for

ROUNDS = int(os.environ.get("QD_KILL_ROUNDS", "6"))
SEED = int(os.environ.get("QD_KILL_SEED", str(time.time_ns() % 1_000_000)))
VICTIMS = ("worker", "api", "redis")
SPEC = {
    "symbols": ["600001.DEMO", "000001.DEMO", "300001.DEMO"],
    "start": "2018-01-02",
    "end": "2023-12-29",
    "benchmark": "900001.DEMO",
}
pytestmark = [pytest.mark.stack, pytest.mark.timeout(120 + 60 * ROUNDS)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("kill") / "home", **FAST) as stack:
        yield stack


@pytest.fixture(scope="module")
def person(stack: Stack) -> Iterator[Person]:
    """Has the demo market and the example strategy, which the set-up makes."""
    person = Person(stack)
    for job in wait_for(lambda: person.ask("GET", "/jobs")["items"] or None, "the welcome job"):
        assert person.ended(job["id"])["state"] == "succeeded"
    yield person
    person.close()


def ends_told(stack: Stack) -> Counter[str]:
    """Count the ends that the event bus tells, by job."""
    told: Counter[str] = Counter()
    with redis.Redis(unix_socket_path=str(stack.home / "run" / "redis.sock"), decode_responses=True) as client:
        for _id, fields in client.xrange("qd:events"):
            event = json.loads(fields["body"])
            if fields["topic"].startswith("jobs.user.") and event["job"]["state"] in (
                "succeeded",
                "failed",
                "cancelled",
            ):
                told[event["job"]["id"]] += 1
    return told


def stored_reports(home: Path) -> dict[str, str]:
    with sqlite3.connect(home / "quantdesk.db") as database:
        return dict(database.execute("SELECT job_id, report_key FROM backtests WHERE report_key IS NOT NULL"))


def test_each_job_ends_once_whatever_is_killed(stack: Stack, person: Person) -> None:
    strategy = person.ask("GET", "/strategies")["items"][0]["id"]
    chance = random.Random(SEED)  # noqa: S311 - moments, not secrets
    ended: dict[str, str] = {}
    print(f"QD_KILL_SEED={SEED}")
    for number in range(ROUNDS):
        victim = VICTIMS[number % len(VICTIMS)]
        cancels = chance.random() < 0.2
        made = [person.ask("POST", "/backtests", {"strategy_id": strategy, "spec": SPEC}) for _ in range(3)]
        time.sleep(chance.uniform(0, 2.5))  # the moment of the kill is what varies
        stack.kill(victim)
        if cancels:
            person.ask("POST", f"/jobs/{made[-1]['job']['id']}/cancel", but=409)  # it may have ended
        for backtest in made:
            job = person.ended(backtest["job"]["id"])
            expected = {"succeeded", "cancelled"} if cancels and backtest is made[-1] else {"succeeded"}
            assert job["state"] in expected, f"round {number}, {victim} killed: {job}"
            ended[job["id"]] = job["state"]
            if job["state"] == "succeeded":
                report = person.ask("GET", f"/backtests/{backtest['id']}/report")
                assert report["metrics"]["total_return"] is not None
                assert len(report["series"]["equity"]) == len(report["series"]["date"]) > 1000
        print(f"round {number + 1}: {victim} killed, {Counter(person.job(b['job']['id'])['attempt'] for b in made)}")
    reports = stored_reports(stack.home)
    for job_id, state in ended.items():
        assert person.job(job_id)["state"] == state, "a job moved after its end"
        assert (job_id in reports) == (state == "succeeded")
    assert all(count <= 1 for job_id, count in ends_told(stack).items()), "a job ended twice"
