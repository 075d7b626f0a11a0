"""What a worker does for a study of a factor: one `quantdesk factors study` in a child process."""

from __future__ import annotations

from quantdesk.features.factors import service
from quantdesk.features.jobs.child import ChildResult, run_command
from quantdesk.features.jobs.handlers import JobHandler, Outcome, RunningJob, Succeeded
from quantdesk.features.jobs.schemas import JobKind
from quantdesk.kit.uow import UnitOfWork


class StudyHandler:
    """Sets a factor beside later returns. It may run again from the start."""

    kind: JobKind = "factor"

    async def run(self, job: RunningJob) -> Outcome:
        study_id = job.subject_id
        assert study_id is not None  # noqa: S101 - service.submit_study sets it
        answer = await run_command(job, "factors", "study", "--json-lines", "--job", study_id)
        if not isinstance(answer, ChildResult):
            return answer
        found = answer.data["preview"]

        async def write(uow: UnitOfWork) -> None:
            await service.finish(uow, study_id, found)

        return Succeeded(write)


HANDLERS: tuple[JobHandler, ...] = (StudyHandler(),)
