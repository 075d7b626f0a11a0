"""Which runs an optimisation makes, and what they would cost."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass
from typing import cast

import numpy as np

from quantdesk.core.backtest.code_errors import ParameterError
from quantdesk.core.backtest.result import EngineKind
from quantdesk.core.backtest.run import engine_of
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.optimise import search, words
from quantdesk.core.optimise.ranges import Ranges, fit_ranges
from quantdesk.core.optimise.walk_forward import Fold, WalkForward, split
from quantdesk.core.strategies.parameters import read_outline
from quantdesk.features.backtests import service as backtests
from quantdesk.features.backtests.errors import BadParameters
from quantdesk.features.optimisations.errors import BadWalkForward, SearchTooLarge
from quantdesk.features.optimisations.schemas import Estimate, SearchPlan
from quantdesk.features.strategies import service as strategies
from quantdesk.features.strategies.schemas import Strategy, VersionDetail
from quantdesk.features.trials import service as ledger
from quantdesk.kit.context import Context
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.bar_store import BarStore

MAX_RUNS = 50_000
"""Of one optimisation, all folds included."""
CALENDAR_SYMBOLS = 50
"""Symbols whose bars tell the trading days of a walk-forward."""
SECONDS_A_BAR: dict[EngineKind, float] = {"backtrader": 1 / 8_000, "event": 1 / 300_000, "vector": 1 / 10_000_000}
"""Where the strategy has not run yet: what the engines reach on an ordinary machine, rounded down."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked request: everything that determines the runs."""

    strategy: Strategy
    version: VersionDetail
    spec: BacktestSpec
    ranges: Ranges
    trials: int
    folds: list[Fold]
    days: int
    """Trading days of the specification."""
    engine: EngineKind

    @property
    def runs(self) -> int:
        return self.trials * (1 + len(self.folds)) + len(self.folds)

    @property
    def parallel(self) -> bool:
        """Say whether the runs are worth several processes; a vectorised sweep runs in one."""
        return self.engine != "vector"


async def checked(uow: UnitOfWork, context: Context, owner_id: str, body: SearchPlan) -> Plan:
    """Check a request against the strategy and the stored bars.

    Raise StrategyNotFound, VersionNotFound, StrategyUnusable, BadParameters, SymbolsWithoutBars, SearchTooLarge,
    BadWalkForward, Invalid.
    """
    strategy = await strategies.get(uow, body.strategy_id, owner_id)
    version = await strategies.get_version(uow, context, strategy.id, owner_id, body.version or strategy.version)
    return await asyncio.to_thread(_checked, context.bars, body, strategy, version)


async def estimate(uow: UnitOfWork, context: Context, owner_id: str, body: SearchPlan) -> Estimate:
    """Say what an optimisation would cost. Raise as `checked` does."""
    plan = await checked(uow, context, owner_id, body)
    known = await ledger.seconds_a_bar(uow, plan.strategy.id)
    a_bar = SECONDS_A_BAR[plan.engine] if known is None else known
    symbols = len(plan.spec.symbols)
    searched = plan.days + sum(_days(plan, fold.train_start, fold.train_end) for fold in plan.folds)
    tested = sum(_days(plan, fold.train_start, fold.test_end) for fold in plan.folds)
    work = a_bar * symbols * (plan.trials * searched + tested)
    parallel = min(context.settings.jobs.concurrency, plan.runs) if plan.parallel else 1
    seconds = work / parallel + 1
    return Estimate(
        trials=plan.trials,
        folds=len(plan.folds),
        runs=plan.runs,
        seconds=seconds,
        seconds_a_run=a_bar * symbols * plan.days,
        basis="default" if known is None else "history",
        parallel=parallel,
        ranges=plan.ranges,
        words=words.about_cost(plan.runs, seconds, parallel, known is not None),
    )


def _checked(bars: BarStore, body: SearchPlan, strategy: Strategy, version: VersionDetail) -> Plan:
    spec = backtests.checked(bars, body.spec, version.code)
    parameters = read_outline(version.code).parameters_of(spec.strategy_class)
    try:
        ranges = fit_ranges(parameters, body.ranges)
    except ParameterError as error:
        raise BadParameters(str(error), field="ranges", parameters=error.problems) from None
    try:
        trials = search.count(ranges, body.search)
    except ValueError as error:
        raise SearchTooLarge(str(error), field="ranges") from None
    days = trading_days(bars, spec)
    plan = Plan(
        strategy=strategy,
        version=version,
        spec=spec,
        ranges=ranges,
        trials=trials,
        folds=_folds(days, body.walk_forward),
        days=len(days),
        engine=engine_of(version.code, spec.strategy_class) or "backtrader",
    )
    if plan.runs > MAX_RUNS:
        raise SearchTooLarge(
            f"{trials:,} trials over {len(plan.folds)} folds and the whole are {plan.runs:,} runs, more than "
            f"{MAX_RUNS:,}; take fewer trials or longer tests",
            field="walk_forward",
        )
    return plan


def trading_days(bars: BarStore, spec: BacktestSpec) -> list[dt.date]:
    """Give the days between the spec's dates on which one of its symbols has a bar. Blocking.

    Of many symbols the first fifty and the benchmark tell.
    """
    wanted = [*spec.symbols[:CALENDAR_SYMBOLS], *([spec.benchmark] if spec.benchmark else [])]
    found = [bars.read(symbol, spec.interval, spec.start, spec.end) for symbol in wanted]
    times = [one.time.astype("datetime64[D]") for one in found if one is not None]
    return cast(list[dt.date], np.unique(np.concatenate(times)).tolist()) if times else []


def _folds(days: list[dt.date], plan: WalkForward | None) -> list[Fold]:
    if plan is None:
        return []
    try:
        return split(days, plan)
    except ValueError as error:
        raise BadWalkForward(str(error), field="walk_forward") from None


def _days(plan: Plan, start: dt.date, end: dt.date) -> int:
    """Give about how many trading days lie between, by the share of the calendar."""
    return round(plan.days * ((end - start).days + 1) / max((plan.spec.end - plan.spec.start).days + 1, 1))
