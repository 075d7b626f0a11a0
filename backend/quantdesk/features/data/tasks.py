"""What a worker does for an import: one `quantdesk data import` in a child process."""

from __future__ import annotations

from dataclasses import replace

from quantdesk.features.data import imports
from quantdesk.features.jobs.child import ChildResult, run_command
from quantdesk.features.jobs.handlers import Failed, JobHandler, Outcome, RunningJob, Succeeded
from quantdesk.features.jobs.schemas import JobError, JobKind
from quantdesk.kit.uow import UnitOfWork


class ImportHandler:
    """Imports uploaded files. The child keeps each file's report at once, so that a second run goes on from there."""

    kind: JobKind = "import"

    async def run(self, job: RunningJob) -> Outcome:
        import_id = job.subject_id
        assert import_id is not None  # noqa: S101 - imports.create sets it

        async def write(uow: UnitOfWork) -> None:
            await imports.forget_stored(uow, job.context, import_id)

        answer = await run_command(job, "data", "import", "--json-lines", "--job", import_id)
        if not isinstance(answer, ChildResult):
            return replace(answer, write=write)
        stored, refused = await imports.outcome(job.context, import_id)
        if refused and not stored:
            return Failed(all_refused(refused), write)
        return Succeeded(write)


def all_refused(files: int) -> JobError:
    """Say that no file could be imported."""
    return JobError(
        code="import_refused",
        message_zh=f"{files} 个文件都没有导入，原因见各文件的报告；已有的数据没有变化。",
        message_en=f"None of the {files} files was imported; each one's report says why. What is stored is unchanged.",
    )


HANDLERS: tuple[JobHandler, ...] = (ImportHandler(),)
