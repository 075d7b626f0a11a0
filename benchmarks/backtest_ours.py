"""Our own engines as a child of the benchmark.

WAY: event, vector, backtrader: a run with its report. grid, single: a sweep of the vector engine over 1,000 pairs or
one, which gives metrics and daily returns. laid_out: a trial of such a sweep alone, on bars that are laid out already.
RULES=off: no lots, limits, T+1 or bound by volume, and the costs of the peers, so that the final equity can be
compared. Otherwise all rules at their defaults.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import numpy as np

from benchmarks.backtest_child import report
from benchmarks.backtest_market import CASH, FAST, FEE, GRID_FAST, GRID_SLOW, SHARE, SLOW, dates, load
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.frame import Bars

WAY = os.environ.get("WAY", "event")
RULES = os.environ.get("RULES", "on") != "off"

EVENT = f"""
from quantdesk.sdk import Strategy

class Averages(Strategy):
    def on_start(self):
        self.fast, self.slow = self.sma({FAST}), self.sma({SLOW})
        self.each = {SHARE} / len(self.symbols)

    def on_bar(self, bar):
        if self.fast[0] > self.slow[0]:
            if not self.position(bar.symbol):
                self.order_target_percent(bar.symbol, self.each)
        elif self.position(bar.symbol):
            self.order_target(bar.symbol, 0)
"""
VECTOR = f"""
from quantdesk.sdk import Signals, VectorStrategy, param, sma

class Averages(VectorStrategy):
    fast: int = param({FAST})
    slow: int = param({SLOW})

    def run(self, data):
        above = sma(data.close, self.fast) > sma(data.close, self.slow)
        return Signals(entries=above, exits=~above)
"""
BACKTRADER = f"""
import backtrader as bt

class Averages(bt.Strategy):
    def __init__(self):
        self.fast = bt.indicators.SMA(self.data.close, period={FAST})
        self.slow = bt.indicators.SMA(self.data.close, period={SLOW})

    def next(self):
        if self.fast[0] > self.slow[0]:
            if not self.position:
                self.order_target_percent(target={SHARE})
        elif self.position:
            self.close()
"""
SOURCES = {"event": EVENT, "backtrader": BACKTRADER}


def version() -> str:
    from importlib.metadata import version as installed

    from quantdesk.core.backtest import engines, run, sweep  # noqa: F401 - so that what follows imports nothing

    engines.load(WAY if WAY in SOURCES else "vector")  # type: ignore[arg-type] # one of the engines
    return f"quantdesk {installed('quantdesk')}"


def prepare(path: Path) -> Callable[[], float]:
    from quantdesk.core.backtest.run import run_strategy
    from quantdesk.core.backtest.spec import Costs, Rules, Slippage
    from quantdesk.core.backtest.sweep import run_sweep

    columns = load(path)  # [symbols, days]: a stock's bars lie together, as they are stored
    symbols, steps = columns["close"].shape
    time = dates(steps)
    no, unknown = np.zeros(steps, dtype=np.bool_), np.full(steps, np.nan)
    bars = {}
    for at in range(symbols):
        own = {name: values[at] for name, values in columns.items()}
        symbol = f"{600_000 + at}.SH"
        bars[symbol] = Bars(symbol, "1d", time, **own, amount=unknown, preclose=own["open"], suspended=no, is_st=no)
    spec = BacktestSpec(
        symbols=list(bars), start=time[0].astype(object), end=time[-1].astype(object), cash=Decimal(CASH * symbols)
    )
    if not RULES:
        spec = spec.model_copy(
            update={
                "adjustment": "none",
                "whole_lots": False,
                "rules": Rules(price_limits=False, settlement=False, volume_share=None),
                "costs": Costs(
                    commission_rate=Decimal(str(FEE)),
                    commission_min=Decimal(0),
                    stamp_duty_rate=Decimal(0),
                    transfer_fee_rate=Decimal(0),
                    slippage=Slippage(value=Decimal(0)),
                ),
            }
        )
    source = SOURCES.get(WAY, VECTOR)
    if WAY == "laid_out":
        return laid_out(spec, source, bars)
    if WAY in ("grid", "single"):
        grid = [{"fast": fast, "slow": slow} for fast in GRID_FAST for slow in GRID_SLOW]
        trials = grid if WAY == "grid" else [{"fast": FAST, "slow": SLOW}]

        def sweep() -> float:
            metrics = run_sweep(spec, source, trials, bars).trials[0].metrics
            if metrics is None:
                raise RuntimeError("the first trial failed")
            return float(metrics.final_equity)

        return sweep

    def work() -> float:
        return float(run_strategy(spec, source, bars).metrics.final_equity)

    return work


def laid_out(spec: BacktestSpec, source: str, bars: Mapping[str, Bars]) -> Callable[[], float]:
    """Give the strategy's run on a market that stands: indicators, signals, orders, fills, equity of each day."""
    from quantdesk.core.backtest.exchange import money
    from quantdesk.core.backtest.native_source import load_class
    from quantdesk.core.backtest.stage import set_stage
    from quantdesk.core.backtest.vector_engine import decide
    from quantdesk.core.execution.simulator import Simulator
    from quantdesk.core.strategies.vector.base import VectorStrategy
    from quantdesk.core.strategies.vector.data import MarketData

    stage = set_stage(spec, bars)
    cls, data = load_class(source, None, VectorStrategy), MarketData(stage)
    market = stage.exchange.market
    simulator = Simulator(market, money(spec.cash))

    def work() -> float:
        simulator.restart()
        simulator.decide(decide(cls, {}, data), len(market.day) - 1)
        return int(simulator.state.equity[-1]) / money(Decimal(1))

    return work


if __name__ == "__main__":
    report(version, prepare)
