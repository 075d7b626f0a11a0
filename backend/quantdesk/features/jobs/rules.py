"""The one table of a job's allowed moves."""

from __future__ import annotations

from quantdesk.features.jobs.schemas import JobError, JobState

MOVES: dict[JobState, frozenset[JobState]] = {
    "queued": frozenset({"running", "cancelled"}),
    "running": frozenset({"succeeded", "failed", "cancelling", "queued"}),  # queued: its worker went away
    "cancelling": frozenset({"cancelled", "succeeded", "failed"}),  # it may have ended before it heard
    "failed": frozenset({"queued"}),
    "cancelled": frozenset({"queued"}),
    "succeeded": frozenset(),
}


def sources(to: JobState) -> frozenset[JobState]:
    """Give the states from which a job may move to this one."""
    return frozenset(state for state, targets in MOVES.items() if to in targets)


def worker_lost(attempts: int) -> JobError:
    """Say that the job's worker died each time."""
    return JobError(
        code="worker_lost",
        message_zh=f"运行这个任务的进程意外退出了 {attempts} 次，任务已停止。可能是内存不足；可以减小规模后重试。",
        message_en=f"The process that ran this job died {attempts} times, so it was given up. "
        "Memory may have run out; make the job smaller and retry it.",
        detail={"attempts": attempts},
    )


def internal_error() -> JobError:
    """Say that our own code failed; the traceback is in the worker's log."""
    return JobError(
        code="internal_error",
        message_zh="程序内部出错，详细信息已写入工作进程的日志。请重试；若再次发生请附上日志反馈。",
        message_en="Something went wrong on our side; the worker's log has the details. "
        "Retry the job, and report it with the log if it happens again.",
    )
