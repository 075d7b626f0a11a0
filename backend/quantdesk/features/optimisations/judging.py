"""From stored trials to the figures that people see. Blocking; no database."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.backtest.words import Words
from quantdesk.core.metrics.returns import DAYS_A_YEAR
from quantdesk.core.optimise import deflated as dsr
from quantdesk.core.optimise import overfitting as cscv
from quantdesk.core.optimise import words
from quantdesk.core.optimise.objective import Objective, figures_of
from quantdesk.core.optimise.ranges import Ranges
from quantdesk.core.optimise.stability import stability
from quantdesk.core.optimise.walk_forward import Fold, WalkForward
from quantdesk.features.optimisations.schemas import (
    CurvePoint,
    Figures,
    FoldResult,
    OutOfSample,
    Overfitting,
    Pbo,
    Stability,
    TrialColumns,
    TrialRole,
    TrialState,
    WalkForwardResult,
)
from quantdesk.features.optimisations.tables import OptimisationTrialRow
from quantdesk.features.trials.schemas import Deflated
from quantdesk.features.trials.service import deflated_schema

RANGES: TypeAdapter[Ranges] = TypeAdapter(Ranges)
RETURN = np.dtype("<f4")
"""How returns are stored."""
SHOWN = (
    "sharpe", "sortino", "calmar", "total_return", "annual_return", "max_drawdown", "volatility", "information_ratio",
    "win_rate", "profit_factor", "round_trips", "turnover", "exposure", "total_costs",
)  # fmt: skip
"""Metrics in a trial table."""
BINS = 40
POINTS = 500
_YEAR = math.sqrt(DAYS_A_YEAR)


def columns(params: Sequence[str], rows: Sequence[OptimisationTrialRow]) -> TrialColumns:
    """Lay trials out as columns; of a test only what its test days tell."""
    return TrialColumns(
        number=[row.number for row in rows],
        fold=[row.fold for row in rows],
        role=[cast(TrialRole, row.role) for row in rows],
        state=[cast(TrialState, row.state) for row in rows],
        params={name: [row.params[name] for row in rows] for name in params},
        objective=[row.objective for row in rows],
        metrics={name: [_number((row.metrics or {}).get(name)) for row in rows] for name in SHOWN},
        error_code=[row.error["code"] if row.error else None for row in rows],
    )


def returns_of(row: OptimisationTrialRow) -> NDArray[np.float64]:
    """Give a trial's daily returns."""
    return np.frombuffer(row.returns or b"", dtype=RETURN).astype(np.float64)


def overfitting(ranges: Ranges, rows: Sequence[OptimisationTrialRow]) -> Overfitting | None:
    """Judge the best of the trials; None where fewer than two have an objective."""
    scored = [row for row in rows if row.objective is not None]
    if len(scored) < 2:
        return None
    ended = [row for row in rows if row.state == "succeeded" and row.returns]
    length = Counter(len(row.returns or b"") for row in ended).most_common(1)[0][0]
    alike = [row for row in ended if len(row.returns or b"") == length]
    found = stability(ranges, [row.params for row in scored], [row.objective for row in scored])
    assert found is not None  # noqa: S101 - all of them have an objective
    best = scored[found.best]
    table = np.stack([np.frombuffer(row.returns or b"", dtype=RETURN) for row in alike], axis=1)
    notes = [
        Words(
            "只算了这次优化自己的尝试；策略以往的全部尝试见试验账本。",
            "Only this optimisation's own tries are counted; the ledger of trials has all of the strategy's.",
        )
    ]
    deflated = _deflated(best, alike, table)
    if deflated is None:
        notes.append(
            Words(
                "最好的一次收益没有波动或天数太少，无法计算夏普比率的可信度。",
                "The best run's returns do not vary or are too few: its Sharpe ratio cannot be judged.",
            )
        )
    pbo = None
    if cscv.blocks_for(len(table)) and len(alike) > 1:
        pbo = _pbo(cscv.overfitting(table))
    else:
        notes.append(
            Words(
                f"{len(table)} 个交易日太少，无法计算过拟合概率（至少 {cscv.LEAST_BLOCKS * cscv.LEAST_DAYS} 天）。",
                f"{len(table)} days are too few for the probability of overfitting "
                f"(at least {cscv.LEAST_BLOCKS * cscv.LEAST_DAYS}).",
            )
        )
    return Overfitting(
        trials=len(ended),
        best=best.number,
        deflated=deflated,
        overfitting=pbo,
        stability=Stability(
            verdict=found.verdict,
            best=best.objective or 0.0,
            neighbours=len(found.neighbours),
            mean=found.mean,
            worst=found.worst,
            ratio=found.ratio,
            words=words.about_stability(found.verdict, len(found.neighbours), found.ratio),
        ),
        notes=notes,
    )


