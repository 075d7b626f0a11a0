"""Errors of the backtests slice."""

from __future__ import annotations

from quantdesk.kit.errors import Conflict, Invalid, NotFound


class BacktestNotFound(NotFound):
    code = "backtest_not_found"
    title = "There is no such backtest"


class BacktestNotFinished(Conflict):
    code = "backtest_not_finished"
    title = "The backtest has no report yet"


class BacktestRunning(Conflict):
    code = "backtest_running"
    title = "The backtest is still running; cancel it first"


class ReportGone(NotFound):
    code = "report_gone"
    title = "The report's file is missing; run the backtest again"


class SymbolsWithoutBars(Invalid):
    code = "symbols_without_bars"
    title = "Some symbols have no bars in these dates"


class StrategyUnusable(Invalid):
    code = "strategy_unusable"
    title = "The strategy's code cannot be run"


class BadParameters(Invalid):
    code = "bad_parameters"
    title = "The parameters do not fit the strategy's"
