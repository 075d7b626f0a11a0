"""A job while it runs: what its handler reads, and how it reports."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal

import structlog
from pydantic import BaseModel

from quantdesk.features.jobs.events import JobLogged, JobProgressed, PartialEquity
from quantdesk.features.jobs.log import LINE_LIMIT, append_lines
from quantdesk.features.jobs.schemas import JobKind, JobProgress, LogLine
from quantdesk.kit import clock
from quantdesk.kit.context import Context

REPORT_SECONDS = 0.2
"""Reports go out at most this often; of progress and equity only the newest, of log lines all."""
PENDING_LINES = 1000
"""Log lines held while Redis is away; the oldest go first."""
log = structlog.get_logger(__name__)


class RunningJob:
    """Reports are kept and sent by `report_forever`, so that a handler never waits for Redis."""

    def __init__(
        self,
        context: Context,
        *,
        id: str,
        kind: JobKind,
        owner_id: str,
        attempt: int,
        payload: dict[str, Any],
        subject_id: str | None = None,
        request_id: str | None = None,
    ) -> None:
        self.context = context
        self.id = id
        self.kind = kind
        self.owner_id = owner_id
        self.attempt = attempt
        """1 on the first run."""
        self.payload = payload
        self.subject_id = subject_id
        self.request_id = request_id
        """Of the HTTP request that made the job; pass it to child processes for their log lines."""
        self.cancelled = asyncio.Event()
        """Set when the user cancels; the handler then ends soon and gives Cancelled."""
        self.run_part: Callable[[str], Awaitable[None]] | None = None
        """Runs a queued part of this job in this job's own slot, to its end, unless another worker has taken it: a job
        that waits for its parts thus keeps no slot from them. None where no runner is behind."""
        self.latest: JobProgress | None = None
        self._progress: JobProgress | None = None
        self._equity: PartialEquity | None = None
        self._lines: list[LogLine] = []
        self._sending = asyncio.Lock()

    def progress(self, done: float, total: float | None, unit: str, message: str | None = None) -> None:
        """Say how far the work is; `unit` is what is counted (bars, rows, files, stocks)."""
        self.latest = self._progress = JobProgress(done=done, total=total, unit=unit, message=message)

    def log(self, level: Literal["debug", "info", "warning", "error"], text: str) -> None:
        """Add a line to the log that the user reads; long lines are cut."""
        log.debug("job log", level_of_line=level, text=text[:LINE_LIMIT])  # with the request id, for operators
        self._lines.append(LogLine(at=clock.utcnow(), level=level, text=text[:LINE_LIMIT]))
        del self._lines[:-PENDING_LINES]

    def equity(self, dates: Sequence[dt.date], values: Sequence[float]) -> None:
        """Show the equity curve so far, thinned by the caller; it replaces the one before."""
        self._equity = PartialEquity(job_id=self.id, date=list(dates), equity=list(values))

    async def report_forever(self) -> None:
        """Send reports until cancelled; what Redis did not take is tried again."""
        while True:
            await asyncio.sleep(REPORT_SECONDS)
            await asyncio.shield(self.report())

    async def report(self) -> None:
        """Send what is pending. A Redis that is away is logged, not raised: reports are for the eye only."""
        async with self._sending:
            try:
                await self._send()
            except Exception as error:
                log.warning("a job's report was not sent", job_id=self.id, error=str(error))

    async def _send(self) -> None:
        if lines := self._lines:
            self._lines = []
            try:
                await append_lines(self.context.redis, self.id, lines)
            except Exception:
                self._lines = (lines + self._lines)[-PENDING_LINES:]
                raise
            await self._publish(JobLogged(job_id=self.id, lines=lines))
        if progress := self._progress:
            self._progress = None
            await self._publish(JobProgressed(job_id=self.id, progress=progress))
        if equity := self._equity:
            self._equity = None
            await self._publish(equity)

    async def _publish(self, event: BaseModel) -> None:
        await self.context.events.publish(f"jobs.{self.id}", event.model_dump_json())
