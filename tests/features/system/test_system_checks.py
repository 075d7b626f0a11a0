"""Readiness and doctor: what works, what does not, and that a failing part never breaks the answer."""

from __future__ import annotations

import dataclasses

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from quantdesk.api.app import create_app
from quantdesk.features.system import checks, service, vitals
from quantdesk.kit.context import Context
from quantdesk.kit.db import create_engine
from quantdesk.kit.uow import Database
from quantdesk.sandbox.capabilities import Capabilities
from quantdesk.settings import Settings
from tests.support.app import client_of

pytestmark = pytest.mark.timeout(60)


async def found(context: Context) -> dict[str, tuple[str, str]]:
    return {check.name: (check.status, check.detail) for check in (await service.doctor(context)).checks}


def away(context: Context) -> Context:
    """The same, with a Redis that does not answer."""
    return dataclasses.replace(context, redis=Redis.from_url("unix:///nowhere/redis.sock", decode_responses=True))


async def test_what_works_is_ready_for_everyone(client: httpx.AsyncClient) -> None:
    answer = await client.get("/ready")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "failed": []})
    assert (await client.get("/health")).json() == {"status": "ok"}


async def test_without_redis_it_is_not_ready_but_healthy(settings: Settings, context: Context) -> None:
    app: FastAPI = create_app(settings, away(context))
    async with client_of(app) as client:
        answer = await client.get("/ready")
        assert (answer.status_code, answer.json()) == (503, {"ready": False, "failed": ["redis"]})
        assert (await client.get("/health")).status_code == 200


async def test_an_empty_database_is_not_ready(context: Context) -> None:
    empty = Database(create_engine(f"sqlite+aiosqlite:///{context.settings.home / 'empty.db'}"))
    readiness = await service.readiness(dataclasses.replace(context, database=empty))
    await empty.close()
    assert readiness.failed == ["migrations"]


async def test_the_doctor_tells_of_workers_and_beat(context: Context) -> None:
    before = await found(context)
    assert before["database"][0] == before["blobs"][0] == before["documents"][0] == "ok"
    assert before["workers"] == (
        "failed",
        "no worker is alive, so jobs wait: run `quantdesk up`, and look at logs/worker.log",
    )
    assert before["beat"][0] == "failed"
    assert before["bars"] == ("warning", "no bars are stored: run `quantdesk data demo`, or import files")
    await vitals.beat_worker(context.redis, "host:1", running=2)
    await vitals.note_beat(context.redis)
    after = await found(context)
    assert after["workers"] == ("ok", "host:1 (2 jobs)")
    assert after["beat"][0] == "ok"
    await vitals.forget_worker(context.redis, "host:1")
    assert (await found(context))["workers"][0] == "failed"


async def test_a_doctor_without_redis_still_tells_the_rest(context: Context) -> None:
    report = await found(away(context))
    assert {name for name, (status, _) in report.items() if status == "failed"} == {
        "redis",
        "workers",
        "beat",
        "kernels",
    }
    assert "QD_REDIS__URL" in report["redis"][1]


@pytest.mark.parametrize(("kind", "status"), [("isolated", "failed"), ("none", "warning")])
async def test_a_kernel_without_isolation_is_told(
    context: Context, monkeypatch: pytest.MonkeyPatch, kind: str, status: str
) -> None:
    monkeypatch.setattr(checks.capabilities, "probe", lambda: Capabilities(landlock_abi=0, seccomp=True))
    monkeypatch.setattr(context.settings.sandbox, "kind", kind)
    check = await checks.run("sandbox", checks.sandbox, context)
    assert check.status == status
    assert "Landlock is missing" in check.detail


async def test_info_names_what_it_runs_on(admin: httpx.AsyncClient, database_kind: str) -> None:
    info = (await admin.get("/api/v1/system/info")).json()
    assert (info["database"], info["redis"], info["demo"], info["online_sources"]) == (
        database_kind,
        "server",
        False,
        [],
    )


async def test_the_doctor_is_for_admins(trader: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    assert (await trader.get("/api/v1/system/doctor")).status_code == 403
    answer = await admin.get("/api/v1/system/doctor")
    assert [check["name"] for check in answer.json()["checks"]] == list(checks.ALL)
