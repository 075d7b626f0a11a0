"""What the optimisation routes take and give."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from quantdesk.core.backtest.result import Metrics
from quantdesk.core.backtest.spec import BacktestSpec, ParamValue
from quantdesk.core.backtest.words import Words
from quantdesk.core.optimise.objective import Objective
from quantdesk.core.optimise.ranges import Range, Ranges
from quantdesk.core.optimise.search import Search
from quantdesk.core.optimise.walk_forward import WalkForward
from quantdesk.features.jobs.schemas import Job
from quantdesk.features.trials.schemas import Deflated

TrialState = Literal["queued", "succeeded", "failed"]
TrialRole = Literal["search", "test"]
ParamName = Annotated[str, Field(min_length=1, max_length=100)]
WHOLE = 0
"""The fold number of the search over all of the specification's dates."""


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SearchPlan(_In):
    """What determines which runs an optimisation makes."""

    strategy_id: Annotated[str, Field(min_length=1, max_length=26)]
    version: Annotated[int | None, Field(ge=1, le=2_147_483_647)] = None
    """Default: the newest."""
    spec: BacktestSpec
    """`params` holds what stays fixed."""
    ranges: Annotated[dict[ParamName, Range | None], Field(min_length=1, max_length=10)]
    """By parameter; null takes the range that the strategy declares."""
    search: Search
    objective: Objective = Objective()
    walk_forward: WalkForward | None = None
    """The same search on each fold's training days, its best run on the test days; besides the search over all days."""


class OptimisationCreate(SearchPlan):
    name: Annotated[str, Field(max_length=120)] = ""
    """Default: the strategy's name, the kind of search and the symbols."""


class OptimisationUpdate(_In):
    name: Annotated[str, Field(min_length=1, max_length=120)]


class TrialBacktestCreate(_In):
    name: Annotated[str, Field(max_length=120)] = ""
    """Default: the optimisation's name and the trial's number."""


class Estimate(BaseModel):
    """What an optimisation would cost."""

    trials: int
    """Of one search, exact."""
    folds: int
    runs: int
    """trials x (1 + folds) + folds."""
    seconds: float
    """Of the whole, with `parallel` runs at once."""
    seconds_a_run: float
    basis: Literal["history", "default"]
    """history: earlier runs of this strategy. default: a common speed of its kind of engine."""
    parallel: int
    ranges: Ranges
    """With the declared ones filled in."""
    words: Words


class BestTrial(BaseModel):
    number: int
    params: dict[str, ParamValue]
    objective: float
    metrics: Metrics


class Figures(BaseModel):
    """What lists show of an optimisation's belief figures, once it succeeded; None where undefined."""

    deflated_sharpe: float | None
    """Probability, 0 to 1."""
    expected_best_of_luck: float | None
    """Sharpe ratio a year."""
    overfitting: float | None
    """Probability of backtest overfitting, 0 to 1."""
    stability: float | None
    """Mean objective of the best point's neighbours over its own."""
    out_of_sample: float | None
    """The objective over all test days; None without walk-forward."""


class Optimisation(BaseModel):
    id: str
    name: str
    strategy_id: str
    strategy_name: str
    version: int
    spec: BacktestSpec
    ranges: Ranges
    search: Search
    objective: Objective
    walk_forward: WalkForward | None
    job: Job
    trials: int
    """Of one search."""
    folds: int
    """0 without walk-forward."""
    runs: int
    """All of them: trials x (1 + folds) + folds."""
    done: int
    """Runs that have ended, failed ones included."""
    failed: int
    best: BestTrial | None
    """Of the search over all days, so far."""
    figures: Figures | None
    """Once succeeded."""
    created_at: dt.datetime


class TrialColumns(BaseModel):
    """Trials as columns of equal length, by number."""

    number: list[int]
    fold: list[int]
    """0: over all days; from 1: of the walk-forward's fold."""
    role: list[TrialRole]
    """test: a fold's best on the test days."""
    state: list[TrialState]
    params: dict[str, list[ParamValue]]
    objective: list[float | None]
    """None while queued, where failed, undefined, or with too few round trips."""
    metrics: dict[str, list[float | None]]
    """sharpe, annual_return, max_drawdown, … of each; of a test over the test days only."""
    error_code: list[str | None]


class TrialError(BaseModel):
    number: int
    code: str
    message_zh: str
    message_en: str


class TrialTable(BaseModel):
    trials: TrialColumns
    errors: list[TrialError]
    """Of the failed ones, the first of each kind."""


class CurvePoint(BaseModel):
    in_sample: float
    out_of_sample: float


class Pbo(BaseModel):
    """The probability of backtest overfitting by CSCV (Bailey, Borwein, López de Prado and Zhu, 2017)."""

    probability: float
    """How often the best in sample came out below the median out of sample. 0 to 1."""
    blocks: int
    combinations: int
    slope: float | None
    """Of the out-of-sample Sharpe on the in-sample Sharpe of the chosen: negative, the better it looks the worse
    it does."""
    probability_of_loss: float
    """How often the chosen lost out of sample."""
    logit_edges: list[float]
    """Edges of the histogram of logits; one more than `logit_counts`. Below 0 is below the median."""
    logit_counts: list[int]
    points: list[CurvePoint]
    """Sharpe ratios a year of the chosen, in and out of sample, thinned to at most 500."""
    words: Words


class Stability(BaseModel):
    """How the best point's neighbours did."""

    verdict: Literal["plateau", "slope", "peak", "unknown"]
    best: float
    neighbours: int
    mean: float | None
    worst: float | None
    ratio: float | None
    """mean / best."""
    words: Words


class Overfitting(BaseModel):
    """How much to believe of the best trial. Of the search over all days."""

    trials: int
    """That succeeded."""
    best: int
    """The trial's number."""
    deflated: Deflated | None
    overfitting: Pbo | None
    stability: Stability
    notes: list[Words]
    """Why a figure is missing, and what the figures do not cover."""


class FoldResult(BaseModel):
    number: int
    train_start: dt.date
    train_end: dt.date
    test_start: dt.date
    test_end: dt.date
    trial: int | None
    """Number of the test's trial, once chosen."""
    chosen: int | None
    """Number of the best trial in training."""
    params: dict[str, ParamValue] | None
    in_sample: float | None
    out_of_sample: float | None
    state: TrialState


class OutOfSample(BaseModel):
    """The tests one after another, as one curve."""

    date: list[dt.date]
    equity: list[float]
    """Beginning with the specification's cash."""
    objective: float | None
    sharpe: float | None
    annual_return: float | None
    max_drawdown: float
    total_return: float


class WalkForwardResult(BaseModel):
    plan: WalkForward
    folds: list[FoldResult]
    out_of_sample: OutOfSample | None
    """Of the tests done so far; None before the first."""
    efficiency: float | None
    """Mean out-of-sample over mean in-sample objective, by the tests' days; None where the latter is not positive."""
    words: Words | None
