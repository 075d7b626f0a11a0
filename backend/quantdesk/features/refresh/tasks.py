"""What a worker does for a refresh: one `quantdesk data refresh` in a child process."""

from __future__ import annotations

from quantdesk.features.jobs.child import ChildResult, run_command
from quantdesk.features.jobs.handlers import Failed, JobHandler, Outcome, RunningJob, Succeeded
from quantdesk.features.jobs.schemas import JobError, JobKind
from quantdesk.features.refresh import service


class RefreshHandler:
    """Fetches symbol by symbol. The child keeps each outcome at once, so that a second run goes on from there."""

    kind: JobKind = "refresh"

    async def run(self, job: RunningJob) -> Outcome:
        refresh_id = job.subject_id
        assert refresh_id is not None  # noqa: S101 - service.create sets it
        answer = await run_command(job, "data", "refresh", "--json-lines", "--job", refresh_id)
        if not isinstance(answer, ChildResult):
            return answer
        async with job.context.database.unit(write=False) as uow:
            refresh = await service.get(uow, refresh_id, job.owner_id)
        got, all_ = refresh.counts.done + refresh.counts.unchanged, refresh.counts
        total = got + all_.pending + all_.failed
        if refresh.stopped is not None:
            at = refresh.goes_on_at
            return Failed(
                JobError(
                    code="refresh_stopped",
                    message_zh=f"数据源不再应答，已停下：{total} 只中完成 {got} 只。{refresh.stopped.message}。"
                    + (f"将于 {service.in_beijing(at)} 自动继续。" if at else "请稍后点“继续”。"),
                    message_en=f"Stopped, as no source would answer: {got} of {total} symbols are done. "
                    f"{refresh.stopped.message}. "
                    + (f"It goes on by itself at {service.in_beijing(at)} (Beijing)." if at else "Resume it later."),
                )
            )
        if total and not got:
            return Failed(
                JobError(
                    code="refresh_failed",
                    message_zh=f"{total} 只股票都没有更新，原因见各股票的记录；已有的数据没有变化。",
                    message_en=f"None of the {total} symbols was refreshed; each one's entry says why. "
                    "What is stored is unchanged.",
                )
            )
        return Succeeded()


HANDLERS: tuple[JobHandler, ...] = (RefreshHandler(),)
