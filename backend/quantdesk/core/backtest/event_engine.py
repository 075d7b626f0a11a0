"""Runs an event strategy over bars: calls it bar by bar and sends its orders to the simulator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from quantdesk.core.backtest.code_errors import StrategyError, describe
from quantdesk.core.backtest.event_desk import SimulatedDesk
from quantdesk.core.backtest.native_source import load_class
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.backtest.stage import set_stage
from quantdesk.core.backtest.write_up import SimulatedRun, write_up
from quantdesk.core.bars.frame import Bars
from quantdesk.core.execution import layout as c
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.strategies.declared import set_params
from quantdesk.core.strategies.event.strategy import Strategy
from quantdesk.core.strategies.event.timers import due
from quantdesk.core.strategies.project import CodeFile, sha256_of

OnDay = Callable[[int, int, dt.date, float], None]
"""Called with: days done, days in all, the day, equity in yuan."""

_CHUNK = 100_000
"""Bars whose places are unpacked at once."""
_TELL_EVERY = 64
"""Bars after which the days done are told; each day in turn, so that nothing is left out."""


def run_event(
    spec: BacktestSpec,
    source: str,
    bars: Mapping[str, Bars],
    *,
    actions: Mapping[str, Sequence[CorporateAction]] | None = None,
    on_day: OnDay | None = None,
    versions: Mapping[str, str] | None = None,
    files: Sequence[CodeFile] = (),
    cls: type[Strategy] | None = None,
) -> BacktestResult:
    """Backtest the strategy in `source`. Runs the user's code, so call it in the sandboxed child only.

    Arguments and errors as of `core.backtest.run.run_strategy`.
    """
    stage = set_stage(spec, bars, actions=actions)
    desk = SimulatedDesk(stage)
    try:
        cls = cls or load_class(source, spec.strategy_class, Strategy, files)
        run_on(desk, cls, spec, on_day)
    except BaseException as error:
        raise StrategyError(describe(error, source, files)) from error
    return write_up(
        SimulatedRun(
            engine="event",
            spec=spec,
            exchange=stage.exchange,
            state=desk.simulator.state,
            bars=stage.bars,
            actions=actions or {},
            benchmark=stage.benchmark,
            without_bars=stage.without_bars,
            data_sha256=stage.sha256,
            code_sha256=sha256_of(source, files),
            versions=dict(versions or {}),
        )
    )


def run_on(desk: SimulatedDesk, cls: type[Strategy], spec: BacktestSpec, on_day: OnDay | None = None) -> None:
    """Make the strategy, bring it on the desk, and run it over all days."""
    strategy = cls.__new__(cls)
    strategy._desk, strategy._timers = desk, []
    # Reading a position is the commonest question: let it be a look-up in a dict, without a call in between.
    if cls.position is Strategy.position:
        strategy.__dict__["position"] = desk.mirror.positions.__getitem__
    set_params(strategy, Strategy, spec.params)
    strategy.__init__()  # type: ignore[misc]
    strategy.on_start()
    _Run(desk, strategy, on_day).run()
    strategy.on_stop()


class _Run:
    """One run over the days."""

    def __init__(self, desk: SimulatedDesk, strategy: Strategy, on_day: OnDay | None) -> None:
        self._desk, self._strategy, self._on_day = desk, strategy, on_day
        self._told = 0
        mirror = desk.mirror
        self._order_callbacks = _overridden(strategy, "on_order", "on_order_update")
        self._fill_callbacks = _overridden(strategy, "on_fill")
        mirror.watch_orders, mirror.watch_fills = bool(self._order_callbacks), bool(self._fill_callbacks)

    def run(self) -> None:
        desk, strategy = self._desk, self._strategy
        mirror, cursor, bars, first = desk.mirror, desk.cursor, desk.bars, desk.columns.first
        market = desk.stage.exchange.market
        steps = len(market.close)
        on_bar = _together(_overridden(strategy, "on_market_data", "on_kline", "on_bar"))
        daily = _overridden(strategy, "on_day")
        timers = self._timers()
        acts: list[bool] = (np.diff(market.action_start) > 0).tolist()
        same_close = bool(market.settings[c.S_FILL] == c.SAME_CLOSE)
        single = len(bars) == 1
        symbols, rows, starts = desk.columns.events(_warmup(strategy)) if on_bar else _no_events(steps)
        tell = self._on_day is not None
        untold = 0
        step = 0
        while step < steps:
            last = max(int(np.searchsorted(starts, starts[step] + _CHUNK, side="right")) - 1, step + 1)
            base = int(starts[step])
            upto = int(starts[last])
            of_symbol, of_row = symbols[base:upto].tolist(), rows[base:upto].tolist()
            bounds = (starts[step : last + 1] - base).tolist()
            for here in range(last - step):
                desk.step = t = step + here
                if mirror.active or (mirror.holding and (acts[t] or mirror.futures_held)):
                    desk.catch_up()
                    mirror.after_step()
                    if mirror.news:
                        self._tell_news()
                for i in range(bounds[here], bounds[here + 1]):
                    s = of_symbol[i]
                    bar = bars[s]
                    bar._at = cursor.at = of_row[i]
                    cursor.start = first[s]
                    on_bar(bar)  # type: ignore[misc]
                if not single:
                    cursor.at = None
                for call, days in timers:
                    if days[t]:
                        call()
                for call in daily:
                    call()
                if same_close and mirror.active:
                    desk.catch_up()
                    desk.simulator.decided()
                    mirror.after_step()
                if mirror.news:
                    self._tell_news()
                if tell:
                    untold += 1 + bounds[here + 1] - bounds[here]
                    if untold >= _TELL_EVERY:
                        untold = 0
                        self._tell_days()
                if desk.stopped:
                    break
            step = steps if desk.stopped else last
        desk.step = steps - 1
        desk.catch_up()
        mirror.after_step()
        if mirror.news:
            self._tell_news()
        if tell:
            self._tell_days()

    def _timers(self) -> list[tuple[Callable[[], object], list[bool]]]:
        stage = self._desk.stage
        trading = (stage.exchange.market.state == c.TRADES).any(axis=1)
        return [(t.function, due(t.period, stage.dates, trading).tolist()) for t in self._strategy._timers]

    def _tell_news(self) -> None:
        """Call back with what has happened so far; what the callbacks bring about is told the next time."""
        news = self._desk.mirror.news
        for _ in range(len(news)):
            kind, subject = news.popleft()
            for call in self._fill_callbacks if kind == "fill" else self._order_callbacks:
                call(subject)

    def _tell_days(self) -> None:
        """Tell the days done since the last time, with the equity at their close."""
        desk = self._desk
        assert self._on_day is not None  # noqa: S101 - asked before
        desk.catch_up()
        equity, days = desk.simulator.state.equity, desk.stage.days
        for step in range(self._told, desk.step + 1):
            self._on_day(step + 1, len(days), days[step], int(equity[step]) / c.UNIT)
        self._told = desk.step + 1


def _overridden(strategy: Strategy, *names: str) -> list[Callable[..., Any]]:
    """Give the methods of these names that the strategy defines itself."""
    return [
        getattr(strategy, name)
        for name in names
        if name in strategy.__dict__ or getattr(type(strategy), name) is not getattr(Strategy, name)
    ]


def _together(calls: list[Callable[[Any], Any]]) -> Callable[[Any], Any] | None:
    if len(calls) < 2:
        return calls[0] if calls else None

    def all_of(bar: Any) -> None:
        for call in calls:
            call(bar)

    return all_of


def _warmup(strategy: Strategy) -> int:
    bars = strategy.warmup
    if isinstance(bars, bool) or not isinstance(bars, int) or bars < 0:
        raise ValueError(f"warmup is {bars!r}; give how many bars to wait for, a whole number from 0 on")
    return bars


def _no_events(steps: int) -> tuple[Any, Any, Any]:
    nothing = np.zeros(0, dtype=np.int64)
    return nothing, nothing, np.zeros(steps + 1, dtype=np.int64)
