"""The worker's one event loop, in a thread of its own, with one Context: Celery's threads wait on it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

import structlog

from quantdesk.bootstrap import build_context
from quantdesk.features.jobs.handlers import JobHandler
from quantdesk.features.jobs.runner import JobRunner
from quantdesk.features.jobs.schemas import JobKind
from quantdesk.features.strategies import service as strategies
from quantdesk.features.system.vitals import beat_worker, forget_worker
from quantdesk.kit.context import Context
from quantdesk.settings import Settings

T = TypeVar("T")
VITAL_SECONDS = 2.0
log = structlog.get_logger(__name__)


class WorkerLoop:
    """Start it, submit work from any thread, stop it."""

    def __init__(self, settings: Settings, find_handler: Callable[[JobKind], JobHandler]) -> None:
        self._settings = settings
        self._find_handler = find_handler
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="jobs", daemon=True)
        self._companions: list[asyncio.Task[None]] = []
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.context: Context
        self.runner: JobRunner

    def start(self) -> None:
        """Build the context and begin to listen for cancels."""
        self._thread.start()
        self.submit(self._start()).result()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def give_back(self) -> None:
        """Have the running jobs interrupted and given back; returns at once, also in a signal handler."""
        self._loop.call_soon_threadsafe(lambda: self._companions.append(self._loop.create_task(self.runner.stop())))

    def stop(self) -> None:
        """Give back what still runs, close the connections, end the thread."""
        self.submit(self._stop()).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)

    async def _start(self) -> None:
        self.context = build_context(self._settings)
        self.runner = JobRunner(self.context, self._find_handler)
        self._companions = [
            asyncio.create_task(_again_and_again(self.runner.hear_cancels_forever)),
            asyncio.create_task(_again_and_again(self._show_life_forever)),
            asyncio.create_task(self._seal_plain()),
        ]

    async def _show_life_forever(self) -> None:
        while True:
            await beat_worker(self.context.redis, self.name, running=self.runner.running)
            await asyncio.sleep(VITAL_SECONDS)

    async def _seal_plain(self) -> None:
        """Encrypt what an older QuantDesk stored plain; without any, a moment's work."""
        try:
            if sealed := await strategies.seal_plain(self.context):
                log.info("code sealed", versions=sealed)
        except Exception:
            log.exception("plain code is left for the daily housekeeping")

    async def _stop(self) -> None:
        await self.runner.stop()
        for task in self._companions:
            task.cancel()
        await asyncio.gather(*self._companions, return_exceptions=True)
        with contextlib.suppress(Exception):
            await forget_worker(self.context.redis, self.name)
        await self.context.close()


async def _again_and_again(work: Callable[[], Awaitable[None]]) -> None:
    """Run something endless; when it fails, as with a Redis that is away, run it again."""
    while True:
        try:
            await work()
        except Exception as error:
            log.warning("trying again", work=getattr(work, "__qualname__", ""), error=str(error))
        await asyncio.sleep(1)
