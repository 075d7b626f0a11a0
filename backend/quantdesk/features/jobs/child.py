"""Our own heavy work in a child process: a `quantdesk` command that reports as JSON lines.

So the worker stays small and responsive, a library that crashes takes only its job along, and a cancel ends
the work at once. A user's code does not run here but in quantdesk.sandbox.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from typing import Annotated, Any, Literal

import structlog
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from quantdesk.features.jobs.handlers import Cancelled, Failed
from quantdesk.features.jobs.running import RunningJob
from quantdesk.features.jobs.schemas import JobError
from quantdesk.sandbox.parent import ends_with_parent

Level = Literal["debug", "info", "warning", "error"]
_LINE_LIMIT = 64 * 1024 * 1024
_STOP_SECONDS = 3.0
log = structlog.get_logger(__name__)


class ChildProgress(BaseModel):
    type: Literal["progress"] = "progress"
    done: float
    total: float | None
    unit: str
    message: str | None = None


class ChildLog(BaseModel):
    type: Literal["log"] = "log"
    level: Level
    text: str


class ChildResult(BaseModel):
    type: Literal["result"] = "result"
    data: dict[str, Any]


class ChildError(BaseModel):
    """Why the command did nothing; it ends with this message and exit status 1."""

    type: Literal["error"] = "error"
    code: str
    message_zh: str
    message_en: str


_MESSAGE: TypeAdapter[ChildProgress | ChildLog | ChildResult | ChildError] = TypeAdapter(
    Annotated[ChildProgress | ChildLog | ChildResult | ChildError, Field(discriminator="type")]
)


async def run_command(job: RunningJob, *arguments: str) -> ChildResult | Failed | Cancelled:
    """Run `quantdesk ARGUMENTS` for the job, passing its reports on; give its result, or how the job ends without one.

    The child never outlives this call or this process.
    """
    command = [sys.executable, "-m", "quantdesk.cli", *arguments]
    process = await asyncio.create_subprocess_exec(
        *ends_with_parent(*command, signum=signal.SIGKILL),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=_LINE_LIMIT,
        start_new_session=True,
        env={**os.environ, "QD_REQUEST_ID": job.request_id or ""},
    )
    reading = asyncio.create_task(_read(job, process))
    cancelling = asyncio.create_task(job.cancelled.wait())
    try:
        await asyncio.wait({reading, cancelling}, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            return Cancelled()
        match reading.result():
            case ChildError() as error:
                return Failed(JobError(**error.model_dump(exclude={"type"})))
            case result:
                return result
    finally:
        cancelling.cancel()
        await _end(process)
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading


async def _read(job: RunningJob, process: asyncio.subprocess.Process) -> ChildResult | ChildError:
    assert process.stdout is not None  # noqa: S101 - asked for above
    assert process.stderr is not None  # noqa: S101
    errors = asyncio.create_task(process.stderr.read())
    last: ChildResult | ChildError | None = None
    async for line in process.stdout:
        try:
            message = _MESSAGE.validate_json(line)
        except ValidationError:
            log.warning("child wrote a line that is no message", job_id=job.id, line=line[:500])
            continue
        match message:
            case ChildProgress():
                job.progress(message.done, message.total, message.unit, message.message)
            case ChildLog():
                job.log(message.level, message.text)
            case _:
                last = message
    status = await process.wait()
    stderr = (await errors).decode(errors="replace")
    if last is not None and (status == 0) == isinstance(last, ChildResult):
        return last
    log.error("child process failed", job_id=job.id, status=status, stderr=stderr[-4000:])
    how = f"signal {-status}" if status < 0 else f"exit status {status}"
    return ChildError(
        code="child_failed",
        message_zh=f"处理进程意外结束（{how}）。已经存好的仍然有效，重试会从中断处继续；"
        "若再次发生，可能是内存不足，请查看工作进程的日志。",
        message_en=f"The process that did the work ended unexpectedly ({how}). What it had stored stands, and a retry "
        "goes on from there; if it happens again, memory may have run out: see the worker's log.",
    )


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the child and all it started: asked first, then by force."""
    if process.returncode is not None:
        return
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
            return
        except TimeoutError:
            continue
