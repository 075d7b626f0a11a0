"""What the data routes take and give around the import of files (schemas.py)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from quantdesk.features.data.schemas import FileInspection, FileOptions, FileProblem, FileReport
from quantdesk.features.jobs.schemas import Job


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Upload(BaseModel):
    """A file on the server that waits to be imported; forgotten after a day."""

    id: str
    name: str
    size: int
    inspection: FileInspection | None
    problem: FileProblem | None
    """Why it cannot be imported; then inspection is null."""


class ImportItem(_In):
    upload_id: Annotated[str, Field(min_length=1, max_length=26)]
    options: FileOptions = FileOptions()


class ImportCreate(_In):
    items: Annotated[list[ImportItem], Field(min_length=1, max_length=200)]


class Import(BaseModel):
    id: str
    job: Job
    files: list[str]
    reports: list[FileReport]
    """One a file, as far as they are done."""
    created_at: dt.datetime


class CoverageItem(BaseModel):
    symbol: str
    name: str | None
    kind: str | None
    simulated: bool
    first: dt.date
    last: dt.date
    rows: int
    source: str
    updated_at: dt.datetime


class DataSummary(BaseModel):
    symbols: int
    rows: int
    simulated_symbols: int
    first: dt.date | None
    last: dt.date | None
    bytes: int
    """On disk."""
    online_sources: list[str]
