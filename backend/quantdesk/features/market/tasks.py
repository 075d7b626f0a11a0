"""What workers do for the market slice: fetch bars or a company's tables, make the demo market. Each in a child."""

from __future__ import annotations

from typing import cast

from quantdesk.features.jobs.child import ChildResult, run_command
from quantdesk.features.jobs.handlers import JobHandler, Outcome, RunningJob, Succeeded
from quantdesk.features.jobs.schemas import JobKind


class CommandHandler:
    """A job that is one `quantdesk` command."""

    def __init__(self, kind: JobKind, *command: str, symbol: bool = False) -> None:
        self.kind: JobKind = kind
        self._command = command
        self._symbol = symbol

    async def run(self, job: RunningJob) -> Outcome:
        arguments = [*self._command, "--json-lines"]
        if interval := cast(str | None, job.payload.get("interval")):
            arguments += ["--interval", interval]
        if self._symbol:
            arguments.append(cast(str, job.payload["symbol"]))
        answer = await run_command(job, *arguments)
        return Succeeded() if isinstance(answer, ChildResult) else answer


class TablesHandler:
    """Fetch tables of a company."""

    kind: JobKind = "tables"

    async def run(self, job: RunningJob) -> Outcome:
        wanted = [part for table in cast(list[str], job.payload["tables"]) for part in ("--table", table)]
        symbol = cast(str, job.payload["symbol"])
        answer = await run_command(job, "data", "fetch-tables", "--json-lines", *wanted, symbol)
        return Succeeded() if isinstance(answer, ChildResult) else answer


HANDLERS: tuple[JobHandler, ...] = (
    CommandHandler("demo", "data", "demo"),
    CommandHandler("fetch", "data", "fetch", symbol=True),
    TablesHandler(),
)
