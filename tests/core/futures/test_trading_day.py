"""Night bars and their trading days; the weeks around the National Day of 2024 by hand, real bars where they are."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.futures.trading_day import has_night_session, is_night, trading_days

DATA = Path(__file__).parents[4] / "shared" / "data"
# Trading days around 2024-10-01: closed from Tuesday, October 1 to Monday, October 7.
CALENDAR = TradingCalendar.from_dates(
    ["2024-09-26", "2024-09-27", "2024-09-30", "2024-10-08", "2024-10-09", "2024-10-10", "2024-10-11", "2024-10-14"]
)


def ends(*local: str) -> Any:
    """Give UTC instants of times in Shanghai."""
    return np.array(local, dtype="datetime64[s]") - np.timedelta64(8, "h")


@pytest.mark.parametrize(
    ("local", "day"),
    [
        ("2024-09-26T09:05", "2024-09-26"),
        ("2024-09-26T15:00", "2024-09-26"),
        ("2024-09-26T21:05", "2024-09-27"),
        ("2024-09-27T00:00", "2024-09-27"),
        ("2024-09-27T02:30", "2024-09-27"),
        ("2024-09-27T21:05", "2024-09-30"),  # Friday night is Monday's
        ("2024-09-28T01:00", "2024-09-30"),  # on the Saturday
        ("2024-10-08T21:05", "2024-10-09"),
        ("2024-10-12T02:30", "2024-10-14"),
    ],
)
def test_a_night_bar_belongs_to_the_trading_day_that_follows(local: str, day: str) -> None:
    assert str(trading_days(ends(local), CALENDAR)[0]) == day


def test_a_night_before_a_holiday_would_be_of_the_first_day_after_it() -> None:
    assert str(trading_days(ends("2024-09-30T21:05"), CALENDAR)[0]) == "2024-10-08"


def test_without_a_calendar_the_days_of_the_bars_themselves_count() -> None:
    time = ends("2024-09-27T21:05", "2024-09-30T09:05", "2024-09-30T21:05", "2024-10-08T09:05", "2024-10-11T22:00")
    days = trading_days(time).astype(str).tolist()
    assert days == ["2024-09-30", "2024-09-30", "2024-10-08", "2024-10-08", "2024-10-14"]


def test_a_night_after_the_calendar_ends_is_of_the_next_weekday() -> None:
    assert str(trading_days(ends("2024-10-18T21:05"), CALENDAR)[0]) == "2024-10-21"


@pytest.mark.parametrize(
    ("evening", "held"),
    [
        ("2024-09-26", True),
        ("2024-09-27", True),  # only a weekend follows
        ("2024-09-30", False),  # the holiday follows
        ("2024-10-05", False),
        ("2024-10-08", True),
    ],
)
def test_there_is_no_night_session_before_a_holiday(evening: str, held: bool) -> None:
    assert has_night_session(dt.date.fromisoformat(evening), CALENDAR) is held


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="the collection of real data is not here: ../shared/data")
def test_real_rebar_nights_keep_the_rules() -> None:
    import pandas as pd

    read = pd.read_parquet(DATA / "futures" / "min5_SHFE.rb.parquet")
    days = pd.read_parquet(DATA / "reference" / "trade_calendar_2004_2025.parquet")
    calendar = TradingCalendar.from_dates(days["trade_date"][days["trade_status"] == 1].to_numpy())
    time: Any = read["datetime"].to_numpy().astype("datetime64[s]") - np.timedelta64(8, "h")
    found = trading_days(time, calendar)
    written = pd.to_datetime(read["trade_date"].astype(str)).to_numpy().astype("datetime64[D]")
    assert (trading_days(time) == found).all()  # the bars' own days tell as much
    night = is_night(time)
    # The file writes the calendar date: of a day bar the trading day, of a night bar the evening before it.
    assert (found[~night] == written[~night]).all()
    assert (found[night] > written[night]).all()
    assert np.isin(found, calendar.dates).all()
    assert (np.diff(found) >= np.timedelta64(0)).all()
    evenings = {one.item() for one in np.unique(written[night])}
    every = [one.item() for one in np.unique(written)]
    # Night sessions rested from 2020-02-03 to 2020-05-06.
    rested = (dt.date(2020, 2, 3), dt.date(2020, 5, 5))
    due = [day for day in every[:-1] if has_night_session(day, calendar) and not rested[0] <= day <= rested[1]]
    assert sorted(set(due) ^ evenings) == []