def figures(found: Overfitting | None, out_of_sample: float | None) -> Figures:
    """Give what lists show."""
    deflated = found.deflated if found else None
    return Figures(
        deflated_sharpe=deflated.probability if deflated else None,
        expected_best_of_luck=deflated.expected_best_of_luck if deflated else None,
        overfitting=found.overfitting.probability if found and found.overfitting else None,
        stability=found.stability.ratio if found else None,
        out_of_sample=out_of_sample,
    )


def _deflated(
    best: OptimisationTrialRow, alike: Sequence[OptimisationTrialRow], table: NDArray[np.floating]
) -> Deflated | None:
    measured = dsr.moments(returns_of(best))
    if measured is None:
        return None
    deviations = table.std(axis=0, ddof=1, dtype=np.float64) if len(table) > 1 else np.zeros(len(alike))
    moving = deviations > 1e-12
    sharpes = np.where(moving, table.mean(axis=0, dtype=np.float64) / np.where(moving, deviations, 1.0), 0.0)
    variance = dsr.variance_of(sharpes.tolist())
    found = dsr.deflated_sharpe(measured, variance, dsr.effective_trials(table))
    return deflated_schema(found, measured, len(alike)) if found else None


def _pbo(found: cscv.Overfitting) -> Pbo:
    edge = max(1.0, math.ceil(float(np.abs(found.logits).max())))
    counts, edges = np.histogram(found.logits, bins=BINS, range=(-edge, edge))
    step = max(1, math.ceil(found.combinations / POINTS))
    return Pbo(
        probability=found.probability,
        blocks=found.blocks,
        combinations=found.combinations,
        slope=found.slope,
        probability_of_loss=found.probability_of_loss,
        logit_edges=edges.tolist(),
        logit_counts=counts.tolist(),
        points=[
            CurvePoint(in_sample=float(inside) * _YEAR, out_of_sample=float(outside) * _YEAR)
            for inside, outside in zip(found.in_sample[::step], found.out_of_sample[::step], strict=True)
        ],
        words=words.about_overfitting(found.probability, found.probability_of_loss, found.slope),
    )


def walk_forward(
    plan: WalkForward,
    folds: Sequence[Fold],
    objective: Objective,
    spec: BacktestSpec,
    best: Sequence[OptimisationTrialRow | None],
    tests: Sequence[OptimisationTrialRow],
) -> WalkForwardResult:
    """Put folds and tests together; `best` is each fold's best in training, None where it has none yet."""
    by_fold = {test.fold: test for test in tests}
    results = []
    for fold, chosen in zip(folds, best, strict=True):
        test = by_fold.get(fold.number)
        results.append(
            FoldResult(
                **fold.model_dump(),
                trial=test.number if test else None,
                chosen=chosen.number if test and chosen else None,
                params=test.params if test else None,
                in_sample=chosen.objective if test and chosen else None,
                out_of_sample=test.objective if test else None,
                state=cast(TrialState, test.state) if test else "queued",
            )
        )
    done = [test for test in tests if test.state == "succeeded" and test.returns]
    stitched = _stitched(objective, spec, done) if done else None
    share = efficiency(results, {test.fold: len(test.dates or []) for test in done})
    return WalkForwardResult(
        plan=plan,
        folds=results,
        out_of_sample=stitched,
        efficiency=share,
        words=words.about_walk_forward(len(done), share, stitched.total_return) if stitched else None,
    )


def efficiency(folds: Sequence[FoldResult], days: Mapping[int, int]) -> float | None:
    """Divide the mean objective of the tests by that of their trainings, both weighted by the tests' days.

    The last test may be a few days long, and what it gives a year is then mostly noise. None where the trainings'
    mean is not above zero.
    """
    known = [
        (one.in_sample, one.out_of_sample, days[one.number])
        for one in folds
        if one.in_sample is not None and one.out_of_sample is not None and one.number in days
    ]
    trained = math.fsum(inside * weight for inside, _, weight in known)
    return math.fsum(outside * weight for _, outside, weight in known) / trained if trained > 0 else None


def _stitched(objective: Objective, spec: BacktestSpec, tests: Sequence[OptimisationTrialRow]) -> OutOfSample:
    returns = np.concatenate([returns_of(test) for test in tests])
    dates = [dt.date.fromisoformat(day) for test in tests for day in test.dates or []]
    figures = figures_of(returns)
    # The benchmark's returns are not kept, so an information ratio is only known a fold.
    return OutOfSample(
        date=dates,
        equity=(float(spec.cash) * np.cumprod(1.0 + returns)).tolist(),
        objective=figures[objective.metric],
        sharpe=figures["sharpe"],
        annual_return=figures["annual_return"],
        max_drawdown=figures["max_drawdown"] or 0.0,
        total_return=figures["total_return"] or 0.0,
    )


def _number(value: Any) -> float | None:
    """Give a stored metric as a number: money is kept as text."""
    return None if value is None else float(value)
