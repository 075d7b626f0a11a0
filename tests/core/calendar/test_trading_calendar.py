"""Trading days."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.calendar.trading import CalendarRangeError, TradingCalendar

D = dt.date
WEEK = TradingCalendar.from_dates([D(2024, 2, 8), D(2024, 2, 7), D(2024, 2, 19), D(2024, 2, 7)])


def test_the_spring_festival_is_skipped_both_ways() -> None:
    assert WEEK.next(D(2024, 2, 8)) == D(2024, 2, 19)
    assert WEEK.next(D(2024, 2, 10)) == D(2024, 2, 19)
    assert WEEK.previous(D(2024, 2, 19)) == D(2024, 2, 8)
    assert not WEEK.is_open(D(2024, 2, 12))
    assert WEEK.is_open(D(2024, 2, 19))
    assert WEEK.count(D(2024, 2, 8), D(2024, 2, 19)) == 2
    assert (WEEK.first, WEEK.last, len(WEEK)) == (D(2024, 2, 7), D(2024, 2, 19), 3)


def test_beyond_its_ends_it_does_not_guess() -> None:
    with pytest.raises(CalendarRangeError, match="2024-02-19"):
        WEEK.next(D(2024, 2, 19))
    with pytest.raises(CalendarRangeError, match="2024-02-07"):
        WEEK.previous(D(2024, 2, 7))
    with pytest.raises(CalendarRangeError, match="2025-01-01"):
        WEEK.is_open(D(2025, 1, 1))
    assert len(WEEK.between(D(2025, 1, 1), D(2025, 2, 1))) == 0


def test_an_empty_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        TradingCalendar.from_dates([])


def test_the_days_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        WEEK.dates[0] = np.datetime64("2020-01-01")


@given(st.sets(st.dates(D(2020, 1, 1), D(2021, 1, 1)), min_size=1), st.dates(D(2019, 1, 1), D(2022, 1, 1)))
def test_next_and_previous_agree_with_a_plain_search(days: set[dt.date], day: dt.date) -> None:
    calendar = TradingCalendar.from_dates(list(days))
    later, earlier = [d for d in days if d > day], [d for d in days if d < day]
    if later:
        assert calendar.next(day) == min(later)
    if earlier:
        assert calendar.previous(day) == max(earlier)
    assert calendar.count(day, D(2023, 1, 1)) == len([d for d in days if d >= day])
    if calendar.first <= day <= calendar.last:
        assert calendar.is_open(day) == (day in days)


DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not there")
def test_the_real_exchange_calendar_has_no_weekend_day() -> None:
    import pyarrow.parquet as pq

    table = pq.read_table(DATA / "reference" / "trade_calendar_2004_2025.parquet")
    day, status = (table.column(n).to_numpy() for n in (table.column_names[0], "trade_status"))
    calendar = TradingCalendar.from_dates(day[status.astype(int) == 1].astype("datetime64[D]"))
    assert np.is_busday(calendar.dates).all()
    assert calendar.next(D(2024, 9, 30)) == D(2024, 10, 8)
