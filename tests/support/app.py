"""Settings, context and HTTP clients of the whole API, in the test's process."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from quantdesk.bootstrap import build_context
from quantdesk.features.auth.service import new_user, sessions_of
from quantdesk.features.auth.tokens import Claims, issue_access
from quantdesk.kit import clock as kit_clock
from quantdesk.kit.caller import Caller
from quantdesk.kit.context import Context
from quantdesk.kit.principal import Principal, Role
from quantdesk.settings import Settings
from tests.fakes.clock import FakeClock
from tests.fakes.job_queue import RecordingQueue

PASSWORD = "correct-horse-battery"
PASSWORD_HASH = "$argon2id$v=19$m=8,t=1,p=1$xZgzxljL+d/buxcixJhTSg$5IuDzs4PFEmgkTct7QrzerlshaiRa+dCNlRV3CDi7/Q"
"""Of PASSWORD, with the cheapest parameters; the product's would cost each test a tenth of a second."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty QD_HOME, with no setting taken from the developer's environment."""
    for name in os.environ:
        if name.startswith("QD_") and not name.startswith("QD_TEST_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("QD_HOME", str(folder))
    return folder


@pytest.fixture
def settings(home: Path, database_url: str, redis_url: str) -> Settings:
    """Settings over the test's database and Redis, without network sources and with rate limits out of the way."""
    return Settings.model_validate(
        {
            "home": home,
            "database": {"url": database_url},
            "redis": {"url": redis_url},
            "sources": {"online": False},
            "limits": {"default_per_minute": 100_000, "auth_per_minute": 100_000, "api_key_per_hour": 100_000},
        }
    )


@pytest.fixture
def queue() -> RecordingQueue:
    """What `context.queue` is: the jobs a slice enqueued."""
    return RecordingQueue()


@pytest.fixture
async def context(settings: Settings, queue: RecordingQueue) -> AsyncIterator[Context]:
    """The real adapters, but for the job queue."""
    context = dataclasses.replace(build_context(settings), queue=queue)
    yield context
    await context.close()


@pytest.fixture
def redis(context: Context) -> Redis:
    return context.redis


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """A clock to move by hand, for all code that calls `clock.utcnow()` of `quantdesk.kit`."""
    fake = FakeClock(kit_clock.utcnow())
    monkeypatch.setattr(kit_clock, "utcnow", fake.utcnow)
    monkeypatch.setattr(kit_clock, "today", fake.today)
    return fake


@pytest.fixture
def app(settings: Settings, context: Context) -> FastAPI:
    from quantdesk.api.app import create_app  # here, since tests without HTTP need not wait for it

    return create_app(settings, context)


def client_of(app: FastAPI, *, ip: str = "127.0.0.1", token: str | None = None) -> httpx.AsyncClient:
    """Give a client of the app in this process. It asserts nothing: a 500 comes back as one."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False, client=(ip, 50_000)),
        base_url="http://127.0.0.1:8000",
        headers={"Authorization": f"Bearer {token}"} if token else {},
    )


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client that is not signed in."""
    async with client_of(app) as client:
        yield client


async def sign_in(context: Context, username: str, role: Role) -> tuple[Principal, str]:
    """Make a user whose password is PASSWORD and a session of it; give who it is and the access token."""
    row = new_user(username, PASSWORD_HASH, role)
    async with context.database.unit(write=True) as uow:
        uow.session.add(row)
    caller = Caller(ip="127.0.0.1", user_agent="pytest", request_id="test")
    principal, _ = await sessions_of(context).create(row.id, username, role, caller)
    claims = Claims(principal.user_id, principal.session_id or "")
    return principal, issue_access(context.keys, claims, dt.timedelta(hours=1))


@asynccontextmanager
async def _signed_in(app: FastAPI, context: Context, role: Role) -> AsyncIterator[httpx.AsyncClient]:
    _, token = await sign_in(context, role, role)
    async with client_of(app, token=token) as client:
        yield client


@pytest.fixture
async def viewer(app: FastAPI, context: Context) -> AsyncIterator[httpx.AsyncClient]:
    async with _signed_in(app, context, "viewer") as client:
        yield client


@pytest.fixture
async def trader(app: FastAPI, context: Context) -> AsyncIterator[httpx.AsyncClient]:
    async with _signed_in(app, context, "trader") as client:
        yield client


@pytest.fixture
async def admin(app: FastAPI, context: Context) -> AsyncIterator[httpx.AsyncClient]:
    async with _signed_in(app, context, "admin") as client:
        yield client
