"""The last step of every engine's run: analysis, bias badge and capsule, from the result and the bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from quantdesk.core.backtest.analysis import Analysis, Regimes
from quantdesk.core.backtest.badge import Judged, badge_of
from quantdesk.core.backtest.capsule import capsule_of
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.bars.adjust import adjust
from quantdesk.core.bars.frame import Bars, TimeArray
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.metrics.attribution import attribution_of
from quantdesk.core.metrics.capacity import capacity_of
from quantdesk.core.metrics.cost_breakdown import cost_breakdown
from quantdesk.core.metrics.holdings import holdings_of
from quantdesk.core.metrics.ledger import day_column, ledger_of
from quantdesk.core.metrics.periods import days_standing_out, months_of, years_of
from quantdesk.core.metrics.regimes import regimes_of
from quantdesk.core.metrics.returns import FloatArray
from quantdesk.core.metrics.rolling import rolling_figures
from quantdesk.core.metrics.universe import Universe, equal_weight_returns, universe_of


def complete(
    result: BacktestResult,
    bars: Mapping[str, Bars],
    *,
    actions: Mapping[str, Sequence[CorporateAction]] | None = None,
    industries: Mapping[str, str] | None = None,
    parameters: int | None = None,
    trials: int | None = None,
    seed: int = 0,
) -> BacktestResult:
    """Give the result with its analysis, badge and capsule.

    Args:
        result: With everything else.
        bars: Raw bars by symbol that the run was given.
        actions: Corporate actions by symbol that it was given.
        industries: Industry of each symbol, where known.
        parameters: How many the strategy declares; None counts those of the spec.
        trials: Runs of this strategy so far, where somebody counts.
        seed: That the strategy's random numbers started from.
    """
    used = {symbol: actions[symbol] for symbol in result.spec.symbols if symbol in actions} if actions else {}
    badge = badge_of(
        Judged(
            spec=result.spec,
            bars=bars,
            sees_adjusted_fills=_trades_adjusted(result),
            trading_days=len(result.series.date),
            closed_round_trips=sum(trip.exit_date is not None for trip in result.round_trips),
            ex_dates={symbol: [action.ex_date for action in mine] for symbol, mine in used.items()},
            parameters=len(result.spec.params) if parameters is None else parameters,
            trials=trials,
        )
    )
    return result.model_copy(
        update={
            "analysis": analyse(result, bars, industries),
            "badge": badge,
            "capsule": capsule_of(result, seed=seed),
        }
    )


def analyse(result: BacktestResult, bars: Mapping[str, Bars], industries: Mapping[str, str] | None = None) -> Analysis:
    """Compute the analysis of a finished run from its series, fills and actions and the raw bars."""
    series, spec, cash = result.series, result.spec, float(result.spec.cash)
    calendar = day_column(series.date)
    equity, money = np.array(series.equity), np.array(series.cash)
    benchmark = None if series.benchmark is None else np.array(series.benchmark, dtype=np.float64)
    ledger = ledger_of(calendar, result.fills, result.actions, _traded_bars(result, bars))
    universe = universe_of(calendar, spec.symbols, bars)
    before = np.concatenate([[cash], equity[:-1]])
    returns = np.divide(equity, before, out=np.ones(len(equity)), where=before > 0.0) - 1.0
    best, worst = days_standing_out(series.date, returns, benchmark)
    share = spec.rules.volume_share
    return Analysis(
        costs=cost_breakdown(ledger, cash),
        capacity=capacity_of(
            ledger,
            bars,
            equity,
            cash,
            by_turnover=_trades_adjusted(result),
            bound=None if share is None else float(share),
        ),
        rolling=rolling_figures(equity, benchmark),
        attribution=attribution_of(ledger, universe, equity, spec.cash, result.metrics.final_equity, industries),
        regimes=_regimes(result, calendar, returns, bars, universe),
        years=years_of(calendar, equity, benchmark, cash),
        months=months_of(calendar, equity, benchmark, cash),
        best_days=best,
        worst_days=worst,
        holdings=holdings_of(ledger, series.date, equity, money),
    )


def _trades_adjusted(result: BacktestResult) -> bool:
    return result.engine == "backtrader" and result.spec.adjustment != "none"


def _traded_bars(result: BacktestResult, bars: Mapping[str, Bars]) -> dict[str, Bars]:
    """Give the traded symbols' bars up to the end, at the prices that the engine fills at."""
    spec = result.spec
    names = {fill.symbol for fill in result.fills} | {action.symbol for action in result.actions}
    mode = spec.adjustment if _trades_adjusted(result) else "none"
    return {name: adjust(bars[name].between(None, spec.end), mode, spec.end) for name in names if name in bars}


def _regimes(
    result: BacktestResult, calendar: TimeArray, returns: FloatArray, bars: Mapping[str, Bars], universe: Universe
) -> Regimes:
    benchmark = bars.get(result.spec.benchmark) if result.spec.benchmark else None
    if benchmark is not None and len(benchmark):
        known = benchmark.take(np.isfinite(benchmark.close) & (benchmark.close > 0.0))
        days = known.time.astype("datetime64[D]", copy=False)
        return regimes_of(result.series.date, calendar, returns, days, known.close, "benchmark")
    index: FloatArray = np.multiply.accumulate(1.0 + equal_weight_returns(universe.returns))
    return regimes_of(result.series.date, calendar, returns, universe.calendar, index, "equal_weight")
