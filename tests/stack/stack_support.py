"""The whole product, started as a person starts it, on a home and a port of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil

from quantdesk.kit.ids import new_id

T = TypeVar("T")
PASSWORD = "correct-horse-battery-staple-7"
_MODULES = {
    "api": ["quantdesk.api"],
    "worker": ["quantdesk_worker", "worker"],
    "beat": ["quantdesk_worker", "beat"],
    "kernels": ["quantdesk_worker", "kernels"],
}
FAST = {
    "QD_JOBS__LEASE_SECONDS": "2",
    "QD_JOBS__HEARTBEAT_SECONDS": "0.4",
    "QD_JOBS__SWEEP_SECONDS": "0.5",
    "QD_JOBS__MAX_ATTEMPTS": "10",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(ask: Callable[[], T | None], what: str, seconds: float = 90) -> T:
    """Ask until there is an answer; fail with what was waited for."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (answer := ask()) is not None:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")


class Stack:
    """`quantdesk up` and its processes."""

    def __init__(self, home: Path, *arguments: str, **settings: str) -> None:
        self.home = home
        self.arguments = arguments or ("--no-first-run", "--no-page")
        self.port = free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("QD_")},
            "QD_HOME": str(home),
            "QD_API__PORT": str(self.port),
            "QD_SOURCES__ONLINE": "false",
            "QD_LIMITS__DEFAULT_PER_MINUTE": "100000",
            **settings,
        }
        self.output = home.parent / f"{home.name}-up.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it says that it runs."""
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "quantdesk.cli", "up", *self.arguments],
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process = self.process

        def up() -> bool | None:
            if process.poll() is not None:
                raise AssertionError(f"quantdesk up ended with {process.returncode}:\n{self.said()}")
            return True if "Ctrl-C stops it" in self.said() else None

        wait_for(up, "quantdesk up")

    def said(self) -> str:
        return self.output.read_text()

    def log(self, name: str) -> str:
        return (self.home / "logs" / f"{name}.log").read_text()

    def setup_token(self) -> str:
        found = re.search(r"/setup#token=(\S+)", self.said())
        assert found, self.said()
        return found[1]

    def children(self) -> list[psutil.Process]:
        """Give all processes that it started, and theirs."""
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def find(self, role: str) -> psutil.Process | None:
        """Give the process of a role: redis, api, worker, beat."""
        assert self.process is not None
        for child in psutil.Process(self.process.pid).children():
            try:
                command = child.cmdline()
            except psutil.Error:
                continue
            if role == "redis" and command and "redis-server" in command[0]:
                return child
            if role in _MODULES and command[2:] == _MODULES[role]:
                return child
        return None

    def kill(self, role: str) -> None:
        """Kill -9 the role's process, and wait until another has taken its place."""
        victim = wait_for(lambda: self.find(role), role)
        victim.kill()

        def replaced() -> bool | None:
            found = self.find(role)
            return True if found and found.pid != victim.pid else None

        wait_for(replaced, f"another {role}")

    def stop(self) -> int:
        """Stop it as Ctrl-C does; give the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


@contextmanager
def running_stack(home: Path, *arguments: str, **settings: str) -> Iterator[Stack]:
    stack = Stack(home, *arguments, **settings)
    stack.start()
    try:
        yield stack
    finally:
        stack.stop()


class Person:
    """Somebody who uses the API, and tries again when it is away."""

    def __init__(self, stack: Stack) -> None:
        self._port = stack.port
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{stack.port}/api/v1", timeout=10)
        body = {"token": stack.setup_token(), "username": "admin", "password": PASSWORD}
        answer = self.client.post("/auth/setup", json=body)
        assert answer.status_code == 201, answer.text
        self.client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, *, but: int | None = None) -> Any:
        """Ask until there is an answer that is not of an outage; a repeated POST has one idempotency key.

        `but` is an error's status that is fine as well.
        """
        headers = {"Idempotency-Key": new_id()} if method == "POST" else {}

        def once() -> httpx.Response | None:
            try:
                answer = self.client.request(method, path, json=body, headers=headers)
            except httpx.TransportError:
                return None
            return None if answer.status_code == 503 else answer

        answer = wait_for(once, f"{method} {path}")
        assert answer.status_code < 400 or answer.status_code == but, (
            f"{method} {path}: {answer.status_code} {answer.text}"
        )
        return answer.json()

    def text(self, path: str) -> str:
        """Get a path outside /api/v1."""
        return self.client.get(f"http://127.0.0.1:{self._port}{path}").raise_for_status().text

    def job(self, job_id: str) -> dict[str, Any]:
        job: dict[str, Any] = self.ask("GET", f"/jobs/{job_id}")
        return job

    def ended(self, job_id: str) -> dict[str, Any]:
        """Wait for the job's end; give it."""

        def end() -> dict[str, Any] | None:
            job = self.job(job_id)
            return job if job["state"] in ("succeeded", "failed", "cancelled") else None

        return wait_for(end, f"the end of job {job_id}")

    def close(self) -> None:
        self.client.close()
