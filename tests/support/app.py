"""Settings, context and HTTP clients of the whole API, in the test's process."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from tests.fakes.clock import FakeClock
from tests.fakes.job_queue import RecordingQueue

from quantdesk.bootstrap import build_context
from quantdesk.kit import clock as kit_clock
from quantdesk.kit.context import Context
from quantdesk.settings import Settings


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
