"""Have a file inspected in a child process: within a time, within a memory, and whatever is in it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import structlog
from pydantic import BaseModel, ValidationError

from quantdesk.features.data.importer.errors import file_problem
from quantdesk.features.data.schemas import FileInspection, FileOptions, FileProblem

PATIENCE = 60.0
"""Seconds; a normal file takes one."""
log = structlog.get_logger(__name__)


class Request(BaseModel):
    path: str
    name: str
    options: FileOptions


class Answer(BaseModel):
    """One of the two."""

    inspection: FileInspection | None = None
    problem: FileProblem | None = None


async def inspect(path: Path, name: str, options: FileOptions) -> Answer:
    """Say what the file at `path` seems to hold, or why it cannot be imported; see inspect_file."""
    request = Request(path=str(path), name=name, options=options).model_dump_json().encode()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "quantdesk.features.data.importer",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # Nothing of ours: the file decides what happens in there. One thread, as each reserves memory.
        env={"PATH": os.environ.get("PATH", ""), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    try:
        out, errors = await asyncio.wait_for(process.communicate(request), PATIENCE)
    except TimeoutError:
        return Answer(problem=file_problem("inspection_failed"))
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    try:
        return Answer.model_validate_json(out)
    except ValidationError:
        log.warning("inspection failed", status=process.returncode, stderr=errors.decode(errors="replace")[-2000:])
        return Answer(problem=file_problem("inspection_failed"))
