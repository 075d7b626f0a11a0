"""The same product on servers: PostgreSQL and a Redis that is not ours."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.stack.stack_support import FAST, Person, running_stack, wait_for
from tests.stack.test_kill import SPEC

pytestmark = [pytest.mark.stack, pytest.mark.postgres, pytest.mark.timeout(240)]


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_backtest_survives_its_worker_on_postgresql_and_redis(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    settings = FAST | {"QD_DATABASE__URL": database_url, "QD_REDIS__URL": redis_url}
    with running_stack(tmp_path / "stack", **settings) as stack:
        assert stack.find("redis") is None
        person = Person(stack)
        welcome = wait_for(lambda: person.ask("GET", "/jobs")["items"] or None, "the welcome job")[-1]
        assert person.ended(welcome["id"])["state"] == "succeeded"
        strategy = person.ask("GET", "/strategies")["items"][0]["id"]
        made = [person.ask("POST", "/backtests", {"strategy_id": strategy, "spec": SPEC}) for _ in range(3)]
        wait_for(lambda: person.job(made[0]["job"]["id"])["state"] != "queued" or None, "the first job's start")
        stack.kill("worker")
        for backtest in made:
            assert person.ended(backtest["job"]["id"])["state"] == "succeeded"
            assert person.ask("GET", f"/backtests/{backtest['id']}/report")["metrics"]
        assert person.ask("GET", "/system/info")["database"] == "postgresql"
        person.close()
    assert asyncio.run(_redis_lives(redis_url)), "a Redis that is not ours is not stopped"


async def _redis_lives(url: str) -> bool:
    from redis.asyncio import Redis

    async with Redis.from_url(url) as client:
        return bool(await client.ping())
