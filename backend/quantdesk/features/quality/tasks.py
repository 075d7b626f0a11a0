"""What a worker does for a check of the data: one `quantdesk data check` in a child process."""

from __future__ import annotations

from quantdesk.features.jobs.child import ChildResult, run_command
from quantdesk.features.jobs.handlers import JobHandler, Outcome, RunningJob, Succeeded
from quantdesk.features.jobs.schemas import JobKind
from quantdesk.features.quality import service
from quantdesk.kit.uow import UnitOfWork


class QualityHandler:
    """Checks all stored bars. It may run again from the start."""

    kind: JobKind = "quality"

    async def run(self, job: RunningJob) -> Outcome:
        report_id = job.subject_id
        assert report_id is not None  # noqa: S101 - service.start sets it
        answer = await run_command(job, "data", "check", "--json-lines", "--summary")
        if not isinstance(answer, ChildResult):
            return answer
        datasets, symbols = answer.data["datasets"], answer.data["symbols"]

        async def write(uow: UnitOfWork) -> None:
            await service.finish(uow, report_id, datasets, symbols)

        return Succeeded(write)


HANDLERS: tuple[JobHandler, ...] = (QualityHandler(),)
