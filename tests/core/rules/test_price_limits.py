"""Price limits: each era's boundary days, and the arithmetic of the limit prices."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.rules.book import rulebook, weekdays
from quantdesk.core.rules.limits import PriceLimitRule, limit_prices, limit_ticks

FEN = Decimal("0.01")


def rule_of(symbol: str, day: str, **more: object) -> PriceLimitRule:
    book = rulebook()
    rule = book.limits(book.subject(symbol), dt.date.fromisoformat(day), **more)  # type: ignore[arg-type]
    assert rule is not None
    return rule


@pytest.mark.parametrize(
    ("symbol", "day", "is_st", "rate"),
    [
        ("600601.SH", "1996-12-13", False, None), ("600601.SH", "1996-12-16", False, "0.10"),
        ("600601.SH", "1998-04-21", True, "0.10"), ("600601.SH", "1998-04-22", True, "0.05"),
        ("600601.SH", "2026-07-03", True, "0.05"), ("600601.SH", "2026-07-06", True, "0.10"),
        ("600601.SH", "2026-07-03", False, "0.10"), ("600601.SH", "2026-07-06", False, "0.10"),
        ("000001.SZ", "2024-01-02", True, "0.05"), ("900901.SH", "2024-01-02", False, "0.10"),
        ("300001.SZ", "2009-10-30", False, "0.10"), ("300001.SZ", "2020-08-21", False, "0.10"),
        ("300001.SZ", "2020-08-24", False, "0.20"), ("300001.SZ", "2020-08-21", True, "0.05"),
        ("300001.SZ", "2020-08-24", True, "0.20"), ("688001.SH", "2019-07-22", False, "0.20"),
        ("688001.SH", "2024-01-02", True, "0.20"), ("430047.BJ", "2021-11-15", False, "0.30"),
        ("510300.SH", "2024-01-02", False, "0.10"), ("588000.SH", "2024-01-02", False, "0.20"),
        ("159915.SZ", "2020-08-21", False, "0.10"), ("159915.SZ", "2020-08-24", False, "0.20"),
        ("688001.DEMO", "2024-01-02", False, "0.20"), ("600001.DEMO", "2024-01-02", False, "0.10"),
    ],
)  # fmt: skip
def test_the_limit_on_each_eras_boundary(symbol: str, day: str, is_st: bool, rate: str | None) -> None:
    rule = rule_of(symbol, day, is_st=is_st)
    assert rule.up == rule.down == (None if rate is None else Decimal(rate))


@pytest.mark.parametrize(
    ("symbol", "listed", "trading_day", "expected"),
    [
        ("600001.SH", "2013-12-31", 1, "first.main.1"), ("600001.SH", "2013-12-31", 2, "limit.main.10"),
        ("603288.SH", "2014-02-11", 1, "first.main.44_36"), ("603288.SH", "2014-02-11", 2, "limit.main.10"),
        ("001286.SZ", "2023-04-07", 1, "first.main.44_36"), ("001286.SZ", "2023-04-10", 5, "first.main.5"),
        ("001286.SZ", "2023-04-10", 6, "limit.main.10"), ("300001.SZ", "2009-10-30", 1, "first.chinext.1"),
        ("300750.SZ", "2018-06-11", 1, "first.chinext.44_36"), ("300866.SZ", "2020-08-24", 5, "first.chinext.5"),
        ("300866.SZ", "2020-08-24", 6, "limit.chinext.20"), ("688001.SH", "2019-07-22", 5, "first.star.5"),
        ("688001.SH", "2019-07-22", 6, "limit.star.20"), ("430047.BJ", "2021-11-15", 1, "first.bse.1"),
        ("430047.BJ", "2021-11-15", 2, "limit.bse.30"),
    ],
)  # fmt: skip
def test_the_first_trading_days(symbol: str, listed: str, trading_day: int, expected: str) -> None:
    list_date = dt.date.fromisoformat(listed)
    day = (list_date + dt.timedelta(days=trading_day - 1)).isoformat()
    assert rule_of(symbol, day, list_date=list_date, trading_day=trading_day).row.id == expected


def test_without_a_count_of_trading_days_weekdays_are_counted() -> None:
    monday = dt.date(2019, 7, 22)
    assert rule_of("688001.SH", "2019-07-26", list_date=monday).unlimited
    assert not rule_of("688001.SH", "2019-07-29", list_date=monday).unlimited
    assert weekdays(monday, dt.date(2019, 7, 28)) == 5
    assert weekdays(dt.date(2019, 7, 26), dt.date(2019, 7, 29)) == 2


def test_events_lift_the_limit() -> None:
    assert rule_of("600372.SH", "2010-09-20", is_st=True, event="relisting").unlimited
    assert rule_of("600001.SH", "2022-05-05", event="delisting_period").unlimited
    assert not rule_of("600001.SH", "2015-05-05", event="delisting_period").unlimited


def test_an_index_and_a_day_before_the_listing_have_no_rule() -> None:
    book = rulebook()
    assert book.limits(book.subject("000300.SH"), dt.date(2024, 1, 2)) is None
    moutai = book.subject("600519.SH")
    assert book.limits(moutai, dt.date(2001, 8, 24), list_date=dt.date(2001, 8, 27)) is None


@pytest.mark.parametrize(
    ("preclose", "day", "is_st", "up", "down"),
    [
        ("10.00", "2024-01-02", False, "11.00", "9.00"),
        ("10.05", "2024-01-02", False, "11.06", "9.05"),  # 11.055 and 9.045: both ties go up
        ("9.99", "2024-01-02", False, "10.99", "8.99"),  # 10.989, 8.991
        ("3.33", "2024-01-02", True, "3.50", "3.16"),  # 3.4965, 3.1635
        ("0.04", "2024-01-02", False, "0.05", "0.03"),  # 0.044 and 0.036 would not move
        ("0.01", "2024-01-02", False, "0.02", "0.01"),  # never below one tick
    ],
)
def test_limit_prices_by_hand(preclose: str, day: str, is_st: bool, up: str, down: str) -> None:
    rule = rule_of("600601.SH", day, is_st=is_st)
    assert limit_prices(Decimal(preclose), rule, FEN) == (Decimal(up), Decimal(down))


def test_the_first_day_of_2014_to_2023_goes_by_the_issue_price() -> None:
    rule = rule_of("603288.SH", "2014-02-11", list_date=dt.date(2014, 2, 11))
    assert rule.base == "issue_price"
    assert limit_prices(Decimal("51.25"), rule, FEN) == (Decimal("73.80"), Decimal("32.80"))


def test_a_fund_has_limits_to_a_tenth_of_a_fen() -> None:
    rule = rule_of("510300.SH", "2024-01-02")
    assert limit_prices(Decimal("3.455"), rule, Decimal("0.001")) == (Decimal("3.801"), Decimal("3.110"))


def test_a_price_off_the_tick_is_refused() -> None:
    rule = rule_of("600601.SH", "2024-01-02")
    with pytest.raises(ValueError, match=r"10\.005 is no multiple of the tick 0\.01"):
        limit_prices(Decimal("10.005"), rule, FEN)
    with pytest.raises(ValueError, match="base 0 is below one tick"):
        limit_ticks(0, rule)


RATES = st.sampled_from([("600601.SH", False), ("600601.SH", True), ("300001.SZ", False), ("430047.BJ", False)])


@given(st.integers(1, 10_000_000), RATES)
def test_a_limit_is_within_half_a_tick_of_its_rate_or_one_tick_away(base: int, which: tuple[str, bool]) -> None:
    rule = rule_of(which[0], "2024-01-02", is_st=which[1])
    prices = limit_ticks(base, rule)
    assert prices is not None
    assert rule.up is not None
    for price, exact, least in (
        (prices[0], base * (1 + rule.up), base + 1),
        (prices[1], base * (1 - rule.up), max(base - 1, 1)),
    ):
        assert abs(price - exact) <= Decimal("0.5") or price == least
    assert prices[1] <= base < prices[0]


@given(st.integers(1, 10_000_000), st.integers(0, 1000), RATES)
def test_a_higher_close_never_has_lower_limits(base: int, more: int, which: tuple[str, bool]) -> None:
    rule = rule_of(which[0], "2024-01-02", is_st=which[1])
    lower, higher = limit_ticks(base, rule), limit_ticks(base + more, rule)
    assert lower is not None
    assert higher is not None
    assert lower[0] <= higher[0]
    assert lower[1] <= higher[1]
