"""What the routes of factors take and give."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from quantdesk.core.calendar.iso_date import IsoDate
from quantdesk.core.expressions.tokens import MAX_CHARACTERS
from quantdesk.features.jobs.schemas import Job

MAX_SYMBOLS = 1_000
FactorName = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")]
ExpressionText = Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS)]
Note = Annotated[str, Field(max_length=2000)]
SymbolText = Annotated[str, Field(min_length=1, max_length=40)]
Figure = float | None


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FactorCreate(_In):
    name: FactorName
    expression: ExpressionText
    """In the language of `GET /factors/language`."""
    note: Note = ""


class FactorUpdate(_In):
    name: FactorName | None = None
    expression: ExpressionText | None = None
    note: Note | None = None


class Factor(BaseModel):
    id: str
    name: str
    expression: str
    note: str
    fields: list[str]
    """That it reads, without their $."""
    history: int | None
    """Days before a day that its value rests on; None where all of them may."""
    created_at: dt.datetime
    updated_at: dt.datetime


class Function(BaseModel):
    name: str
    signature: str
    """Such as Mean(x, N)."""
    group: Literal["element", "window", "cross"]
    """Element by element, over a window of days, over the symbols of a day."""


class FeatureSet(BaseModel):
    name: str
    features: dict[str, str]
    """Expressions by name."""


class Language(BaseModel):
    """What an expression may be made of."""

    functions: list[Function]
    fields: list[str]
    sets: list[FeatureSet]


class CheckCreate(_In):
    expression: Annotated[str, Field(max_length=MAX_CHARACTERS + 1_000)]


class ExpressionProblem(BaseModel):
    """Why an expression is refused."""

    code: str
    """Such as expression_look_ahead."""
    problem: str
    advice: str
    position: int | None
    """From 0; null where no place can be named."""


class CheckedExpression(BaseModel):
    problem: ExpressionProblem | None
    """Null: it can be used."""
    expression: str
    """The normal form; empty where it cannot be used."""
    fields: list[str]
    history: int | None
    """Days before a day that its value rests on; null where all of them may, or where it cannot be used."""
    cross: bool
    """It compares the symbols of a day: its values depend on which there are."""


Universe = Literal["symbols", "stocks", "demo"]
"""symbols: those given. stocks: all stored real stocks. demo: those of the simulated market."""


class PreviewCreate(_In):
    """A factor, and what it is to be looked at with."""

    expression: ExpressionText
    universe: Universe = "symbols"
    symbols: Annotated[list[SymbolText], Field(max_length=MAX_SYMBOLS)] = []
    """The universe `symbols`: cross-sections rank among them. In any common spelling."""
    start: IsoDate
    end: IsoDate
    horizon: Annotated[int, Field(ge=1, le=60)] = 1
    """Trading days that a return is over."""
    delay: Annotated[int, Field(ge=0, le=10)] = 1
    """Trading days from the close that the factor is known at to the one a return begins at; 1 as in qlib's label."""
    groups: Annotated[int, Field(ge=2, le=20)] = 5


class SeriesCreate(_In):
    """A factor beside the price of one symbol."""

    expression: ExpressionText
    symbol: SymbolText
    universe: Universe = "symbols"
    symbols: Annotated[list[SymbolText], Field(max_length=MAX_SYMBOLS)] = []
    """What cross-sections rank among besides the symbol."""
    start: IsoDate
    end: IsoDate


class FactorSeries(BaseModel):
    """Columns of equal length, one row a day of the symbol's bars."""

    symbol: str
    date: list[dt.date]
    close: list[Figure]
    """hfq."""
    value: list[Figure]


class FigureSummary(BaseModel):
    mean: Figure
    deviation: Figure
    ratio: Figure
    """Mean over deviation."""
    positive: Figure
    """Share of the days above 0."""
    days: int


class DecayPoint(BaseModel):
    horizon: int
    """Trading days that the returns are over."""
    rank_ic: Figure
    """Mean over the days."""
    days: int


class Preview(BaseModel):
    """Columns of equal length, one row a trading day; None where a day has no figure. Prices are hfq."""

    expression: str
    """The normal form."""
    symbols: list[str]
    """That have bars in these days."""
    missing: list[str]
    """That have none."""
    date: list[dt.date]
    coverage: list[Figure]
    """Share of the day's traded symbols that the factor has a value for."""
    ic: list[Figure]
    """Correlation of the factor with the later return over the day's symbols (Pearson)."""
    rank_ic: list[Figure]
    """The same of their ranks (Spearman)."""
    groups: list[list[Figure]]
    """For each group, the lowest values first: the mean later return of its symbols."""
    turnover: list[Figure]
    """Share of the highest group's symbols that were not in it before."""
    autocorrelation: list[Figure]
    """Correlation of the day's ranks with those of the day before."""
    group_means: list[Figure]
    """Mean over the days of each group's return."""
    decay: list[DecayPoint]
    """By horizon, the shortest first."""
    ic_summary: FigureSummary
    rank_ic_summary: FigureSummary


class Study(BaseModel):
    """A preview made by a worker: it may be larger."""

    id: str
    job: Job
    request: PreviewCreate
    preview: Preview | None
    """None until the job has succeeded."""
    created_at: dt.datetime
