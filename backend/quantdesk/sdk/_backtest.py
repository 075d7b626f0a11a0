"""Backtests in a notebook's kernel: the engines of every backtest, in the kernel's own process."""

from __future__ import annotations

import datetime as dt
import io
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from quantdesk.core.backtest import engines
from quantdesk.core.backtest.code_errors import StrategyError
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.backtest.run import engine_of, engine_of_class, run_strategy
from quantdesk.core.backtest.spec import BacktestSpec, ParamValue
from quantdesk.core.bars.frame import COLUMNS, Bars
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.strategies.parameters import read_outline, validate_params
from quantdesk.core.strategies.project import CodeFile
from quantdesk.sdk._channel import ask
from quantdesk.sdk._report import Report

_ACTIONS = TypeAdapter(dict[str, list[CorporateAction]])


def backtest(
    strategy: type | str,
    symbols: str | Sequence[str],
    start: dt.date | str,
    end: dt.date | str,
    *,
    cash: float = 1_000_000,
    benchmark: str | None = None,
    **parameters: ParamValue,
) -> Report:
    """Backtest a strategy in this kernel and give its report, which a cell shows as a page of its own.

    Fills, costs and rules are those of every backtest with the default settings, on the stored bars and corporate
    actions. Nothing is stored, and the run counts as no trial.

        class Cross(Strategy):
            fast: int = param(10)

            def on_start(self):
                self.line = self.sma(self.fast)

            def on_bar(self, bar):
                self.order_target_percent(bar.symbol, 0.9 if bar.close > self.line[0] else 0)

        report = backtest(Cross, "600519.SH", "2018-01-01", "2023-12-31", benchmark="000300.SH", fast=20)
        report.metrics["sharpe"], report.fills.tail()

    Args:
        strategy: A class that extends Strategy, VectorStrategy or bt.Strategy, or the text of a strategy's file.
        symbols: One symbol or several.
        start: The first day, a date or text such as "2020-01-01".
        end: The last day.
        cash: What it begins with, yuan.
        benchmark: Symbol to compare with.
        parameters: Of the strategy, by name.

    Raises:
        MarketDataError: no bars of a symbol are stored.
        ParameterError: a parameter that the strategy has not, or a value that it does not take.
        NoBarsError: no symbol has a bar between these days.
    """
    if isinstance(strategy, str):
        return run_code(strategy, symbols, start, end, cash=cash, benchmark=benchmark, parameters=parameters)
    engines.load(engine_of_class(strategy))
    spec, inputs = _asked(symbols, start, end, cash, benchmark, parameters)
    return _run(spec, lambda: run_strategy(spec, "", cls=strategy, reseed=_reseed, **inputs))


def run_code(
    code: str,
    symbols: str | Sequence[str],
    start: dt.date | str,
    end: dt.date | str,
    *,
    files: Sequence[CodeFile] = (),
    class_name: str | None = None,
    cash: float = 1_000_000,
    benchmark: str | None = None,
    parameters: Mapping[str, ParamValue] | None = None,
) -> Report:
    """Backtest the text of a strategy's file, compiled under the name `strategy.py`; `files` are those beside it."""
    wanted = validate_params(read_outline(code).parameters_of(class_name), parameters or {})
    engines.load(engine_of(code, class_name) or "backtrader")
    spec, inputs = _asked(symbols, start, end, cash, benchmark, wanted)
    spec = spec.model_copy(update={"strategy_class": class_name})
    return _run(spec, lambda: run_strategy(spec, code, files=files, reseed=_reseed, **inputs))


def _run(spec: BacktestSpec, run: Callable[[], BacktestResult]) -> Report:
    """Run it; an error of the strategy's code comes as it was raised, with all its lines."""
    engines.keep_numba_from_saving()
    with _own_random_numbers():
        try:
            return Report(run())
        except StrategyError as error:
            cause = error.__cause__
            if cause is None or isinstance(cause, SystemExit):
                raise
            raise cause from None


def _asked(
    symbols: str | Sequence[str],
    start: dt.date | str,
    end: dt.date | str,
    cash: float,
    benchmark: str | None,
    parameters: Mapping[str, ParamValue],
) -> tuple[BacktestSpec, dict[str, Any]]:
    """Ask for what the run needs; give the spec with canonical symbols, and the engine's arguments."""
    listed = [symbols] if isinstance(symbols, str) else list(symbols)
    asked = {"ask": "backtest", "symbols": listed, "benchmark": benchmark, "end": str(end)[:10]}
    known, _ = ask(asked)
    spec = BacktestSpec.model_validate(
        {
            "symbols": known["symbols"],
            "benchmark": known["benchmark"],
            "start": str(start)[:10],
            "end": str(end)[:10],
            "cash": str(cash),
            "params": dict(parameters),
        }
    )
    wanted = dict.fromkeys([*spec.symbols, *([spec.benchmark] if spec.benchmark else [])])
    actions = _ACTIONS.validate_python(known["actions"])
    return spec, {"bars": {symbol: _bars(symbol, spec) for symbol in wanted}, "actions": actions}


def _bars(symbol: str, spec: BacktestSpec) -> Bars:
    """Ask for all raw bars of a symbol: factors need the days before the start, too."""
    _, body = ask({"ask": "bars", "symbol": symbol, "interval": spec.interval, "adjust": "none"})
    with np.load(io.BytesIO(body), allow_pickle=False) as columns:
        return Bars(symbol, spec.interval, **{name: columns[name] for name in COLUMNS})


def _reseed() -> None:
    random.seed(0)
    np.random.seed(0)


@contextmanager
def _own_random_numbers() -> Iterator[None]:
    """Let a run draw the numbers of every run, and the notebook go on with its own."""
    mine, numpys = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(mine)
        np.random.set_state(numpys)
