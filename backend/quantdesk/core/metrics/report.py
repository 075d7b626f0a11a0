"""All figures of one run, put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from quantdesk.core.backtest.result import Fill, Metrics, RoundTrip
from quantdesk.core.metrics import returns as r
from quantdesk.core.metrics.drawdown import max_drawdown
from quantdesk.core.metrics.returns import FloatArray
from quantdesk.core.metrics.round_trips import average_holding_days, profit_factor, win_rate


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
    bought = float(sum((fill.amount for fill in fills if fill.side == "buy"), Decimal(0)))
    sold = float(sum((fill.amount for fill in fills if fill.side == "sell"), Decimal(0)))

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
        win_rate=win_rate(trips),
        profit_factor=profit_factor(trips),
        round_trips=len(trips),
        average_holding_days=average_holding_days(trips),
        turnover=r.turnover(bought, sold, equity),
        exposure=r.exposure(equity, cash),
        total_costs=sum((f.commission + f.stamp_duty + f.transfer_fee for f in fills), Decimal("0.00")),
        final_equity=Decimal(repr(float(equity[-1]))).quantize(Decimal("0.01"), ROUND_HALF_UP),
        days=len(dates),
    )
