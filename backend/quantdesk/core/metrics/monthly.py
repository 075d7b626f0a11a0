"""Returns by calendar month, for the heat map of a report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MonthReturn:
    year: int
    month: int
    value: float
    """Last equity of the month / last equity of the month before - 1."""


def monthly_returns(dates: Sequence[dt.date], equity: Sequence[float]) -> list[MonthReturn]:
    """Give the return of each month that has a day, oldest first; the first month counts from the first day."""
    months: list[MonthReturn] = []
    base = equity[0] if equity else 0.0
    for index, (day, value) in enumerate(zip(dates, equity, strict=True)):
        last = index + 1 == len(dates) or (dates[index + 1].year, dates[index + 1].month) != (day.year, day.month)
        if last:
            months.append(MonthReturn(day.year, day.month, value / base - 1.0))
            base = value
    return months
