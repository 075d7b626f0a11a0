"""Runs a Backtrader strategy over bars and gives the report's result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import backtrader as bt
import numpy as np

from quantdesk.core.backtest.assumptions import Waiting, assumptions_of
from quantdesk.core.backtest.broker import ExchangeBroker
from quantdesk.core.backtest.code_errors import StrategyError, describe
from quantdesk.core.backtest.exchange import exchange_of, money
from quantdesk.core.backtest.feed import BarsFeed
from quantdesk.core.backtest.prepare import Prepared, prepare
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.backtest.source import check_params, load_strategy, runnable
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.backtest.write_up import SimulatedRun, write_up
from quantdesk.core.bars.frame import Bars
from quantdesk.core.execution.listings import listings_of
from quantdesk.core.execution.simulator import Simulator
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.strategies.project import CodeFile, sha256_of

OnDay = Callable[[int, int, dt.date, float], None]
"""Called after each day's fills with: days done, days in all, the day, equity in yuan."""

_GUARD = 256
"""NaN bars behind the end of each feed. Backtrader's lines wrap around: reading `data.close[0]` of a symbol that
is not listed yet, or `close[-5]` on its third bar, would give prices from the end of the backtest."""


class _Cerebro(bt.Cerebro):  # type: ignore[misc]
    """Tells the broker which step of the market comes before it acts; both of Cerebro's loops pass here."""

    steps: dict[int, int]
    """By the day's ordinal."""
    exchange_broker: ExchangeBroker

    def _check_timers(self, runstrats: Any, dt0: float, cheat: bool = False) -> None:
        self.exchange_broker.step = self.steps[int(dt0)]
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

    def __init__(self, broker: ExchangeBroker) -> None:
        self._lots = broker
        self.used = False

    def _getsizing(self, comminfo: Any, cash: float, data: Any, isbuy: bool) -> int:
        self.used = True
        return self._lots.lot(data._name).minimum


def run_strategy(
    spec: BacktestSpec,
    source: str,
    bars: Mapping[str, Bars],
    *,
    actions: Mapping[str, Sequence[CorporateAction]] | None = None,
    on_day: OnDay | None = None,
    versions: Mapping[str, str] | None = None,
    files: Sequence[CodeFile] = (),
    cls: type[bt.Strategy] | None = None,
) -> BacktestResult:
    """Backtest the strategy in `source`. Runs the user's code, so call it in the sandboxed child only.

    Args:
        spec: What to run.
        source: The strategy's file, UTF-8 text.
        bars: Raw daily bars by symbol: the spec's symbols and its benchmark.
        actions: Corporate actions by symbol; they matter at raw prices alone, adjusted ones contain them.
        on_day: Called once a day; not throttled.
        versions: Of the libraries, for the report.
        files: That `source` may import.
        cls: A class to run instead of the one in `source`.

    Raises:
        StrategyError: the user's code is wrong or has raised; also for sys.exit and MemoryError.
        NoBarsError: there is nothing to run on.
    """
    prepared = prepare(spec, bars, actions)
    exchange = exchange_of(
        spec,
        prepared.bars,
        prepared.calendar,
        actions=prepared.actions,
        listings=listings_of((bars[symbol] for symbol in spec.symbols if symbol in bars), actions),
        scales=prepared.scales,
    )
    simulator = Simulator(exchange.market, money(spec.cash))
    broker = ExchangeBroker(spec, exchange, simulator)
    sizer = _OneLot(broker)
    if on_day is not None:
        broker.on_round = _counted(on_day, prepared)
    try:
        cls = cls or load_strategy(source, spec.strategy_class, files)
        check_params(cls, spec.params)
        strategy = _run(cls, spec, prepared, broker, sizer)
        broker.send_decided()
        simulator.advance(len(prepared.calendar) - 1)
    except BaseException as error:
        raise StrategyError(describe(error, source, files)) from error
    waiting = _waiting(strategy, prepared) if cls.prenext is bt.Strategy.prenext else None
    run = SimulatedRun(
        engine="backtrader",
        spec=spec,
        exchange=exchange,
        state=simulator.state,
        bars=prepared.bars,
        actions=prepared.actions,
        benchmark=prepared.benchmark,
        without_bars=prepared.without_bars,
        data_sha256=prepared.sha256,
        code_sha256=sha256_of(source, files),
        versions=dict(versions or {}),
        assumptions=assumptions_of(spec, prepared, waiting, sizer.used, broker.ignored_settings),
    )
    return write_up(run)


def _run(
    cls: type[bt.Strategy], spec: BacktestSpec, prepared: Prepared, broker: ExchangeBroker, sizer: _OneLot
) -> bt.Strategy:
    cerebro = _Cerebro(stdstats=False, lookahead=_GUARD)
    cerebro.steps = {day.toordinal(): step for step, day in enumerate(prepared.days)}
    cerebro.exchange_broker = broker
    cerebro.setbroker(broker)
    for bars in prepared.feeds:
        cerebro.adddata(BarsFeed(bars), name=bars.symbol)
    cerebro.addstrategy(runnable(cls, sizer), **spec.params)
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
    days = prepared.days
    rounds = np.unique(np.concatenate([bars.time.astype("datetime64[D]") for bars in prepared.feeds]))
    total, done = len(rounds), 0

    def day(step: int, equity: float) -> None:
        nonlocal done
        done += 1
        on_day(done, total, days[step], equity)

    return day
