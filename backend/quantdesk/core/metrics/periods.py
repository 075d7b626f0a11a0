"""Returns by year and month, and the days that stood out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from quantdesk.core.backtest.analysis import DayRow, MonthRow, YearRow
from quantdesk.core.bars.frame import TimeArray
from quantdesk.core.metrics import returns as r
from quantdesk.core.metrics.drawdown import drawdown_series
from quantdesk.core.metrics.returns import FloatArray

STANDING_OUT = 5


def years_of(
    calendar: TimeArray, equity: FloatArray, benchmark: FloatArray | None, starting_cash: float
) -> list[YearRow]:
    """Give a row a calendar year; their returns chain to the total return."""
    values = np.concatenate([[starting_cash], equity])
    rows = []
    for first, last in _periods(calendar.astype("datetime64[Y]")):
        inside = values[first : last + 2]  # from the value before the first day to that of the last
        daily = r.daily_returns(inside)
        rows.append(
            YearRow(
                year=int(str(calendar[first])[:4]),
                days=last - first + 1,
                total_return=float(inside[-1] / inside[0] - 1.0),
                benchmark_return=_benchmark_return(benchmark, first, last),
                volatility=r.volatility(daily),
                sharpe=r.sharpe(daily),
                max_drawdown=float(drawdown_series(inside).min()),
            )
        )
    return rows


def months_of(
    calendar: TimeArray, equity: FloatArray, benchmark: FloatArray | None, starting_cash: float
) -> list[MonthRow]:
    """Give a row a calendar month; their returns chain to the total return."""
    values = np.concatenate([[starting_cash], equity])
    rows = []
    for first, last in _periods(calendar.astype("datetime64[M]")):
        day = str(calendar[first])
        rows.append(
            MonthRow(
                year=int(day[:4]),
                month=int(day[5:7]),
                total_return=float(values[last + 1] / values[first] - 1.0),
                benchmark_return=_benchmark_return(benchmark, first, last),
            )
        )
    return rows


def days_standing_out(
    days: Sequence[dt.date], returns: FloatArray, benchmark: FloatArray | None
) -> tuple[list[DayRow], list[DayRow]]:
    """Give the best days with a gain and the worst with a loss, at most five each; earlier ones first among equals."""
    other = None if benchmark is None else np.concatenate([[np.nan], r.daily_returns(benchmark)])

    def row(n: int) -> DayRow:
        theirs = None if other is None or not np.isfinite(other[n]) else float(other[n])
        return DayRow(date=days[n], total_return=float(returns[n]), benchmark_return=theirs)

    worst = np.argsort(returns, kind="stable")[:STANDING_OUT]
    best = np.argsort(-returns, kind="stable")[:STANDING_OUT]
    return [row(n) for n in best if returns[n] > 0], [row(n) for n in worst if returns[n] < 0]


def _periods(labels: TimeArray) -> list[tuple[int, int]]:
    """Give the first and last row of each run of equal labels."""
    starts = np.concatenate([[0], np.flatnonzero(labels[1:] != labels[:-1]) + 1])
    ends = np.concatenate([starts[1:], [len(labels)]]) - 1
    return [(int(a), int(b)) for a, b in zip(starts, ends, strict=True)]


def _benchmark_return(benchmark: FloatArray | None, first: int, last: int) -> float | None:
    """Give its return from the day before `first` (from the first known day, where that is later) to `last`."""
    if benchmark is None:
        return None
    inside = benchmark[max(first - 1, 0) : last + 1]
    known = inside[np.isfinite(inside)]
    return float(known[-1] / known[0] - 1.0) if len(known) else None
