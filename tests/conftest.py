"""Fixtures for all tests. What each gives is said where it is defined, in tests/support/."""

from __future__ import annotations

from tests.support.app import admin, app, client, clock, context, home, queue, redis, settings, trader, viewer
from tests.support.databases import (
    database,
    database_kind,
    database_url,
    postgres_server,
    postgres_template,
    sqlite_template,
)
from tests.support.logs import plain_logs
from tests.support.redis_server import own_redis, redis_url, shared_redis

__all__ = [
    "admin",
    "app",
    "client",
    "clock",
    "context",
    "database",
    "database_kind",
    "database_url",
    "home",
    "own_redis",
    "plain_logs",
    "postgres_server",
    "postgres_template",
    "queue",
    "redis",
    "redis_url",
    "settings",
    "shared_redis",
    "sqlite_template",
    "trader",
    "viewer",
]
