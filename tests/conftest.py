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
from tests.support.influx_server import influx, influx_fake
from tests.support.logs import plain_logs
from tests.support.mongo_server import mongo, mongo_fake
from tests.support.redis_server import embedded_redis, foreign_redis, own_redis, redis_url
from tests.support.requirements import (
    pytest_collection_modifyitems,
    pytest_make_collect_report,
    pytest_report_header,
    pytest_runtest_makereport,
)
from tests.support.s3_server import failing_s3, s3_server

__all__ = [
    "admin",
    "app",
    "client",
    "clock",
    "context",
    "database",
    "database_kind",
    "database_url",
    "embedded_redis",
    "failing_s3",
    "foreign_redis",
    "home",
    "influx",
    "influx_fake",
    "mongo",
    "mongo_fake",
    "own_redis",
    "plain_logs",
    "postgres_server",
    "postgres_template",
    "pytest_collection_modifyitems",
    "pytest_make_collect_report",
    "pytest_report_header",
    "pytest_runtest_makereport",
    "queue",
    "redis",
    "redis_url",
    "s3_server",
    "settings",
    "sqlite_template",
    "trader",
    "viewer",
]
