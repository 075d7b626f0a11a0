"""All figures of one run, put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from quantdesk.core.backtest.result import Fill, Metrics, RoundTrip
from quantdesk.core.metrics import returns as r
from quantdesk.core.metrics.drawdown import max_drawdown
from quantdesk.core.metrics.returns import FloatArray
from quantdesk.core.metrics.round_trips import average_holding_days, profit_factor, win_rate


@dataclass(frozen=True, slots=True)
class Trading:
    """What metrics need of fills and round trips."""

    bought: float
    sold: float
    """Turnover in yuan."""
    costs: Decimal
    round_trips: int
    win_rate: float | None
    profit_factor: float | None
    average_holding_days: float | None


def metrics_of(
    *,
    dates: Sequence[dt.date],
    equity: FloatArray,
    cash: FloatArray,
    benchmark: FloatArray | None,
    starting_cash: float,
    fills: Sequence[Fill],
    trips: Sequence[RoundTrip],
) -> Metrics:
    """Compute the metrics of a run; arguments and errors as of metrics_from."""
    trading = Trading(
        bought=float(sum((fill.amount for fill in fills if fill.side == "buy"), Decimal(0))),
        sold=float(sum((fill.amount for fill in fills if fill.side == "sell"), Decimal(0))),
        costs=sum((f.commission + f.stamp_duty + f.transfer_fee + f.dividend_tax for f in fills), Decimal("0.00")),
        round_trips=len(trips),
        win_rate=win_rate(trips),
        profit_factor=profit_factor(trips),
        average_holding_days=average_holding_days(trips),
    )
    return metrics_from(
        dates=dates, equity=equity, cash=cash, benchmark=benchmark, starting_cash=starting_cash, trading=trading
    )


def metrics_from(
    *,
    dates: Sequence[dt.date],
    equity: FloatArray,
    cash: FloatArray,
    benchmark: FloatArray | None,
    starting_cash: float,
    trading: Trading,
) -> Metrics:
    """Compute the metrics of a run; `benchmark` is scaled to the starting cash, NaN before its first day.

    Raises:
        ValueError: the series are empty or differ in length.
    """
    if not len(dates) == len(equity) == len(cash) or not len(dates):
        raise ValueError(
            f"dates {len(dates)}, equity {len(equity)} and cash {len(cash)} must be equally long, not empty"
        )
    daily = r.daily_returns(equity)
    total = r.total_return(equity, starting_cash)
    annual = r.annual_return(total, len(dates))
    drawdown = max_drawdown(equity)
    alpha = beta = information = benchmark_total = None
    if benchmark is not None and np.isfinite(benchmark).any():
        benchmark_daily = r.daily_returns(benchmark)
        alpha, beta = r.alpha_beta(daily, benchmark_daily)
        information = r.information_ratio(daily, benchmark_daily)
        known = benchmark[np.isfinite(benchmark)]
        benchmark_total = float(known[-1] / known[0] - 1.0)

    def day(index: int | None) -> dt.date | None:
        return None if index is None else dates[index]

    return Metrics(
        total_return=total,
        annual_return=annual,
        volatility=r.volatility(daily),
        sharpe=r.sharpe(daily),
        sortino=r.sortino(daily),
        calmar=r.calmar(annual, drawdown.depth),
        max_drawdown=drawdown.depth,
        max_drawdown_start=day(drawdown.peak),
        max_drawdown_end=day(drawdown.trough),
        max_drawdown_recovered=day(drawdown.recovered),
        alpha=alpha,
        beta=beta,
        information_ratio=information,
        benchmark_return=benchmark_total,
        excess_return=None if benchmark_total is None else total - benchmark_total,
        win_rate=trading.win_rate,
        profit_factor=trading.profit_factor,
        round_trips=trading.round_trips,
        average_holding_days=trading.average_holding_days,
        turnover=r.turnover(trading.bought, trading.sold, equity),
        exposure=r.exposure(equity, cash),
        total_costs=trading.costs,
        final_equity=Decimal(repr(float(equity[-1]))).quantize(Decimal("0.01"), ROUND_HALF_UP),
        days=len(dates),
    )
