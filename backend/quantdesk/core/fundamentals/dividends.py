"""Dividend plans as they were known on a day, and what they yielded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from quantdesk.core.bars.frame import Bars
from quantdesk.core.sources.tables import Dividend


@dataclass(frozen=True, slots=True)
class PaidYear:
    """What a share paid over the ex-dates of a year."""

    year: int
    cash: Decimal
    yield_: float | None
    """The sum of the yields; None where one is not known."""
    payments: int


def known_plans(plans: Iterable[Dividend], as_of: dt.date | None = None) -> list[Dividend]:
    """Give the plans that were announced by the end of a day, newest first, each once.

    Of a plan whose ex-date was still to come then, the dates and the progress are left out: a table of today tells
    how it ended. Two sources may tell a plan with different days of announcement; the one that got further counts.
    """
    told = [_as_of(plan, as_of) for plan in plans if as_of is None or _public(plan) <= as_of]
    told.sort(key=lambda plan: (plan.report_date, plan.ex_date or dt.date.max, _public(plan)), reverse=True)
    found: list[Dividend] = []
    for plan in told:
        same = [other for other in found if other.report_date == plan.report_date and _is_same(plan, other)]
        if not same:
            found.append(plan)
        elif plan.ex_date is not None and same[0].ex_date is None:
            found[found.index(same[0])] = plan
    return found


def yield_of(plan: Dividend, bars: Bars | None) -> float | None:
    """Give the cash over the last raw close before the ex-date; None where either is not known."""
    if plan.ex_date is None or not plan.cash or bars is None:
        return None
    at = int(np.searchsorted(bars.time.astype("datetime64[D]"), np.datetime64(plan.ex_date))) - 1
    if at < 0 or bars.time[at].astype("datetime64[D]") < np.datetime64(plan.ex_date) - np.timedelta64(30, "D"):
        return None
    close = float(bars.close[at])
    return float(plan.cash) / close if close > 0 else None


def by_year(plans: Iterable[Dividend], yields: Iterable[float | None]) -> list[PaidYear]:
    """Give what was paid by the year of the ex-dates, oldest first."""
    found: dict[int, PaidYear] = {}
    for plan, mine in zip(plans, yields, strict=True):
        if plan.ex_date is None or not plan.cash:
            continue
        year = plan.ex_date.year
        sums = found.get(year, PaidYear(year, Decimal(0), 0.0, 0))
        total = None if sums.yield_ is None or mine is None else sums.yield_ + mine
        found[year] = PaidYear(year, sums.cash + plan.cash, total, sums.payments + 1)
    return [found[year] for year in sorted(found)]


def _public(plan: Dividend) -> dt.date:
    """Give the day from which a plan is public for sure."""
    return plan.announced or plan.record_date or plan.ex_date or dt.date.max


def _as_of(plan: Dividend, as_of: dt.date | None) -> Dividend:
    if as_of is None or plan.ex_date is None or plan.ex_date <= as_of:
        return plan
    return replace(plan, progress="", record_date=None, ex_date=None)


def _is_same(plan: Dividend, other: Dividend) -> bool:
    if plan.ex_date is not None and other.ex_date is not None:
        return plan.ex_date == other.ex_date
    return (plan.cash, plan.bonus, plan.conversion) == (other.cash, other.bonus, other.conversion)
