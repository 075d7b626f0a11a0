"""Which tables are due, in which order and part of the schedule, and how published trading days decide."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import numpy as np
import pytest

from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.instruments.symbol import kind_of
from quantdesk.core.refresh.datasets import BARS, INDICES, ORDER, TABLES, is_due, part_of
from quantdesk.core.refresh.days import due_night, known_days, last_over, market_days, next_due, next_night, over_at
from quantdesk.core.tables.specs import TableName

AT, NIGHT = dt.time(17, 30), dt.time(2, 30)


def beijing(day: str, hour: int = 3, minute: int = 0) -> dt.datetime:
    return over_at(dt.date.fromisoformat(day), dt.time(hour, minute))


def test_every_table_is_kept_and_the_calendar_comes_first() -> None:
    assert set(TABLES) == set(get_args(TableName))
    assert set(ORDER) == {*BARS, *TABLES}
    assert ORDER[0] == "calendar"
    assert {kind_of(symbol) for symbol in INDICES} == {"index"}


def test_bars_and_the_days_tables_are_for_the_evening() -> None:
    assert {name for name in ORDER if part_of(name) == "evening"} == {*BARS, "suspensions", "limit_up_pool"}


@pytest.mark.parametrize(
    ("dataset", "checked", "now", "due"),
    [
        ("calendar", None, "2026-11-21", True),
        ("calendar", "2026-11-20", "2026-11-21", True),
        ("valuation", "2026-11-15", "2026-11-21", False),
        ("valuation", "2026-11-14", "2026-11-21", True),
        ("statements", "2026-11-05", "2026-11-21", False),  # after the third quarter's deadline, out of season
        ("statements", "2026-10-31", "2026-11-21", True),  # asked on the deadline itself
        ("statements", "2026-08-25", "2026-09-05", True),  # a deadline has passed since
        ("statements", "2026-04-12", "2026-04-20", False),
        ("statements", "2026-04-10", "2026-04-20", True),  # companies report in April: every ten days
        ("statements", "2026-05-02", "2026-06-15", False),
        ("statements", "2025-11-02", "2026-02-01", True),  # older than ninety days
    ],
)
def test_when_a_table_is_due(dataset: str, checked: str | None, now: str, due: bool) -> None:
    assert is_due(dataset, beijing(checked) if checked else None, beijing(now)) == due


def test_a_published_calendar_decides_as_far_as_it_reaches() -> None:
    published = TradingCalendar.from_dates(["2026-09-29", "2026-09-30", "2026-10-08", "2026-10-09"])
    seen = np.array(["2026-09-30", "2026-10-01", "2026-10-12"], "datetime64[D]")
    days = market_days(known_days(published, seen), dt.date(2026, 10, 13))
    assert [str(day) for day in days.dates] == [
        "2026-09-29", "2026-09-30", "2026-10-08", "2026-10-09", "2026-10-12", "2026-10-13",
    ]  # fmt: skip
    assert last_over(days, beijing("2026-10-05", 18)) == dt.date(2026, 9, 30), "a weekday in the holidays"


def test_the_schedule_waits_over_holidays_that_are_known() -> None:
    published = TradingCalendar.from_dates(["2026-09-30", "2026-10-08"])
    days = market_days(known_days(published, []), dt.date(2026, 9, 30))
    now, done = beijing("2026-09-30", 18), dt.date(2026, 9, 30)
    assert next_due(days, now, AT, done) == beijing("2026-10-08", 17, 30)


def test_a_night_is_due_every_day_once_and_days_off_line_are_one() -> None:
    assert due_night(beijing("2026-11-22", 2, 29), NIGHT, dt.date(2026, 11, 21)) is None
    assert due_night(beijing("2026-11-22", 2, 30), NIGHT, dt.date(2026, 11, 21)) == dt.date(2026, 11, 22), "a Sunday"
    assert due_night(beijing("2026-11-22", 9), NIGHT, dt.date(2026, 11, 22)) is None
    assert due_night(beijing("2026-11-25", 1), NIGHT, dt.date(2026, 11, 20)) == dt.date(2026, 11, 24)
    assert next_night(beijing("2026-11-22", 9), NIGHT, dt.date(2026, 11, 22)) == beijing("2026-11-23", 2, 30)
    assert next_night(beijing("2026-11-22", 9), NIGHT, dt.date(2026, 11, 21)) == beijing("2026-11-22", 9)
