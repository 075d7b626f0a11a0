"""From a finished run of the simulator to the result of the report; the same for every engine."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from quantdesk.core.backtest.assumptions_simulated import assumptions_of_run
from quantdesk.core.backtest.decode import Decoder
from quantdesk.core.backtest.result import Assumption, BacktestResult, EngineKind, Series, made
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.frame import Bars, FloatArray
from quantdesk.core.execution import layout as c
from quantdesk.core.execution.layout import State
from quantdesk.core.execution.market import Exchange
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.metrics.drawdown import drawdown_series
from quantdesk.core.metrics.report import metrics_of
from quantdesk.core.metrics.round_trips import round_trips


@dataclass(frozen=True)
class SimulatedRun:
    """A finished run, before it is written up."""

    engine: EngineKind
    spec: BacktestSpec
    exchange: Exchange
    state: State
    bars: Sequence[Bars]
    """Raw bars that were used."""
    actions: Mapping[str, Sequence[CorporateAction]]
    benchmark: FloatArray | None
    without_bars: list[str]
    data_sha256: str
    code_sha256: str
    versions: dict[str, str]
    assumptions: list[Assumption] = field(default_factory=list)
    """What the engine adds to those of every run."""


def write_up(run: SimulatedRun) -> BacktestResult:
    """Write up a run: daily series, records, metrics, assumptions."""
    # Records are made by the ten thousand and none can go: looking for garbage among them costs a third of the time.
    collects = gc.isenabled()
    gc.disable()
    try:
        return _written(run)
    finally:
        if collects:
            gc.enable()


def _written(run: SimulatedRun) -> BacktestResult:
    decoder = Decoder(run.exchange, run.state)
    ends = run.exchange.market.day_end == 1
    equity = run.state.equity[ends] / c.UNIT
    cash = run.state.cash[ends] / c.UNIT
    dates: list[dt.date] = run.exchange.dates[ends].astype("datetime64[D]").tolist()
    benchmark = None if run.benchmark is None else run.benchmark[ends]
    starting_cash = float(run.spec.cash)
    fills = decoder.fills()
    actions = decoder.actions()
    trips = round_trips(fills, dates, _unit_values(run), actions)
    return BacktestResult(
        engine=run.engine,
        spec=run.spec,
        metrics=metrics_of(
            dates=dates,
            equity=equity,
            cash=cash,
            benchmark=benchmark,
            starting_cash=starting_cash,
            fills=fills,
            trips=trips,
        ),
        series=made(
            Series,
            {
                "date": dates,
                "equity": equity.tolist(),
                "cash": cash.tolist(),
                "benchmark": None if benchmark is None else [None if v != v else v for v in benchmark.tolist()],
                "drawdown": drawdown_series(equity).tolist(),
            },
        ),
        orders=decoder.orders(),
        fills=fills,
        rejections=decoder.rejections(),
        round_trips=trips,
        actions=actions,
        assumptions=[
            *assumptions_of_run(
                run.spec, run.engine, run.bars, run.without_bars, run.state.position, run.exchange.dates[-1]
            ),
            *run.assumptions,
        ],
        code_sha256=run.code_sha256,
        data_sha256=run.data_sha256,
        versions=run.versions,
    )


def _unit_values(run: SimulatedRun) -> dict[str, Decimal]:
    """Give what one unit of each position is worth at the end: a share, a contract by its multiplier, a coin's step."""
    closes = {bars.symbol: Decimal(repr(float(bars.close[-1]))) for bars in run.bars if len(bars)}
    prices = run.state.position[:, c.P_PRICE].tolist()
    values: dict[str, Decimal] = {}
    for symbol, price, row in zip(run.exchange.symbols, prices, run.exchange.market.instrument.tolist(), strict=True):
        last = Decimal(price) / row[c.I_SCALE] if price else closes.get(symbol, Decimal(0))
        values[symbol] = last * row[c.I_NUM] * row[c.I_SCALE] / (row[c.I_DEN] * c.UNIT)
    return values
