"""Last trading days by the rules of the contracts; the days are from the exchanges' calendars of 2024."""

from __future__ import annotations

import numpy as np
import pytest

from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.futures.expiry import last_trading_day
from quantdesk.core.rules.book import rulebook

_DAYS = np.arange(np.datetime64("2024-01-02"), np.datetime64("2025-01-01"))
# Public holidays of 2024 on weekdays.
_OFF = ["02-09", "02-12", "02-13", "02-14", "02-15", "02-16", "04-04", "04-05", "05-01", "05-02", "05-03"]
_OFF += ["06-10", "09-16", "09-17", "10-01", "10-02", "10-03", "10-04", "10-07"]
CALENDAR = TradingCalendar.from_dates(
    [day for day in _DAYS[np.is_busday(_DAYS)] if str(day)[5:] not in _OFF],
)


@pytest.mark.parametrize(
    ("symbol", "rule", "day"),
    [
        ("IF2401.CFFEX", "third_friday", "2024-01-19"),
        ("IF2402.CFFEX", "third_friday", "2024-02-19"),  # the third Friday was in the Spring Festival
        ("T2403.CFFEX", "second_friday", "2024-03-08"),
        ("rb2405.SHFE", "day_15", "2024-05-15"),
        ("rb2409.SHFE", "day_15", "2024-09-18"),  # the 15th was a Sunday, then Mid-Autumn
        ("sc2411.INE", "month_before", "2024-10-31"),
        ("m2405.DCE", "day_10", "2024-05-17"),
        ("jd2405.DCE", "last_4", "2024-05-28"),
        ("ec2404.INE", "last_monday", "2024-04-29"),
    ],
)
def test_the_last_trading_day_follows_the_rule(symbol: str, rule: str, day: str) -> None:
    assert str(last_trading_day(symbol, rule, CALENDAR)) == day


def test_without_a_calendar_weekdays_count() -> None:
    assert str(last_trading_day("rb2409.SHFE", "day_15")) == "2024-09-16"
    assert str(last_trading_day("IF3001.CFFEX", "third_friday", CALENDAR)) == "2030-01-18"


def test_each_rule_of_the_rulebook_is_known() -> None:
    for rule in rulebook().tables.last_days:
        assert last_trading_day("rb2405.SHFE", rule)
