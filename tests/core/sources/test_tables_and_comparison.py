"""Rows besides bars, previous closes out of factors, and the comparison of two sources. All figures are made up."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.sources.compare import differences
from quantdesk.core.sources.preclose import ex_right_preclose
from quantdesk.core.sources.tables import Dividend, Factors, NameRecord
from tests.fakes.made_bars import bars_of

BARS = bars_of("600001.SH", [10, 11, 12, 13, 14], start="2024-01-01")


@pytest.mark.parametrize(
    ("name", "is_st"),
    [("ST测试", True), ("*ST测试", True), ("SST测试", True), ("S*ST测试", True), ("st测试", True), ("S测试", False),
     ("XDST测", False), ("测试", False), ("新ST", False)],
)  # fmt: skip
def test_the_risk_warning_is_in_the_name(name: str, is_st: bool) -> None:
    assert NameRecord("600001.SH", name, 0, None).is_st is is_st


def test_a_plan_becomes_an_action_when_its_day_is_set() -> None:
    announced, period, nothing = dt.date(2024, 3, 28), dt.date(2023, 12, 31), Decimal(0)
    plan = Dividend("600001.SH", period, "预案", Decimal("0.35"), nothing, nothing, announced, None, None)
    assert plan.action() is None
    paid = replace(plan, ex_date=dt.date(2024, 6, 11), progress="实施分配")
    action = paid.action()
    assert action is not None
    assert (action.cash, action.announced) == (Decimal("0.35"), dt.date(2024, 3, 28))
    late = replace(paid, announced=dt.date(2024, 7, 1)).action()  # the announcement of a change, after the fact
    assert late is not None
    assert late.announced is None
    assert replace(paid, cash=Decimal(0)).action() is None


def test_factors_give_the_exchanges_previous_close_rounded_half_up() -> None:
    bars = bars_of("600001.SH", [10.01, 10.01, 10.01], start="2024-01-02")
    factors = Factors("600001.SH", np.array(["1900-01-01", "2024-01-04"], "datetime64[D]"), np.array([1.0, 2.0]))
    result = ex_right_preclose(bars, factors)
    assert np.isnan(result[0])
    assert result[1:].tolist() == [10.01, 5.01]  # 5.005 goes up


def test_bars_before_the_first_factor_have_the_factor_one() -> None:
    factors = Factors("600001.SH", np.array(["2024-01-03"], "datetime64[D]"), np.array([1.1]))
    assert ex_right_preclose(BARS, factors)[1:].tolist() == [10, 10, 12, 13]
    assert np.isnan(ex_right_preclose(BARS.take(slice(0, 1)), factors)).all()


def test_equal_bars_have_no_difference() -> None:
    assert differences(BARS, BARS) == []
    assert differences(BARS, BARS.take(slice(0, 0))) == []


def test_each_value_that_differs_is_named_with_both_figures() -> None:
    close = BARS.close.copy()
    close[2] += 0.5
    volume = BARS.volume.copy()
    volume[3] *= 1.5
    found = differences(BARS, replace(BARS, close=close, volume=volume))
    assert [(one.field, one.first, one.second) for one in found] == [
        ("close", 12, 12.5),
        ("volume", BARS.volume[3], volume[3]),
    ]
    assert found[0].time == BARS.time[2].item()


def test_rounding_and_unknown_values_are_no_difference() -> None:
    other = replace(BARS, close=BARS.close + 0.001, volume=BARS.volume * 1.005, amount=np.full(len(BARS), np.nan))
    assert differences(BARS, other) == []


def test_a_bar_that_one_source_lacks_is_missing_only_within_what_both_cover() -> None:
    short = BARS.take(np.array([1, 3]))
    found = differences(BARS, short)
    assert [(one.field, one.time, one.first) for one in found] == [("missing", BARS.time[2].item(), 12)]
    assert np.isnan(found[0].second)
    assert [np.isnan(one.first) for one in differences(short, BARS)] == [True]


def test_a_suspended_day_that_one_source_leaves_out_is_no_difference() -> None:
    volume = BARS.volume.copy()
    volume[2] = 0
    assert differences(replace(BARS, volume=volume), BARS.take(np.array([0, 1, 3, 4]))) == []


def test_bars_of_two_instruments_are_not_compared() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        differences(BARS, replace(BARS, symbol="600002.SH"))


@given(st.lists(st.booleans(), min_size=5, max_size=5), st.lists(st.booleans(), min_size=5, max_size=5),
       st.lists(st.floats(-1, 1), min_size=5, max_size=5))  # fmt: skip
def test_the_comparison_is_the_same_from_both_sides(keep: list[bool], other: list[bool], moved: list[float]) -> None:
    a = BARS.take(np.array(keep))
    b = replace(BARS, close=BARS.close + np.array(moved)).take(np.array(other))
    there = [(one.time, one.field, str(one.first), str(one.second)) for one in differences(a, b)]
    back = [(one.time, one.field, str(one.second), str(one.first)) for one in differences(b, a)]
    assert there == back
