"""What a worker does for a refresh: one `quantdesk data refresh` in a child process."""

from __future__ import annotations

from quantdesk.features.jobs.child import ChildResult, run_command
from quantdesk.features.jobs.handlers import Failed, JobHandler, Outcome, RunningJob, Succeeded
from quantdesk.features.jobs.schemas import JobError, JobKind
from quantdesk.features.refresh import service
from quantdesk.features.refresh.schemas import Refresh, Stopped


class RefreshHandler:
    """Fetches item by item. The child keeps each outcome at once, so that a second run goes on from there."""

    kind: JobKind = "refresh"

    async def run(self, job: RunningJob) -> Outcome:
        refresh_id = job.subject_id
        assert refresh_id is not None  # noqa: S101 - service.create sets it
        answer = await run_command(job, "data", "refresh", "--json-lines", "--job", refresh_id)
        if not isinstance(answer, ChildResult):
            return answer
        async with job.context.database.unit(write=False) as uow:
            refresh = await service.get(uow, refresh_id, job.owner_id)
        counts = refresh.counts
        got = counts.done + counts.unchanged
        total = got + counts.pending + counts.failed
        if refresh.stopped is not None:
            return Failed(_stopped(refresh, refresh.stopped, got, total))
        if total and not got:
            return Failed(
                JobError(
                    code="refresh_failed",
                    message_zh=f"{total} 项数据都没有更新，原因见各项的记录；已有的数据没有变化。",
                    message_en=f"None of the {total} items was refreshed; each one's entry says why. "
                    "What is stored is unchanged.",
                )
            )
        return Succeeded()


def _stopped(refresh: Refresh, stopped: Stopped, got: int, total: int) -> JobError:
    at = refresh.goes_on_at
    waiting = ", ".join(stopped.datasets)
    return JobError(
        code="refresh_stopped",
        message_zh=f"{total} 项中完成 {got} 项；数据源不再应答，{waiting} 先停下。{stopped.message}。"
        + (f"将于 {service.in_beijing(at)} 自动继续。" if at else "请稍后点“继续”。"),
        message_en=f"{got} of {total} items are done; as no source would answer, {waiting} had to stop. "
        f"{stopped.message}. "
        + (f"It goes on by itself at {service.in_beijing(at)} (Beijing)." if at else "Resume it later."),
    )


HANDLERS: tuple[JobHandler, ...] = (RefreshHandler(),)
