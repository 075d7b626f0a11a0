"""Runs a Backtrader strategy over bars and gives the report's result."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import backtrader as bt

from quantdesk.core.backtest.assemble import Run, assemble
from quantdesk.core.backtest.assumptions import Waiting
from quantdesk.core.backtest.broker import StockBroker
from quantdesk.core.backtest.code_errors import StrategyError, describe
from quantdesk.core.backtest.feed import BarsFeed
from quantdesk.core.backtest.prepare import Prepared, prepare
from quantdesk.core.backtest.recorder import Recorder
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.backtest.source import check_params, load_strategy, runnable
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.frame import Bars

OnDay = Callable[[int, int, dt.date, float], None]
"""Called after each day's fills with: days done, days in all, the day, equity in yuan."""

_GUARD = 256
"""NaN bars behind the end of each feed. Backtrader's lines wrap around: reading `data.close[0]` of a symbol that
is not listed yet, or `close[-5]` on its third bar, would give prices from the end of the backtest."""


class _Cerebro(bt.Cerebro):  # type: ignore[misc]
    """Tells the recorder what day it is before the broker acts; both of Cerebro's loops pass here."""

    recorder: Recorder

    def _check_timers(self, runstrats: Any, dt0: float, cheat: bool = False) -> None:
        self.recorder.today = int(dt0)
        super()._check_timers(runstrats, dt0, cheat)

    def _runonce(self, runstrats: Any) -> None:
        shortest = min(len(data.bars) for data in self.datas)
        for strategy in runstrats:
            if strategy._minperiod > shortest:
                _tolerate_short_feeds(strategy)
        super()._runonce(runstrats)


def _tolerate_short_feeds(owner: Any) -> None:
    """Leave an indicator empty where its feed has fewer bars than its period.

    Backtrader computes indicators over whole columns and writes behind the end of a shorter one: one newly
    listed stock among 300 would end the run with an IndexError in library code.
    """
    for indicator in getattr(owner, "_lineiterators", {}).get(bt.LineIterator.IndType, ()):
        _tolerate_short_feeds(indicator)
        for name in ("preonce", "oncestart", "once"):
            setattr(indicator, name, _within_feed(indicator, getattr(indicator, name)))


def _within_feed(indicator: Any, compute: Callable[[int, int], None]) -> Callable[[int, int], None]:
    def guarded(start: int, end: int) -> None:
        if start <= end <= indicator.buflen():
            compute(start, end)

    return guarded


class _OneLot(bt.Sizer):  # type: ignore[misc]
    """One lot of the symbol's board: what `self.buy()` without a size means here."""

    def __init__(self, recorder: Recorder, broker: StockBroker) -> None:
        self._recorder = recorder
        self._lots = broker

    def _getsizing(self, comminfo: Any, cash: float, data: Any, isbuy: bool) -> int:
        self._recorder.default_size_used = True
        return self._lots.lot(data._name).minimum


def run_strategy(
    spec: BacktestSpec,
    source: str,
    bars: Mapping[str, Bars],
    *,
    on_day: OnDay | None = None,
    versions: Mapping[str, str] | None = None,
) -> BacktestResult:
    """Backtest the strategy in `source`. Runs the user's code, so call it in the sandboxed child only.

    Args:
        spec: What to run.
        source: The strategy's file, UTF-8 text.
        bars: Raw daily bars by symbol: the spec's symbols and its benchmark.
        on_day: Called once a day; not throttled.
        versions: Of the libraries, for the report.

    Raises:
        StrategyError: the user's code is wrong or has raised; also for sys.exit and MemoryError.
        NoBarsError: there is nothing to run on.
    """
    prepared = prepare(spec, bars)
    recorder = Recorder(on_day=_counted(on_day, prepared) if on_day else None)
    try:
        cls = load_strategy(source, spec.strategy_class)
        check_params(cls, spec.params)
        strategy = _run(cls, spec, prepared, recorder)
    except BaseException as error:
        raise StrategyError(describe(error, source)) from error
    return assemble(
        Run(
            spec=spec,
            prepared=prepared,
            recorder=recorder,
            waiting=_waiting(strategy, prepared) if cls.prenext is bt.Strategy.prenext else None,
            code_sha256=hashlib.sha256(source.encode()).hexdigest(),
            versions=dict(versions or {}),
        )
    )


def _run(cls: type[bt.Strategy], spec: BacktestSpec, prepared: Prepared, recorder: Recorder) -> bt.Strategy:
    cerebro = _Cerebro(stdstats=False, lookahead=_GUARD)
    cerebro.recorder = recorder
    broker = StockBroker(spec, recorder)
    cerebro.setbroker(broker)
    for bars in prepared.feeds:
        cerebro.adddata(BarsFeed(bars), name=bars.symbol)
    cerebro.addstrategy(runnable(cls, _OneLot(recorder, broker)), **spec.params)
    return cerebro.run()[0]


def _waiting(strategy: Any, prepared: Prepared) -> Waiting | None:
    """Say which symbol held back a strategy without prenext, and until when."""
    slowest: Waiting | None = None
    for bars, period in zip(prepared.feeds, strategy._minperiods, strict=True):
        if len(bars) < period:
            return Waiting(bars.symbol, None)
        ready = bars.time[period - 1].astype("datetime64[D]").item()
        if slowest is None or slowest.until is None or ready > slowest.until:
            slowest = Waiting(bars.symbol, ready)
    same_start = len({bars.time[0] for bars in prepared.feeds}) == 1
    return None if same_start else slowest


def _counted(on_day: OnDay, prepared: Prepared) -> Callable[[int, float], None]:
    total = len({int(day) for bars in prepared.feeds for day in bars.time.astype("datetime64[D]").astype(int)})
    done = 0

    def day(ordinal: int, equity: float) -> None:
        nonlocal done
        done += 1
        on_day(done, total, dt.date.fromordinal(ordinal), equity)

    return day
