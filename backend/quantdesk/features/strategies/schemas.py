"""What the strategy routes take and give."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StrictInt

from quantdesk.core.backtest.result import CodeError
from quantdesk.core.strategies.catalog import Category, Result
from quantdesk.core.strategies.parameters import Parameter
from quantdesk.core.strategies.project import MOST_CHARACTERS, MOST_FILES, CodeFile

ONE_LINE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
"""A line of text that is not only blanks."""
StrategyName = Annotated[str, Field(min_length=1, max_length=80, pattern=ONE_LINE)]
Code = Annotated[str, Field(max_length=MOST_CHARACTERS)]
Files = Annotated[list[CodeFile], Field(max_length=MOST_FILES)]
"""The files beside the main one, `strategy.py`."""


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CodeInspection(BaseModel):
    """What can be said of a strategy's source without running it."""

    class_name: str | None
    """The strategy that would run; None when there is none."""
    classes: list[str]
    parameters: list[Parameter]
    errors: list[CodeError]


class CodeInspect(_In):
    code: Code


class Place(BaseModel):
    """A part of a source. Lines and columns count from 1, columns in characters; the end is not part of it."""

    line: int
    column: int
    end_line: int
    end_column: int


class TextEdit(Place):
    text: str
    """What the part is replaced by."""


class Diagnostic(Place):
    """Something that a rule of ruff says of a source."""

    code: str
    """The rule, as F401; `invalid-syntax` for what is no Python."""
    message: str
    severity: Literal["error", "warning"]
    url: str | None
    """Where the rule is explained."""
    fix: list[TextEdit] | None
    """What mends it without changing what the code does."""


class CodeLint(BaseModel):
    diagnostics: list[Diagnostic]
    truncated: bool
    """There is more than is listed."""


class CodeFormatted(BaseModel):
    code: str
    changed: bool


class Template(BaseModel):
    """A strategy to start from, with what it did on the demo market."""

    id: str
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    category: Category
    backtrader: bool
    """Written for Backtrader instead of quantdesk.sdk."""
    teaches_zh: str
    teaches_en: str
    risk_zh: str
    risk_en: str
    parameters: list[Parameter]
    result: Result | None
    code: str


class TemplateList(BaseModel):
    items: list[Template]


class StrategyCreate(_In):
    name: StrategyName
    description: Annotated[str, Field(max_length=2000)] = ""
    code: Code | None = None
    """Either code or a template's id; neither gives an empty strategy skeleton."""
    files: Files = []
    template: Annotated[str | None, Field(max_length=60)] = None


class StrategyUpdate(_In):
    name: StrategyName | None = None
    description: Annotated[str | None, Field(max_length=2000)] = None


class LastBacktest(BaseModel):
    """The newest backtest of a strategy that has a report."""

    id: str
    total_return: float
    """Fraction."""
    finished_at: dt.datetime


class Strategy(BaseModel):
    id: str
    name: str
    description: str
    version: int
    """The newest version's number."""
    created_at: dt.datetime
    updated_at: dt.datetime
    deleted_at: dt.datetime | None
    last_backtest: LastBacktest | None = None


class StrategyDetail(Strategy):
    code: str
    files: list[CodeFile]
    """Beside the main file, by path."""
    inspection: CodeInspection


class VersionCreate(_In):
    code: Code
    files: Files = []
    base_version: Annotated[int, Field(ge=0, le=2_147_483_647)]
    """The version that was edited; when it is no longer the newest the answer is 409 and nothing is saved."""
    message: Annotated[str, Field(max_length=200)] = ""


class VersionUpdate(_In):
    label: Annotated[str | None, Field(max_length=60, pattern=ONE_LINE)]
    """A name for this version; null takes it away."""


class Version(BaseModel):
    number: int
    message: str
    label: str | None
    sha256: str
    lines: int
    author: str
    created_at: dt.datetime


class VersionDetail(Version):
    code: str
    files: list[CodeFile]
    """Beside the main file, by path."""
    inspection: CodeInspection


class DraftPut(_In):
    code: Code
    files: Files = []
    base_version: Annotated[StrictInt, Field(ge=0, le=2_147_483_647)]
    """The version that was edited."""
    revision: Annotated[StrictInt, Field(ge=0, le=2_147_000_000)] = 0
    """Of the draft that this one follows; 0 for the first. When it is not the newest the answer is 409."""


class Draft(BaseModel):
    revision: int
    base_version: int
    updated_at: dt.datetime


class DraftText(Draft):
    code: str
    files: list[CodeFile]


Password = Annotated[SecretStr, Field(min_length=8, max_length=200)]
ArchiveId = Annotated[str, Field(max_length=30)]
ImportState = Literal["new", "same", "conflict"]
"""Of a strategy in an archive: there is none of its name; it is here with all its versions; it differs from ours."""
ImportChoice = Literal["keep_both", "replace", "skip"]
"""Add it beside ours under a name of its own; add its newest code to ours as a new version; leave it."""


class ArchiveCreate(_In):
    ids: Annotated[list[Annotated[str, Field(max_length=26)]] | None, Field(max_length=2000)] = None
    """The strategies; null for all."""
    password: Password
    """Nobody can open the archive without it, neither can we."""


class Archive(BaseModel):
    """An uploaded archive, kept for a day."""

    id: str
    size: int


class ArchiveOpen(_In):
    password: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class ArchiveImport(ArchiveOpen):
    choices: Annotated[dict[Annotated[str, Field(max_length=130)], ImportChoice], Field(max_length=2000)] = {}
    """By folder in the archive. Without one, what is new is added and the rest skipped."""


class ArchiveEntry(BaseModel):
    folder: str
    name: str
    versions: int
    labels: list[str]
    newest_at: dt.datetime
    state: ImportState
    existing_id: str | None
    existing_version: int | None
    missing: int
    """Versions whose text our strategy of that name has not."""


class ArchivePreview(BaseModel):
    exported_at: dt.datetime
    strategies: list[ArchiveEntry]


class ImportedStrategy(BaseModel):
    name: str
    outcome: Literal["created", "new_version", "skipped"]
    strategy_id: str | None


class ArchiveImported(BaseModel):
    items: list[ImportedStrategy]


class CodeMatch(BaseModel):
    """A line of a strategy's newest version in which the searched text is."""

    strategy_id: str
    name: str
    version: int
    file: str | None = None
    """The path of the file it is in; None: the main one."""
    line: int
    """From 1."""
    text: str
    """The line, or the part around the first match of a long one."""
    columns: list[tuple[int, int]]
    """Where in `text` the matches begin and end, in characters from 0."""


class CodeMatches(BaseModel):
    items: list[CodeMatch]
    next_cursor: str | None = None
    """Where to go on: there are more matches, or the time of one request was up (with few or no items, then)."""
    unreadable: list[str] = []
    """Names of strategies that could not be searched: their code was tampered with or is lost."""
