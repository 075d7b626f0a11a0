"""What the routes of exports take and give."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from quantdesk.core.bars.adjust import Adjustment
from quantdesk.core.bars.frame import Interval
from quantdesk.core.calendar.iso_date import IsoDate
from quantdesk.features.jobs.schemas import Job
from quantdesk.features.market.schemas import InstrumentKind

ExportFormat = Literal["csv", "xlsx", "parquet", "qlib"]
Language = Literal["zh", "en"]
Files = Literal["one", "per_symbol"]
Column = Literal[
    "symbol",
    "name",
    "date",
    "open",
    "high",
    "low",
    "close",
    "preclose",
    "change",
    "volume",
    "amount",
    "vwap",
    "factor",
    "trading",
    "is_st",
]
"""`date` is the trading date, of bars within the day the bar's end in Beijing. `change` is a fraction. `factor` is what
the prices were multiplied by; `vwap` = turnover / volume on the same price basis."""

COLUMNS: tuple[Column, ...] = get_args(Column)
DEFAULT_COLUMNS: tuple[Column, ...] = tuple(name for name in COLUMNS if name != "vwap")
MAX_SYMBOLS = 10_000
GROUP_NAME = r"^[a-z0-9][a-z0-9_-]{0,31}$"

SymbolText = Annotated[str, Field(min_length=1, max_length=40)]
GroupName = Annotated[str, Field(pattern=GROUP_NAME)]
Members = Annotated[list[SymbolText], Field(max_length=MAX_SYMBOLS)]


class Schema(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExportCreate(Schema):
    """Which bars, and how they are written."""

    format: ExportFormat
    symbols: Annotated[list[SymbolText], Field(max_length=MAX_SYMBOLS)] = []
    """In any common spelling. None: all stored ones that match the three below."""
    kinds: Annotated[list[InstrumentKind], Field(max_length=10)] = []
    """Of these kinds only."""
    query: Annotated[str, Field(max_length=40)] = ""
    """Code, name or pinyin initials, as the search takes them."""
    simulated: StrictBool | None = None
    """True: the demo market only; False: without it."""
    interval: Interval = "1d"
    """Weekly and monthly bars are made of the daily ones."""
    start: IsoDate | None = None
    end: IsoDate | None = None
    """First and last day, both included; none: from the first stored bar, to the last."""
    adjustment: Adjustment | None = None
    """None: hfq for qlib, raw prices for the other formats."""
    as_of: IsoDate | None = None
    """With qfq: the day whose prices stay as they were; none: each symbol's last stored day."""
    columns: Annotated[list[Column], Field(min_length=1, max_length=len(COLUMNS))] = list(DEFAULT_COLUMNS)
    """In this order. qlib has fields of its own and takes no columns."""
    files: Files = "one"
    """One file of all symbols, or one a symbol in a zip archive. qlib is always an archive."""
    headers: Language = "en"
    """Language of the column names."""
    bom: StrictBool = False
    """CSV: begin with a byte order mark, without which Excel takes Chinese for another encoding."""
    groups: Annotated[dict[GroupName, Members], Field(max_length=20)] = {}
    """qlib: further instrument files, e.g. csi300 with its members."""


class ExportEstimate(BaseModel):
    """What an export would come to, before it is made."""

    symbols: int
    rows: int
    """Exact where whole histories are exported; else by the share of days."""
    bytes: int
    """About; compressed where the format is."""
    files: int
    sheets: int
    """Of the Excel workbook: it goes on in another sheet after 1,048,575 rows; 0 for other formats."""
    first: dt.date | None
    last: dt.date | None
    """Days of what would be exported."""
    free_bytes: int
    """On the disk that it is written to."""
    problem: Literal["nothing_to_export", "export_too_large", "export_disk_full"] | None
    """Why it cannot be made so."""


class ExportFile(BaseModel):
    """The finished file."""

    name: str
    size: int
    rows: int
    symbols: int
    sha256: str


class Export(BaseModel):
    id: str
    job: Job
    request: ExportCreate
    file: ExportFile | None
    """None until it is finished."""
    created_at: dt.datetime
    expires_at: dt.datetime | None
    """The file is deleted then; None while there is none."""
