"""What a worker does for an export: one `quantdesk data export` in a child process."""

from __future__ import annotations

from quantdesk.features.exports import service
from quantdesk.features.exports.schemas import ExportFile
from quantdesk.features.jobs.child import ChildResult, run_command
from quantdesk.features.jobs.handlers import JobHandler, Outcome, RunningJob, Succeeded
from quantdesk.features.jobs.schemas import JobKind
from quantdesk.kit.uow import UnitOfWork


class ExportHandler:
    """Writes the file of an export. A second run writes it anew, under the same name."""

    kind: JobKind = "export"

    async def run(self, job: RunningJob) -> Outcome:
        export_id = job.subject_id
        assert export_id is not None  # noqa: S101 - service.create sets it
        answer = await run_command(job, "data", "export", "--json-lines", "--job", export_id)
        if not isinstance(answer, ChildResult):
            await service.clear(job.context, export_id)
            return answer
        file = ExportFile.model_validate(answer.data)

        async def write(uow: UnitOfWork) -> None:
            await service.finish(uow, job.context, export_id, file)

        return Succeeded(write)


HANDLERS: tuple[JobHandler, ...] = (ExportHandler(),)
