"""Which datasets a refresh keeps fresh: in which order, how each is divided, and how old its parts may get."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from quantdesk.core.refresh.days import BEIJING

Division = Literal["whole", "day", "index", "stock", "fund"]
"""What is asked for at once: all there is, a trading day, a followed index, a stored stock, a stored fund."""
Part = Literal["evening", "night"]
"""Of the schedule: after the close of a trading day, or before the next morning."""

BARS = ("index_daily", "stock_daily", "etf_daily", "futures_daily")
"""Asked for by instrument, on the evening of each trading day. The indices first: they tell that the day was one."""
INDICES: Mapping[str, str] = {
    "000001.SH": "上证指数",
    "399001.SZ": "深证成指",
    "399006.SZ": "创业板指",
    "000300.SH": "沪深300",
    "000905.SH": "中证500",
    "000852.SH": "中证1000",
    "000016.SH": "上证50",
    "000688.SH": "科创50",
    "899050.BJ": "北证50",
}
"""Followed unless somebody says else, with their names, which no source of bars tells."""
DAYS_BACK = 10
"""Trading days whose tables are made up for when they lack; the sources forget older ones soon."""
_NIGHTLY = dt.timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a table is kept fresh."""

    division: Division
    part: Part
    age: dt.timedelta
    """A part that was asked for longer ago is due."""
    requests: int = 1
    """About so many make one part."""

    @property
    def rolling(self) -> bool:
        """Whether there are so many parts that they take turns over the nights, the stalest first."""
        return self.division in ("stock", "fund")


TABLES: Mapping[str, Keeping] = {
    "calendar": Keeping("whole", "night", _NIGHTLY),
    "instruments": Keeping("whole", "night", _NIGHTLY, 6),
    "suspensions": Keeping("day", "evening", _NIGHTLY),
    "limit_up_pool": Keeping("day", "evening", _NIGHTLY),
    "constituents": Keeping("index", "night", _NIGHTLY),
    "futures_contracts": Keeping("whole", "night", _NIGHTLY, 6),
    "funds": Keeping("whole", "night", _NIGHTLY),
    "industry_boards": Keeping("whole", "night", _NIGHTLY, 2),
    "concept_boards": Keeping("whole", "night", _NIGHTLY, 20),
    "dividends": Keeping("stock", "night", dt.timedelta(days=3)),
    "fund_nav": Keeping("fund", "night", _NIGHTLY),
    "valuation": Keeping("stock", "night", dt.timedelta(days=7)),
    "names": Keeping("stock", "night", dt.timedelta(days=30)),
    "statements": Keeping("stock", "night", dt.timedelta(days=90), 4),
}
"""In the order in which they are asked for, after the bars but for the first two."""
_BEFORE_BARS = ("calendar", "instruments")
ORDER: tuple[str, ...] = (*_BEFORE_BARS, *BARS, *(name for name in TABLES if name not in _BEFORE_BARS))
PLACES: Mapping[str, int] = {name: place for place, name in enumerate(ORDER)}

_DEADLINES = ((4, 30), (8, 31), (10, 31))
"""Of the reports: the year's and the first quarter's, the half-year's, the third quarter's."""
_SEASON_MONTHS = (1, 2, 3, 4, 7, 8, 10)
"""In which companies report; January to March the last year."""
_IN_SEASON = dt.timedelta(days=10)


def part_of(dataset: str) -> Part:
    """Say which part of the schedule asks for the dataset."""
    return TABLES[dataset].part if dataset in TABLES else "evening"


def is_due(dataset: str, checked_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Say whether a part of a table that a source last answered for at that instant is to be asked for again."""
    if checked_at is None or now - checked_at >= TABLES[dataset].age:
        return True
    if dataset != "statements":
        return False
    if now.astimezone(BEIJING).month in _SEASON_MONTHS and now - checked_at >= _IN_SEASON:
        return True
    return checked_at.astimezone(BEIJING).date() <= _last_deadline(now.astimezone(BEIJING).date())


def _last_deadline(day: dt.date) -> dt.date:
    """Give the last day before this one at whose end all companies had to have reported."""
    found = [dt.date(year, month, last) for year in (day.year - 1, day.year) for month, last in _DEADLINES]
    return max(deadline for deadline in found if deadline < day)
