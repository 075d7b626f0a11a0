"""Row checks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from quantdesk.core.bars.frame import Bars
from quantdesk.core.bars.validate import check

TODAY = dt.date(2024, 6, 1)
GOOD = Bars(
    symbol="600000.SH",
    interval="1d",
    time=np.array(["2024-05-27", "2024-05-28", "2024-05-29", "2024-06-01"], dtype="datetime64[D]"),
    open=np.array([10.0, 10.1, 10.2, 10.3]),
    high=np.array([10.5, 10.6, 10.7, 10.3]),
    low=np.array([9.9, 10.0, 10.1, 10.3]),
    close=np.array([10.1, 10.2, 10.3, 10.3]),
    volume=np.array([100.0, 200.0, 300.0, 0.0]),
    amount=np.array([1000.0, np.nan, 3000.0, 0.0]),
    preclose=np.array([np.nan, 10.1, 10.2, 10.3]),
    suspended=np.array([False, False, False, True]),
    is_st=np.zeros(4, dtype=np.bool_),
)


def changed(field: str, row: int, value: Any) -> Bars:
    column = getattr(GOOD, field).copy()
    column[row] = value
    return replace(GOOD, **{field: column})


def test_good_rows_pass_with_unknown_amounts_suspensions_and_todays_bar() -> None:
    findings = check(GOOD, today=TODAY)
    assert findings.issues == []
    assert findings.total == 0
    assert not findings.rejected.any()


@pytest.mark.parametrize(
    ("field", "value", "code", "written"),
    [
        ("open", np.nan, "not_finite", "nan"),
        ("close", np.inf, "not_finite", "inf"),
        ("low", 0.0, "not_positive", "0"),
        ("low", -3.25, "not_positive", "-3.25"),
        ("high", 10.05, "high_below", "10.05"),
        ("low", 10.15, "low_above", "10.15"),
        ("volume", -1.0, "negative", "-1"),
        ("volume", np.nan, "not_finite", "nan"),
        ("amount", -0.5, "negative", "-0.5"),
        ("amount", np.inf, "not_finite", "inf"),
        ("preclose", 0.0, "not_positive", "0"),
        ("preclose", -np.inf, "not_finite", "-inf"),
        ("time", np.datetime64("2024-06-02"), "in_future", "2024-06-02"),
        ("time", np.datetime64("1989-12-31"), "too_early", "1989-12-31"),
        ("time", np.datetime64("NaT"), "not_finite", "NaT"),
        ("time", np.datetime64("2024-05-27"), "duplicate_date", "2024-05-27"),
    ],
)
def test_one_bad_value_is_one_issue_with_row_field_and_value(field: str, value: Any, code: str, written: str) -> None:
    findings = check(changed(field, 1, value), today=TODAY)
    assert [tuple(issue) for issue in findings.issues] == [(1, field, code, written)]
    assert findings.rejected.tolist() == [False, True, False, False]
    assert findings.total == 1


def test_each_repetition_of_a_date_is_reported_but_not_its_first_row() -> None:
    bars = replace(GOOD, time=np.array(["2024-05-28", "2024-05-27", "2024-05-28", "2024-05-28"], "M8[D]"))
    findings = check(bars, today=TODAY)
    assert [issue.row for issue in findings.issues] == [2, 3]


def test_rows_in_any_order_are_fine() -> None:
    assert check(GOOD.take([3, 1, 0, 2]), today=TODAY).total == 0


def test_issues_come_by_row_and_stop_at_the_limit_but_all_are_counted() -> None:
    rows = 5000
    bad = GOOD.take(np.zeros(rows, dtype=np.intp))
    bad = replace(
        bad, time=np.datetime64("2000-01-01") + np.arange(rows), open=np.full(rows, -1.0), volume=np.full(rows, -1.0)
    )
    findings = check(bad, today=TODAY, limit=7)
    assert findings.total == 2 * rows
    assert [issue.row for issue in findings.issues] == [0, 0, 1, 1, 2, 2, 3]
    assert findings.rejected.all()


def test_bars_within_the_day_are_checked_against_the_whole_day() -> None:
    hours = ["2024-06-01T02:00:00", "2024-06-01T23:00:00", "2024-06-02T01:00:00", "2024-06-01T03:00:00"]
    time = np.array(hours, dtype="datetime64[s]")
    findings = check(replace(GOOD, interval="5m", time=time), today=TODAY)
    assert [(issue.row, issue.code) for issue in findings.issues] == [(2, "in_future")]


def test_no_rows_no_issues() -> None:
    assert check(GOOD.take(slice(0, 0)), today=TODAY).issues == []
