"""Where a multiple stands among its days, and what dividends yielded, computed by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import numpy as np
import pytest

from quantdesk.core.fundamentals.dividends import PaidYear, by_year, known_plans, yield_of
from quantdesk.core.fundamentals.valuation import LEAST, standing
from quantdesk.core.sources.records import ValuationDay
from quantdesk.core.sources.tables import Dividend
from tests.fakes.made_bars import bars_of

MAOTAI = "600519.SH"


def days(values: list[float | None]) -> list[ValuationDay]:
    first = dt.date(2024, 1, 1)
    return [
        ValuationDay(
            MAOTAI, first + dt.timedelta(days=at), 10, None, None, None, None, pe, None, None, None, None, None
        )
        for at, pe in enumerate(values)
    ]


def test_the_bands_are_the_percentiles_of_the_range() -> None:
    found = standing(days([float(at) for at in range(1, 101)]), "pe_ttm")
    assert found.bands == {p: pytest.approx(np.percentile(range(1, 101), p)) for p in (10, 25, 50, 75, 90)}
    assert (found.last, found.rank, found.above, found.below) == (100, 1.0, 100, 0)


def test_losses_are_in_the_line_and_not_in_the_bands() -> None:
    found = standing(days([*[10.0] * 30, *[-50.0] * 10, 5.0]), "pe_ttm")
    assert found.bands[10] == found.bands[90] == 10
    assert (found.above, found.below) == (31, 10)
    assert found.rank == pytest.approx(1 / 31)
    assert found.values[35] == -50
    loss = standing(days([*[10.0] * 30, -50.0]), "pe_ttm")
    assert (loss.last, loss.rank) == (-50, None)


def test_few_days_and_days_without_a_value_have_no_bands() -> None:
    few = standing(days([10.0] * (LEAST - 1)), "pe_ttm")
    assert (few.bands, few.rank) == ({}, None)
    none = standing(days([None] * 30), "pe_ttm")
    assert (none.bands, none.last_day, none.above) == ({}, None, 0)
    assert np.isnan(none.last)
    gap = standing(days([*[10.0] * 30, None]), "pe_ttm")
    assert (gap.last, gap.last_day) == (10, dt.date(2024, 1, 30))
    assert standing([], "pb").days == []


def plan(
    report: str, announced: str | None, cash: str, ex: str | None = None, *, progress: str = "实施分配"
) -> Dividend:
    def day(text: str | None) -> dt.date | None:
        return (text and dt.date.fromisoformat(text)) or None

    period = dt.date.fromisoformat(report)
    return Dividend(MAOTAI, period, progress, Decimal(cash), Decimal(0), Decimal(0), day(announced), None, day(ex))


def test_a_plan_is_known_from_its_announcement_and_its_dates_once_they_have_come() -> None:
    paid = plan("2024-12-31", "2025-03-30", "1.5", "2025-06-20")
    assert known_plans([paid], dt.date(2025, 3, 29)) == []
    assert known_plans([paid], dt.date(2025, 6, 19)) == [dataclasses.replace(paid, progress="", ex_date=None)]
    assert known_plans([paid], dt.date(2025, 6, 20)) == known_plans([paid]) == [paid]
    dateless = plan("2024-12-31", None, "1.5", "2025-06-20")
    assert known_plans([dateless], dt.date(2025, 6, 19)) == []


def test_a_plan_that_two_sources_tell_counts_once() -> None:
    paid = plan("2024-12-31", "2025-03-30", "1.5", "2025-06-20")
    other = plan("2024-12-31", "2025-03-29", "1.5", "2025-06-20")
    early = plan("2024-12-31", "2025-03-28", "1.5", progress="预案")
    special = plan("2024-12-31", "2025-11-01", "3")
    assert known_plans([early, other, paid]) == [paid]
    assert known_plans([early, special, paid]) == [special, paid]


def test_the_yield_is_over_the_close_before_the_ex_date() -> None:
    bars = bars_of(MAOTAI, [10, 20, 12], start="2025-06-18")  # Wednesday to Friday
    assert yield_of(plan("2024-12-31", None, "1", "2025-06-20"), bars) == pytest.approx(1 / 20)
    assert yield_of(plan("2024-12-31", None, "1", "2025-06-23"), bars) == pytest.approx(1 / 12)
    for nothing in (plan("2024-12-31", None, "1"), plan("2024-12-31", None, "0", "2025-06-20")):
        assert yield_of(nothing, bars) is None
    assert yield_of(plan("2024-12-31", None, "1", "2025-06-18"), bars) is None
    assert yield_of(plan("2024-12-31", None, "1", "2025-12-01"), bars) is None
    assert yield_of(plan("2024-12-31", None, "1", "2025-06-20"), None) is None


def test_payments_are_summed_by_the_year_of_their_ex_date() -> None:
    plans = [
        plan("2025-06-30", None, "2", "2025-11-20"),
        plan("2024-12-31", None, "1.50", "2025-06-20"),
        plan("2023-12-31", None, "1", "2024-06-20"),
        plan("2025-12-31", None, "9"),
    ]
    assert by_year(plans, [0.25, 0.5, None, None]) == [
        PaidYear(2024, Decimal(1), None, 1),
        PaidYear(2025, Decimal("3.5"), 0.75, 2),
    ]
