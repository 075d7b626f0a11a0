"""What workers do for the market slice: fetch a stock, make the demo market. Each in a child process."""

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
        if self._symbol:
            arguments.append(cast(str, job.payload["symbol"]))
        answer = await run_command(job, *arguments)
        return Succeeded() if isinstance(answer, ChildResult) else answer


HANDLERS: tuple[JobHandler, ...] = (
    CommandHandler("demo", "data", "demo"),
    CommandHandler("fetch", "data", "fetch", symbol=True),
)
