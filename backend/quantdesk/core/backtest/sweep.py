"""Many parameter sets of one strategy on the same bars, in one process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.backtest.code_errors import StrategyError
from quantdesk.core.backtest.result import CodeError, Metrics
from quantdesk.core.backtest.run import Actions, Reseed, engine_of, run_strategy
from quantdesk.core.backtest.spec import BacktestSpec, ParamValue
from quantdesk.core.bars.frame import Bars
from quantdesk.core.strategies.project import CodeFile

Params = Mapping[str, ParamValue]


@dataclass(frozen=True, slots=True, eq=False)
class TrialOutcome:
    """How one parameter set did: either metrics and returns, or an error."""

    index: int
    """Its place in the list of trials."""
    params: dict[str, ParamValue]
    """As given for the trial, over those of the spec."""
    metrics: Metrics | None
    error: CodeError | None
    dates: list[dt.date]
    """The days of the returns; of all trials the same, none after an error."""
    returns: NDArray[np.float32]
    """Simple returns of daily equity, the first day's on the starting cash; as many as dates."""

    @property
    def days(self) -> int:
        return len(self.returns)


OnTrial = Callable[[TrialOutcome], None]


@dataclass(frozen=True, slots=True, eq=False)
class SweepResult:
    trials: list[TrialOutcome]
    """In the order asked for."""


def run_sweep(
    spec: BacktestSpec,
    source: str,
    trials: Sequence[Params],
    bars: Mapping[str, Bars],
    *,
    actions: Actions | None = None,
    on_trial: OnTrial | None = None,
    versions: Mapping[str, str] | None = None,
    reseed: Reseed | None = None,
    files: Sequence[CodeFile] = (),
) -> SweepResult:
    """Backtest the strategy once for each parameter set. A trial whose code fails does not end the others.

    Args:
        spec: What all trials have in common; a trial's parameters go over `spec.params`.
        source: The strategy's file.
        trials: Parameters by name, one mapping a trial.
        bars: Raw daily bars by symbol, as for run_strategy.
        actions: Corporate actions by symbol.
        on_trial: Called after each trial, as they end.
        versions: Of the libraries.
        reseed: Called before each trial: what it draws must not depend on those before.
        files: That `source` may import.

    Raises:
        NoBarsError: there is nothing to run on, for any of the trials.
    """
    found: dict[int, TrialOutcome] = {}
    for outcome in _trials(spec, source, trials, bars, actions, versions, reseed, files):
        found[outcome.index] = outcome
        if on_trial is not None:
            on_trial(outcome)
    return SweepResult([found[index] for index in range(len(trials))])


def _trials(
    spec: BacktestSpec,
    source: str,
    trials: Sequence[Params],
    bars: Mapping[str, Bars],
    actions: Actions | None,
    versions: Mapping[str, str] | None,
    reseed: Reseed | None,
    files: Sequence[CodeFile],
) -> Iterator[TrialOutcome]:
    """Give one outcome a trial, in any order."""
    kind = engine_of(source, spec.strategy_class)
    if kind in ("event", "vector"):
        from quantdesk.core.backtest.native_sweep import native_trials

        native = native_trials(kind, spec, source, trials, bars, actions, reseed, files)
        if native is not None:
            yield from native
            return
    for index, params in enumerate(trials):
        own = spec.model_copy(update={"params": {**spec.params, **params}})
        try:
            result = run_strategy(own, source, bars, actions=actions, versions=versions, reseed=reseed, files=files)
        except StrategyError as failure:
            yield failed(index, params, failure.error)
            continue
        equity = np.array([float(spec.cash), *result.series.equity])
        yield TrialOutcome(
            index=index,
            params=dict(params),
            metrics=result.metrics,
            error=None,
            dates=result.series.date,
            returns=simple_returns(equity),
        )


def failed(index: int, params: Params, error: CodeError) -> TrialOutcome:
    """Give the outcome of a trial whose code failed."""
    return TrialOutcome(index, dict(params), None, error, [], np.zeros(0, dtype=np.float32))


def simple_returns(equity: NDArray[np.float64]) -> NDArray[np.float32]:
    """Give the returns between consecutive equity values; 0 from a value that is not above zero."""
    before, after = equity[:-1], equity[1:]
    returns = np.divide(after, before, out=np.ones_like(after), where=before > 0.0) - 1.0
    return returns.astype(np.float32)
