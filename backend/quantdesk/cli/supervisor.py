"""Starts the processes in order, keeps them running, stops them in order."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable

from quantdesk.cli.children import Child
from quantdesk.cli.redis_server import redis_command, set_aside_broken_log
from quantdesk.settings import Settings

READY_SECONDS = 60.0
STOP_SECONDS = 5.0


class StartError(Exception):
    """The product cannot start; the message is one line that says what to do."""


class Supervisor:
    def __init__(self, settings: Settings, tell: Callable[[str], None], *, first_run: bool = True) -> None:
        self._settings = settings
        self._tell = tell
        self._first_run = first_run
        self._children: list[Child] = []
        self._runs: set[asyncio.Task[None]] = set()
        self._stop = asyncio.Event()
        self._interrupts = 0
        self._go = asyncio.Event()
        """Redis answers and the database is migrated."""
        # `-m` would put the current folder first on the path; a person may start us anywhere.
        self._environment = {**os.environ, "QD_HOME": str(settings.home), "PYTHONSAFEPATH": "1"}

    async def run(self, ready: Callable[[str | None], None]) -> None:
        """Start everything, call `ready` with the set-up link (if it is needed), stay until interrupted, stop.

        Raise StartError when something does not come up.
        """
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(signum, self._interrupt)
        try:
            work = asyncio.create_task(self._start(ready))
            stop = asyncio.create_task(self._stop.wait())
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
                await stop
            work.cancel()
        finally:
            await self._stop_all()

    def _interrupt(self) -> None:
        self._interrupts += 1
        self._stop.set()
        if self._interrupts > 1:
            for child in self._children:
                child.kill()

    async def _start(self, ready: Callable[[str | None], None]) -> None:
        # Two processes at a time, as small machines have two cores; what the page needs comes first.
        if self._settings.redis.url is None:
            self._add("redis", lambda: redis_command(self._settings)).repair = self._repair_redis
        self._add_python("api", "quantdesk.api")
        prepared, _ = await asyncio.gather(self._prepare(), self._redis_answers())
        self._go.set()
        self._add_python("worker", "quantdesk_worker", "worker")
        await self._api_answers()
        ready(prepared["setup_url"])
        self._add_python("beat", "quantdesk_worker", "beat")
        self._add_python("kernels", "quantdesk_worker", "kernels")
        if prepared["first_run"] and self._first_run:
            demo = ["nice", "-n", "10", sys.executable, "-m", "quantdesk.cli", "data", "demo"]
            self._add("demo", lambda: demo).once = True

    def _add(self, name: str, command: Callable[[], list[str]]) -> Child:
        child = Child(name, command, self._settings.home / "logs" / f"{name}.log", self._environment, self._tell)
        self._children.append(child)
        task = asyncio.create_task(child.run())
        self._runs.add(task)
        task.add_done_callback(self._runs.discard)
        return child

    def _add_python(self, name: str, *module: str) -> Child:
        child = self._add(name, lambda: [sys.executable, "-m", *module])
        child.go = self._go
        return child

    def _repair_redis(self, output: list[str]) -> str | None:
        if path := set_aside_broken_log(self._settings, output):
            return f"its log was damaged and is set aside as {path}; sessions are lost, jobs are not"
        return None

    async def _prepare(self) -> dict[str, str | None]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "quantdesk.cli.prepare",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment,
        )
        output, errors = await process.communicate()
        try:
            prepared: dict[str, str | None] = json.loads(output.splitlines()[-1])
        except (ValueError, IndexError):
            last = errors.decode(errors="replace").strip().splitlines() or [f"it ended with code {process.returncode}"]
            raise StartError(f"the database could not be prepared: {last[-1]}") from None
        if prepared["error"]:
            raise StartError(prepared["error"])
        return prepared

    async def _redis_answers(self) -> None:
        if self._settings.redis.url is None:
            await self._until(self._ping_embedded, "redis")
            return
        from quantdesk.bootstrap import make_redis

        client = make_redis(self._settings)
        try:
            await client.ping()
        except Exception as error:
            raise StartError(f"the Redis of QD_REDIS__URL does not answer: {error}") from None
        finally:
            await client.aclose()

    async def _ping_embedded(self) -> bool:
        reader, writer = await asyncio.open_unix_connection(str(self._settings.redis_socket))
        try:
            writer.write(b"PING\r\n")
            return (await reader.readline()).startswith(b"+PONG")
        finally:
            writer.close()

    async def _api_answers(self) -> None:
        await self._until(self._ask_ready, "api")

    async def _ask_ready(self) -> bool:
        host = self._settings.api.host
        local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared only
        reader, writer = await asyncio.open_connection(local, self._settings.api.port)
        try:
            writer.write(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return b" 200 " in await reader.readline()
        finally:
            writer.close()

    async def _until(self, asks: Callable[[], Awaitable[bool]], name: str) -> None:
        """Ask again and again; raise StartError when time is up, or when the process keeps dying."""
        child = next(child for child in self._children if child.name == name)
        deadline = asyncio.get_running_loop().time() + READY_SECONDS
        while asyncio.get_running_loop().time() < deadline and not child.in_crash_loop:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(2):
                    if await asks():
                        return
            await asyncio.sleep(0.03)
        raise StartError(f"{name} does not come up; see {child.log_path}")

    async def _stop_all(self) -> None:
        """End all but Redis together, then Redis; whatever is left after five seconds is killed."""
        redis = [child for child in self._children if child.name == "redis"]
        others = [child for child in self._children if child.name != "redis"]
        for group, seconds in ((others, STOP_SECONDS - 1), (redis, 1.0)):
            for child in group:
                child.terminate()
            processes = [child.process.wait() for child in group if child.process]
            if processes:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.gather(*processes), seconds)
            for child in group:
                child.kill()
        for run in self._runs:
            run.cancel()
        await asyncio.gather(*self._runs, return_exceptions=True)
