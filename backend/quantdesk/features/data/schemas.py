"""Schemas of market data files and of what is stored, the same for page, API and CLI."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from quantdesk.features.jobs.schemas import Job

FileFormat = Literal["csv", "parquet", "tdx_day", "tdx_minute", "qlib"]
Content = Literal["bars", "actions"]
"""Bars, or corporate actions."""
Layout = Literal["baostock", "akshare", "tushare", "tdx", "qlib", "generic"]
Encoding = Literal["utf-8", "gb18030"]
"""gb18030 also reads GBK and GB2312."""
Interval = Literal["1m", "5m", "15m", "30m", "60m", "1d"]
VolumeUnit = Literal["share", "lot"]
"""A lot (手) is 100 shares."""
BarField = Literal[
    "symbol",
    "name",
    "date",
    "open",
    "high",
    "low",
    "close",
    "preclose",
    "volume",
    "amount",
    "trading",
    "is_st",
    "open_interest",
    "settle",
]
"""What a column can mean. `date` may hold times: the ends of bars within the day, in Shanghai where no zone is written.
`trading` is 1 on a trading day and 0 on a suspended one (tradestatus)."""

REQUIRED_FIELDS: tuple[BarField, ...] = ("date", "open", "high", "low", "close", "volume")


class Schema(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileOptions(Schema):
    """How to read a file; None means: guess."""

    format: FileFormat | None = None
    encoding: Encoding | None = None
    delimiter: Literal[",", "\t", ";", "|"] | None = None
    mapping: dict[BarField, str] | None = None
    """Field → name of the column in the file. Columns that are not named are ignored."""
    symbol: str | None = Field(default=None, max_length=40)
    """The symbol of every row, for a file without a code column."""
    volume_unit: VolumeUnit | None = None
    interval: Interval | None = None
    """Of the bars; weeks and months are not imported, they are made of days."""
    skip_bad_rows: StrictBool = False
    """Store the good rows of a file that has bad ones. Without it one bad row refuses the whole file."""


class ColumnGuess(Schema):
    """One column of the file and what it is taken for."""

    name: str
    type: str
    """text, number, date, flag or, for Parquet, the stored type."""
    samples: list[str]
    field: BarField | None
    confidence: float = Field(ge=0, le=1)
    why_zh: str
    why_en: str


class FileInspection(Schema):
    """What a file seems to hold, for a person to check and correct before the import."""

    name: str
    size: int
    format: FileFormat
    content: Content = "bars"
    """Of corporate actions the columns are known by their names: `mapping` is empty, and nothing is to be chosen."""
    layout: Layout
    interval: Interval = "1d"
    """Of the bars, by the times of the first rows."""
    encoding: str | None
    delimiter: str | None
    rows: int | None
    """Number of rows where the format tells it without reading the file; None for text."""
    columns: list[ColumnGuess]
    mapping: dict[BarField, str]
    missing: list[str]
    """Required fields without a column; `symbol` when neither a column nor the file's name gives one."""
    symbol: str | None
    """The symbol that the file's name gives, used when there is no code column."""
    volume_unit: VolumeUnit
    volume_unit_why_zh: str
    volume_unit_why_en: str
    head: list[list[str]]
    """The first rows as text, in the order of `columns`."""


class FileProblem(Schema):
    """Why a file as a whole is refused."""

    code: str
    message_zh: str
    message_en: str


class RowError(Schema):
    """One bad cell or row.

    `line` counts as a person does: the header of a text file is line 1. For Parquet and 通达信 files,
    which have no lines, it is the number of the row (record), from 1.
    """

    line: int
    field: str
    value: str
    code: str
    message_zh: str
    message_en: str


class FileReport(Schema):
    """What the import of one file did."""

    name: str
    size: int
    content: Content = "bars"
    interval: Interval = "1d"
    sha256: str | None
    """None when the file was refused before it was read to its end."""
    status: Literal["stored", "unchanged", "refused"]
    error: FileProblem | None
    """Set when the file is refused as a whole, or because it has bad rows."""
    rows: int
    """Data rows in the file, good and bad."""
    accepted: int
    """Good rows. They are in the store, unless `status` is refused."""
    rejected: int
    """Bad rows."""
    inserted: int
    """Bars; of corporate actions: ex-dates."""
    updated: int
    unchanged: int
    errors: list[RowError]
    """The first errors by line, at most 1,000."""
    warnings: list[RowError]
    """Rows that are kept although the publisher's own figures contradict each other."""
    warnings_total: int
    symbols: list[str]
    first: dt.date | None
    last: dt.date | None


class Upload(BaseModel):
    """A file on the server that waits to be imported; forgotten after a day."""

    id: str
    name: str
    size: int
    inspection: FileInspection | None
    problem: FileProblem | None
    """Why it cannot be imported; then inspection is null."""


class ImportItem(Schema):
    upload_id: Annotated[str, Field(min_length=1, max_length=26)]
    options: FileOptions = FileOptions()


class ImportCreate(Schema):
    items: Annotated[list[ImportItem], Field(min_length=1, max_length=200)]


class Import(BaseModel):
    id: str
    job: Job
    files: list[str]
    reports: list[FileReport]
    """One a file, as far as they are done. Lists of imports leave out the bad rows; get the import to see them."""
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
