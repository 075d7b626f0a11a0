"""The last trading day of a contract by its product's rule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from quantdesk.core.bars.frame import TimeArray
from quantdesk.core.calendar.trading import TradingCalendar

_THIRD, _SECOND = 15, 8
"""The first day of a month that can be its third, or second, Friday."""
_FRIDAY = 4


def delivery_month(symbol: str) -> np.datetime64:
    """Give the month in which a contract is delivered: 2024-10 of rb2410.SHFE."""
    digits = symbol.partition(".")[0][-4:]
    return np.datetime64(f"20{digits[:2]}-{digits[2:]}", "M")


def last_trading_day(symbol: str, rule: str, calendar: TradingCalendar | None = None) -> dt.date:
    """Give the last trading day of a contract; `rule` is ContractRow.last_day.

    Beyond the calendar, or without one, every weekday counts as a trading day: holidays may then move it by some
    days. Raise KeyError for a rule that is none.
    """
    month = delivery_month(symbol)
    if rule == "month_before":
        return _date(_days(month - np.timedelta64(1, "M"), calendar)[-1])
    days = _days(month, calendar)
    match rule:
        case "third_friday":
            return _on_or_after(days, _weekday(month, _THIRD, _FRIDAY))
        case "second_friday":
            return _on_or_after(days, _weekday(month, _SECOND, _FRIDAY))
        case "day_15":
            return _on_or_after(days, month.astype("datetime64[D]") + np.timedelta64(14, "D"))
        case "last_monday":
            mondays = days[(days.astype(np.int64) + 3) % 7 == 0]
            return _date((mondays if len(mondays) else days)[-1])
        case "day_10":
            return _date(days[min(9, len(days) - 1)])
        case "day_5":
            return _date(days[min(4, len(days) - 1)])
        case "last_4":
            return _date(days[max(len(days) - 4, 0)])
        case _:
            raise KeyError(f"{rule} is no rule of a last trading day")


def _days(month: np.datetime64, calendar: TradingCalendar | None) -> TimeArray:
    """Give the month's trading days; weekdays where the calendar does not reach over all of it."""
    first: Any = month.astype("datetime64[D]")
    end: Any = (month + np.timedelta64(1, "M")).astype("datetime64[D]")
    if calendar is not None and calendar.dates[0] <= first and calendar.dates[-1] >= end - np.timedelta64(4, "D"):
        within = calendar.between(first.item(), (end - np.timedelta64(1, "D")).item())
        if len(within):
            return within
    every: TimeArray = np.arange(first, end)
    return every[np.is_busday(every)]


def _weekday(month: np.datetime64, earliest: int, weekday: int) -> np.datetime64:
    """Give the first day from the `earliest` of the month on that is this weekday; Monday is 0."""
    day: np.datetime64 = month.astype("datetime64[D]") + np.timedelta64(earliest - 1, "D")
    return day + np.timedelta64((weekday - _date(day).weekday()) % 7, "D")


def _on_or_after(days: TimeArray, day: np.datetime64) -> dt.date:
    later = days[days >= day]
    return _date(later[0] if len(later) else days[-1])


def _date(day: Any) -> dt.date:
    value: dt.date = day.item()
    return value
