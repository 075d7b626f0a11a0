"""Figures of reports: as they were known on a day, by single quarters, and their growth, computed by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from quantdesk.core.fundamentals.reports import cumulative, growth, known_reports, single_quarters
from quantdesk.core.sources.items import ITEMS
from quantdesk.core.sources.records import StatementItem

MAOTAI = "600519.SH"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def told(report: str, announced: str, **values: float | None) -> list[StatementItem]:
    return [
        StatementItem(MAOTAI, ITEMS[item].statement, day(report), day(announced), item, value)
        for item, value in values.items()
    ]


YEAR = [
    *told("2023-12-31", "2024-03-30", revenue=100, net_profit_parent=-5, equity_parent=50),
    *told(
        "2024-03-31", "2024-04-28", revenue=30, operating_cost=12, net_profit_parent=6, equity_parent=56, eps_basic=0.6
    ),
    *told(
        "2024-06-30", "2024-08-28", revenue=50, operating_cost=22, net_profit_parent=9, equity_parent=58, eps_basic=0.9
    ),
    *told("2024-12-31", "2025-03-30", revenue=120, operating_cost=50, net_profit_parent=20, equity_parent=70, roe=0.31),
]


def test_a_figure_is_known_from_its_announcement_on_and_a_restated_one_replaces_it() -> None:
    rows = [*YEAR, *told("2023-12-31", "2025-03-30", revenue=98.0, net_profit_parent=-5)]
    assert known_reports(rows, day("2024-03-29")) == []
    (first,) = known_reports(rows, day("2024-04-27"))
    assert (first.values["revenue"], first.announced, first.restated) == (100, day("2024-03-30"), ())
    now = known_reports(rows)
    assert [report.report_date for report in now] == [day("2023-12-31"), *(r.report_date for r in now[1:])]
    assert (now[0].values["revenue"], now[0].values["equity_parent"]) == (98, 50)
    assert (now[0].announced, now[0].first_announced) == (day("2025-03-30"), day("2024-03-30"))
    assert now[0].restated == ("revenue",)


def test_a_row_that_no_item_names_is_left_out() -> None:
    odd = StatementItem(MAOTAI, "income", day("2024-03-31"), day("2024-04-28"), "mystery", 1.0)
    assert known_reports([odd]) == []


def test_single_quarters_are_differences_within_the_year() -> None:
    quarters = single_quarters(known_reports(YEAR))
    first, half, year = (quarters[day(text)] for text in ("2024-03-31", "2024-06-30", "2024-12-31"))
    assert (first["revenue"], half["revenue"]) == (30, 20)
    assert year["revenue"] is None  # the report of the third quarter is missing
    assert (half["equity_parent"], year["equity_parent"]) == (58, 70)
    assert (first["eps_basic"], half["eps_basic"]) == (0.6, None)
    assert first["gross_margin"] == pytest.approx(18 / 30)
    assert half["gross_margin"] == pytest.approx(10 / 20)
    assert first["roe"] == pytest.approx(6 / 53)  # over the mean of the equity at the year's and the quarter's end
    assert half["roe"] == pytest.approx(3 / 57)
    assert year["roe"] is None


def test_growth_is_over_the_same_period_of_the_year_before_and_not_over_a_loss() -> None:
    grown = growth(cumulative(known_reports(YEAR)))
    year = grown[day("2024-12-31")]
    assert year["revenue"] == pytest.approx(0.2)
    assert year["net_profit_parent"] is None
    assert "roe" not in year
    assert grown[day("2024-03-31")]["revenue"] is None


def test_an_odd_end_of_a_period_has_no_quarter() -> None:
    odd = known_reports(told("2024-02-29", "2024-04-28", revenue=3, total_assets=9))
    assert single_quarters(odd)[day("2024-02-29")] == {"revenue": None, "total_assets": 9}
    assert growth(cumulative(odd))[day("2024-02-29")] == {"revenue": None, "total_assets": None}
