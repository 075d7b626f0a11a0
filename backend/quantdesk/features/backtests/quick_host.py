"""Quick runs in the host of the kernels: code and spec come over its socket, a brief report goes back.

The code is in nobody's store: it goes from the API over a unix socket to this process, and from here through memory to
a child that is locked down as every backtest's is.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from dataclasses import dataclass, field, replace

import structlog
from pydantic import ValidationError

from quantdesk.core.backtest.brief import LOG_LINES, BriefLog, BriefReport, brief_of
from quantdesk.features.backtests.child import isolation_unavailable, limits_of, load_bars
from quantdesk.features.backtests.quick_schemas import QuickFailed, QuickReport, QuickRequest, QuickStopped
from quantdesk.features.market import service as market
from quantdesk.kit.context import Context
from quantdesk.sandbox import outcome, warm
from quantdesk.sandbox.capabilities import IsolationUnavailableError
from quantdesk.sandbox.exchange import BacktestRequest
from quantdesk.sandbox.launcher import run_task
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.messages import LiveMessage, Log

SECONDS = 30
"""That a quick run may take."""
AT_ONCE = max(2, os.cpu_count() or 1)
"""Of all owners; further ones wait their turn."""
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Run:
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    replaced: bool = False
    logs: deque[BriefLog] = field(default_factory=lambda: deque(maxlen=LOG_LINES))
    seconds: dict[str, float] = field(default_factory=dict)

    async def hear(self, message: LiveMessage) -> None:
        if isinstance(message, Log):
            self.logs.append(BriefLog(level="info" if message.level == "info" else "warning", text=message.text))

    def stopped(self, ended: outcome.Stopped) -> QuickStopped:
        words = (ended.message_zh, ended.message_en)
        if ended.reason == "cancelled" and self.replaced:
            words = ("已被新的快速运行取代", "a newer quick run took its place")
        return QuickStopped(
            reason=ended.reason, message_zh=words[0], message_en=words[1], logs=[*self.logs], seconds=self.seconds
        )


class QuickRuns:
    """One run an owner at a time: a newer one ends the older."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._running: dict[str, _Run] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read a request, run it, answer. When the asker leaves, the run ends."""
        try:
            request = QuickRequest.model_validate_json(await reader.readline())
        except ValidationError as error:
            log.warning("a quick run's request cannot be read", errors=error.error_count())
            return
        run = _Run()
        if (older := self._running.get(request.owner)) is not None:
            older.replaced = True
            older.cancelled.set()
        self._running[request.owner] = run
        leaving = asyncio.create_task(_until_gone(reader, run.cancelled))
        try:
            answer = await self._run(request, run)
        finally:
            leaving.cancel()
            if self._running.get(request.owner) is run:
                del self._running[request.owner]
        writer.write(QuickReport(answer).model_dump_json().encode() + b"\n")
        await writer.drain()

    def prepare(self) -> None:
        """Have a warm parent started, unless there is one: somebody writes code, and will want to run it."""
        warm.start()

    def close(self) -> None:
        """End the warm parent and the runs it has forked."""
        warm.stop()

    async def _run(self, request: QuickRequest, run: _Run) -> BriefReport | QuickFailed | QuickStopped:
        began = time.perf_counter()
        async with self._turns:
            waited = time.perf_counter()
            context, spec, sandbox = self._context, request.spec, self._context.settings.sandbox
            async with context.database.unit(write=False) as uow:
                actions = await market.actions_of(uow, spec.symbols, end=spec.end)
            bars = await asyncio.to_thread(load_bars, context.bars, spec)
            read = time.perf_counter()
            try:
                ended = await run_task(
                    BacktestRequest(spec=spec, source=request.code, files=tuple(request.files), analysis=False),
                    bars,
                    _limits(limits_of(sandbox)),
                    run.hear,
                    run.cancelled,
                    actions=actions,
                    require_isolation=sandbox.require_isolation,
                )
            except IsolationUnavailableError as error:
                why = isolation_unavailable(error)
                ended = outcome.Stopped("crashed", why.message_zh, why.message_en)
            done = time.perf_counter()
        run.seconds = {"wait": waited - began, "data": read - waited, "run": done - read, "total": done - began}
        match ended:
            case outcome.Finished():
                return brief_of(ended.result, logs=[*run.logs], seconds=run.seconds)
            case outcome.Failed():
                return QuickFailed(error=ended.error, logs=[*run.logs], seconds=run.seconds)
            case outcome.Stopped():
                if ended.detail:
                    log.warning("a quick run broke down", reason=ended.reason, stderr=ended.detail)
                return run.stopped(ended)


def _limits(limits: Limits) -> Limits:
    """Give what a quick run may take: as much memory as a backtest, less time and output."""
    return replace(
        limits,
        cpu_seconds=min(limits.cpu_seconds, SECONDS),
        wall_seconds=min(limits.wall_seconds, SECONDS),
        messages_mb=8,
    )


async def _until_gone(reader: asyncio.StreamReader, gone: asyncio.Event) -> None:
    """Set the event when the other side closes; it has no more to say."""
    try:
        while await reader.read(4096):
            pass
    except ConnectionError:
        pass
    gone.set()
