"""An empty, migrated database for each test: once SQLite, once PostgreSQL.

`QD_TEST_DATABASES=sqlite` (or `postgresql`) chooses one of them. `QD_TEST_POSTGRES_URL` names a running server to use
instead of a private one; without either the tests on PostgreSQL are skipped.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import pytest
from sqlalchemy import make_url

from quantdesk.kit.db import create_engine
from quantdesk.kit.ids import new_id
from quantdesk.kit.migrations import upgrade
from quantdesk.kit.uow import Database
from tests.support import postgres

SERVER = "QD_TEST_POSTGRES_URL"


def kinds() -> list[Any]:
    """Give the parameters of the databases to test on."""
    names = (os.environ.get("QD_TEST_DATABASES") or "sqlite,postgresql").split(",")
    return [pytest.param(name, marks=[pytest.mark.postgres] if name == "postgresql" else []) for name in names]


def run_aside(work: Coroutine[Any, Any, Any]) -> None:
    """Run a coroutine to its end on a loop of its own, so that the test's loop stays untouched."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "quantdesk.db"
    run_aside(upgrade(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a PostgreSQL server on which databases may be made."""
    if given := os.environ.get(SERVER):
        yield given
    elif postgres.binaries() is None:
        pytest.skip(f"no PostgreSQL server is installed, nor is one named in {SERVER}")
    else:
        with postgres.private_server() as url:
            yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    name = f"qd_template_{new_id().lower()}"
    run_aside(_execute(postgres_server, f"CREATE DATABASE {name}"))
    run_aside(upgrade(_named(postgres_server, name)))
    yield name
    run_aside(_execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=kinds())
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def empty_database(kind: str, home: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Make a database that holds the tables and nothing else; give its URL; remove it at the end."""
    if kind == "sqlite":
        path = home / "quantdesk.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite+aiosqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("postgres_template")
    name = f"qd_test_{new_id().lower()}"
    run_aside(_execute(server, f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield _named(server, name)
    run_aside(_execute(server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def database_url(database_kind: str, home: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of a database that holds the tables and nothing else."""
    with empty_database(database_kind, home, request) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The relational database alone; tests that also need the rest take `context`."""
    database = Database(create_engine(database_url))
    yield database
    await database.close()
