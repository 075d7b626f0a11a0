"""Runs a vectorised strategy: its code once, over all days, then the kernel through the market."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from quantdesk.core.backtest.code_errors import StrategyError, describe
from quantdesk.core.backtest.engines import tiny_simulator
from quantdesk.core.backtest.exchange import money
from quantdesk.core.backtest.native_source import load_class
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.backtest.spec import BacktestSpec, ParamValue
from quantdesk.core.backtest.stage import Stage, set_stage
from quantdesk.core.backtest.write_up import SimulatedRun, write_up
from quantdesk.core.bars.frame import Bars
from quantdesk.core.execution import layout as c
from quantdesk.core.execution.simulator import Simulator
from quantdesk.core.execution.vector import Decisions
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.strategies.declared import set_params
from quantdesk.core.strategies.project import CodeFile, sha256_of
from quantdesk.core.strategies.vector.base import VectorStrategy
from quantdesk.core.strategies.vector.data import MarketData
from quantdesk.core.strategies.vector.decisions import Weights, for_kernel

OnDay = Callable[[int, int, dt.date, float], None]

_CHUNK = 250
"""Steps between two calls of on_day."""


def run_strategy(
    spec: BacktestSpec,
    source: str,
    bars: Mapping[str, Bars],
    *,
    actions: Mapping[str, Sequence[CorporateAction]] | None = None,
    on_day: OnDay | None = None,
    versions: Mapping[str, str] | None = None,
    files: Sequence[CodeFile] = (),
    cls: type[VectorStrategy] | None = None,
) -> BacktestResult:
    """Backtest the vectorised strategy in `source`; arguments and errors as of core.backtest.run.

    `on_day` is called once in 250 days and on the last.
    """
    stage = set_stage(spec, bars, actions=actions)
    simulator = Simulator(stage.exchange.market, money(spec.cash))
    try:
        cls = cls or load_class(source, spec.strategy_class, VectorStrategy, files)
        decisions = decide(cls, spec.params, MarketData(stage))
    except BaseException as error:
        raise StrategyError(describe(error, source, files)) from error
    _simulate(simulator, decisions, stage, on_day)
    return write_up(
        SimulatedRun(
            engine="vector",
            spec=spec,
            exchange=stage.exchange,
            state=simulator.state,
            bars=stage.bars,
            actions=actions or {},
            benchmark=stage.benchmark,
            without_bars=stage.without_bars,
            data_sha256=stage.sha256,
            code_sha256=sha256_of(source, files),
            versions=dict(versions or {}),
        )
    )


def decide(cls: type[VectorStrategy], params: Mapping[str, ParamValue], data: MarketData) -> Decisions:
    """Run the user's class on the data, and give its decisions to the kernel."""
    strategy = cls()
    set_params(strategy, VectorStrategy, params)
    return for_kernel(strategy.run(data), *data.shape)


def _simulate(simulator: Simulator, decisions: Decisions, stage: Stage, on_day: OnDay | None) -> None:
    """Run the decisions through the market to its end."""
    steps = len(simulator.market.day)
    if on_day is None:
        simulator.decide(decisions, steps - 1)
        return
    for last in [*range(_CHUNK - 1, steps - 1, _CHUNK), steps - 1]:
        simulator.decide(decisions, last)
        on_day(last + 1, steps, stage.days[last], float(simulator.state.equity[last]) / c.UNIT)


def warm() -> None:
    """Call the loop of the vectorised engine once; indicators are compiled when they are imported."""
    simulator = tiny_simulator()
    simulator.decide(for_kernel(Weights([[0.5], [1.0], [0.0]]), 3, 1), 2)
