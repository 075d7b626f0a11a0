"""What workers do for the market slice: fetch a stock, make the demo market. Each in a child process."""

from __future__ import annotations

from typing import cast

from quantdesk.features.jobs.child import ChildCancelled, ChildError, run_command
from quantdesk.features.jobs.handlers import Cancelled, Failed, JobHandler, Outcome, RunningJob, Succeeded
from quantdesk.features.jobs.schemas import JobError, JobKind


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
        try:
            answer = await run_command(job, *arguments)
        except ChildCancelled:
            return Cancelled()
        if isinstance(answer, ChildError):
            return Failed(JobError(**answer.model_dump(exclude={"type"})))
        return Succeeded()


HANDLERS: tuple[JobHandler, ...] = (
    CommandHandler("demo", "data", "demo"),
    CommandHandler("fetch", "data", "fetch", symbol=True),
)
