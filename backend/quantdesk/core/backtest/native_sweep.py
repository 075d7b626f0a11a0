"""All trials of an event or vectorised strategy on one stage: bars are laid out once, indicators computed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from quantdesk.core.backtest.code_errors import StrategyError, describe
from quantdesk.core.backtest.exchange import money
from quantdesk.core.backtest.native_source import load_class
from quantdesk.core.backtest.run import Actions, Reseed
from quantdesk.core.backtest.spec import BacktestSpec, ParamValue
from quantdesk.core.backtest.stage import Stage, set_stage
from quantdesk.core.backtest.sweep import Params, TrialOutcome, failed
from quantdesk.core.backtest.trial import TrialFigures
from quantdesk.core.bars.frame import Bars
from quantdesk.core.execution.simulator import Simulator
from quantdesk.core.strategies.project import CodeFile

Runner = Callable[[Mapping[str, ParamValue]], Simulator]
"""Runs the strategy with these parameters to the end of the market."""


def native_trials(
    kind: str,
    spec: BacktestSpec,
    source: str,
    trials: Sequence[Params],
    bars: Mapping[str, Bars],
    actions: Actions | None,
    reseed: Reseed | None,
    files: Sequence[CodeFile] = (),
) -> Iterator[TrialOutcome] | None:
    """Give the outcomes in order; None where this is not possible. The user's module runs once, its class a trial.

    Raises:
        NoBarsError: there is nothing to run on.
    """
    stage = set_stage(spec, bars, actions=actions)
    if not TrialFigures.possible(stage):
        return None
    return _outcomes(kind, stage, source, trials, reseed, files)


def _outcomes(
    kind: str, stage: Stage, source: str, trials: Sequence[Params], reseed: Reseed | None, files: Sequence[CodeFile]
) -> Iterator[TrialOutcome]:
    figures = TrialFigures(stage)
    run: Runner | None = None
    for index, params in enumerate(trials):
        if reseed is not None:
            reseed()
        try:
            if run is None:
                run = (
                    _vector(stage, source, files, len(trials) > 1) if kind == "vector" else _event(stage, source, files)
                )
            simulator = run({**stage.spec.params, **params})
        except BaseException as error:
            described = error.error if isinstance(error, StrategyError) else describe(error, source, files)
            yield failed(index, params, described)
            continue
        yield TrialOutcome(
            index=index,
            params=dict(params),
            metrics=figures.metrics(simulator),
            error=None,
            dates=figures.dates,
            returns=figures.returns(simulator),
        )


def _vector(stage: Stage, source: str, files: Sequence[CodeFile], several: bool) -> Runner:
    """Make the runner; indicators are kept for the next trial only where there are several."""
    from quantdesk.core.backtest.vector_engine import decide
    from quantdesk.core.strategies.vector.base import VectorStrategy
    from quantdesk.core.strategies.vector.data import MarketData
    from quantdesk.core.strategies.vector.memo import Memo, memo

    cls = load_class(source, stage.spec.strategy_class, VectorStrategy, files)
    data, known = MarketData(stage), Memo() if several else None
    simulator = Simulator(stage.exchange.market, money(stage.spec.cash))
    steps = len(stage.dates)

    def run(params: Mapping[str, ParamValue]) -> Simulator:
        token = memo.set(known)
        try:
            decisions = decide(cls, params, data)
        finally:
            memo.reset(token)
        simulator.restart()
        simulator.decide(decisions, steps - 1)
        return simulator

    return run


def _event(stage: Stage, source: str, files: Sequence[CodeFile]) -> Runner:
    from quantdesk.core.backtest.event_desk import SimulatedDesk
    from quantdesk.core.backtest.event_engine import run_on
    from quantdesk.core.strategies.event.strategy import Strategy

    cls = load_class(source, stage.spec.strategy_class, Strategy, files)

    def run(params: Mapping[str, ParamValue]) -> Simulator:
        desk = SimulatedDesk(stage)
        run_on(desk, cls, stage.spec.model_copy(update={"params": dict(params)}))
        return desk.simulator

    return run
