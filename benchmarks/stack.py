"""A whole QuantDesk of its own: `quantdesk up` on an empty home and a free port, stopped at the end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.rows import Unavailable

QUANTDESK = Path(sys.executable).with_name("quantdesk")
USER, PASSWORD = "bench", "a-long-benchmark-passphrase"
START_SECONDS = 60
FIRST_RUN_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Stack:
    home: Path
    url: str
    pid: int
    """Of `quantdesk up`."""
    ready_seconds: float
    """From the start of the command to /ready."""

    def sign_in(self) -> httpx.Client:
        """Make the first user, and give a client that is signed in."""
        token = (self.home / "secrets" / "setup.token").read_text().strip()
        user = {"token": token, "username": USER, "password": PASSWORD}
        grant = httpx.post(f"{self.url}/api/v1/auth/setup", json=user, timeout=60).raise_for_status().json()
        headers = {"Authorization": f"Bearer {grant['access_token']}"}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=60)


@contextmanager
def started(
    *, first_run: bool = True, page: bool = False, settings: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    """Start a stack and wait until it is ready; with `first_run` it makes the demo market by itself.

    `settings` are QD_ variables over those of `environment`.
    """
    with tempfile.TemporaryDirectory(prefix="qdbench") as folder:
        home, port = Path(folder), free_port()
        command = [str(QUANTDESK), "up", *([] if first_run else ["--no-first-run"]), *([] if page else ["--no-page"])]
        began = time.monotonic()
        with (home / "up.log").open("wb") as log:
            process = subprocess.Popen(
                command, env=environment(home, port) | dict(settings or {}), stdout=log, stderr=subprocess.STDOUT
            )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(lambda: process.poll() is not None or answers(url), START_SECONDS, "the stack to answer")
            if process.poll() is not None:
                raise Unavailable(f"quantdesk up ended: {(home / 'up.log').read_text().strip()[-500:]}")
            yield Stack(home, url, process.pid, time.monotonic() - began)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def environment(home: Path, port: int) -> dict[str, str]:
    """Give an environment with this home and without rate limits or network sources."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("QD_")}
    return clean | {
        "QD_HOME": str(home),
        "QD_API__PORT": str(port),
        "QD_SOURCES__ONLINE": "false",
        "QD_LIMITS__DEFAULT_PER_MINUTE": "1000000",
        "QD_LIMITS__AUTH_PER_MINUTE": "1000000",
    }


def wait_for_demo(client: httpx.Client) -> list[str]:
    """Wait until the first run has made the demo market and its backtest; give the stocks' symbols."""

    def done() -> bool:
        jobs: list[dict[str, Any]] = client.get("/jobs").raise_for_status().json()["items"]
        info = client.get("/system/info").raise_for_status().json()
        return bool(info["demo"]) and all(job["state"] in ("succeeded", "failed", "cancelled") for job in jobs)

    wait_for(done, FIRST_RUN_SECONDS, "the demo market")
    found = client.get("/stocks/search", params={"stored": True, "kind": "stock", "limit": 100}).raise_for_status()
    return [item["symbol"] for item in found.json()["items"]]


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ready", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
