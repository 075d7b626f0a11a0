"""The simulated market's calendar, its listed companies, and what is going to happen to them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import BoolArray, FloatArray, TimeArray
from quantdesk.core.instruments.symbol import DEMO, Board

FIRST_DAY = dt.date(2016, 1, 1)
LAST_DAY = dt.date(2025, 12, 31)
STAR_OPENED = dt.date(2019, 7, 22)
BSE_OPENED = dt.date(2021, 11, 15)

Index = NDArray[np.intp]

_CHINESE_NEW_YEAR = (
    "2016-02-08 2017-01-28 2018-02-16 2019-02-05 2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29"
)
_DRAGON_BOAT_AND_MID_AUTUMN = (
    "2016-06-09 2016-09-15 2017-05-30 2017-10-04 2018-06-18 2018-09-24 2019-06-07 2019-09-13 2020-06-25 2020-10-01 "
    "2021-06-14 2021-09-21 2022-06-03 2022-09-10 2023-06-22 2023-09-29 2024-06-10 2024-09-17 2025-05-31 2025-10-06"
)

_BOARDS: tuple[tuple[Board, str, int, float], ...] = (
    # board, first code, companies, share of them that lists after the first day
    ("main", "600001", 90, 0.15),
    ("main", "000001", 80, 0.15),
    ("chinext", "300001", 60, 0.35),
    ("star", "688001", 40, 1.0),
    ("bse", "430001", 12, 1.0),
    ("bse", "830001", 18, 1.0),
)
_OPENED = {"star": STAR_OPENED, "bse": BSE_OPENED}
_EXAMPLE = 0
"""This company, 600001, is there all the time and never under ST: guides and first steps use it."""
_DELISTED = 9
_RECOVERED = 12
_STILL_ST = 9
INDUSTRIES = (
    *("银行", "食品饮料", "医药生物", "电子", "计算机", "电力设备"),
    *("汽车", "机械设备", "基础化工", "有色金属", "房地产", "交通运输"),
)
CONCEPTS = ("人工智能", "新能源车", "芯片", "国企改革", "高股息", "创新药", "低空经济", "跨境电商")
_CONCEPT_SHARE = 0.12
"""Of the companies that are on a concept board."""

_NAME_BEGINNINGS = "星东北云海青金华远天江山林瑞晨明嘉宏锦泰"
_NAME_ENDS = "河川岭帆石桥原湖泉岳峰港湾洲田谷"


@dataclass(frozen=True, slots=True, eq=False)
class Universe:
    """What is fixed before prices are drawn. T trading days, N companies; days are indices into `days`."""

    days: TimeArray
    codes: list[str]
    names: list[str]
    """Without the ST mark."""
    boards: list[Board]
    industry: Index
    first: Index
    """Index of the first bar; 0 also for companies that were listed before the first day."""
    last: Index
    """Index of the last bar."""
    list_dates: list[dt.date]
    suspended: BoolArray
    """T x N."""
    st: BoolArray
    """T x N."""
    cash_yield: FloatArray
    """T x N: cash dividend planned for this ex-right day, as a fraction of the price; mostly 0."""
    bonus_tenths: NDArray[np.int64]
    """T x N: bonus shares for ten held, planned likewise."""

    @property
    def listed(self) -> BoolArray:
        """T x N: the company has a bar on this day."""
        day = np.arange(len(self.days))[:, None]
        return (day >= self.first) & (day <= self.last)

    def new(self) -> BoolArray:
        """N: the company lists within the simulated years."""
        return self.first > 0


def trading_days() -> TimeArray:
    """Give the simulated market's days: weekdays less the usual Chinese public holidays.

    The seven days from New Year's Eve by the lunar calendar, Tomb Sweeping (April 4-5), Labour Day (May
    1-3, 1-5 from 2020), Dragon Boat, Mid-Autumn, National Day (October 1-7) and January 1 are closed.
    """
    days = np.arange(np.datetime64(FIRST_DAY), np.datetime64(LAST_DAY) + 1)
    closed = [np.datetime64(day) + offset for day in _CHINESE_NEW_YEAR.split() for offset in range(-1, 6)]
    closed += [np.datetime64(day) for day in _DRAGON_BOAT_AND_MID_AUTUMN.split()]
    for year in range(FIRST_DAY.year, LAST_DAY.year + 1):
        labour = 5 if year >= 2020 else 3
        for month, first, last in ((1, 1, 1), (4, 4, 5), (5, 1, labour), (10, 1, 7)):
            closed += [np.datetime64(dt.date(year, month, day)) for day in range(first, last + 1)]
    return days[np.is_busday(days) & ~np.isin(days, np.array(closed))]


def make_universe(seed: int) -> Universe:
    """Draw the companies and their events; the same seed gives the same universe."""
    rng = np.random.default_rng([seed, 1])
    days = trading_days()
    codes, boards, late = [], [], []
    for board, begin, count, share in _BOARDS:
        codes += [f"{int(begin) + n:06d}" for n in range(count)]
        boards += [board] * count
        late += list(rng.permutation(count) < round(count * share))
    late[_EXAMPLE] = False
    first = _first_bars(rng, days, boards, np.array(late))
    last, st = _fates(rng, len(days), boards, first)
    suspended = _suspensions(rng, len(days), first, last)
    cash_yield, bonus_tenths = _dividends(rng, days, len(codes))
    return Universe(
        days=days,
        codes=codes,
        names=_names(rng, len(codes)),
        boards=boards,
        industry=rng.integers(0, len(INDUSTRIES), len(codes)),
        first=first,
        last=last,
        list_dates=_list_dates(rng, days, first),
        suspended=suspended,
        st=st,
        cash_yield=cash_yield,
        bonus_tenths=bonus_tenths,
    )


def concepts(seed: int, companies: int) -> BoolArray:
    """Draw which company is on which concept board, N x C; apart from all else, so that no price depends on it."""
    return np.random.default_rng([seed, 3]).random((companies, len(CONCEPTS))) < _CONCEPT_SHARE


def symbol(code: str) -> str:
    """Give the symbol of a simulated code."""
    return f"{code}.{DEMO}"


def _names(rng: np.random.Generator, count: int) -> list[str]:
    """Draw different two-character names; 模拟 (simulated) says what they are."""
    pairs = [a + b for a in _NAME_BEGINNINGS for b in _NAME_ENDS]
    return [pairs[n] + "模拟" for n in rng.permutation(len(pairs))[:count]]


def _first_bars(rng: np.random.Generator, days: TimeArray, boards: list[Board], late: NDArray[np.bool_]) -> Index:
    latest = len(days) - 120
    first = np.zeros(len(boards), dtype=np.intp)
    for n, board in enumerate(boards):
        if not late[n]:
            continue
        opened = int(np.searchsorted(days, np.datetime64(_OPENED[board]))) if board in _OPENED else 60
        # A third of a new board lists on its first day.
        on_opening = board in _OPENED and rng.random() < 1 / 3
        first[n] = opened if on_opening else rng.integers(opened, latest)
    return first


def _list_dates(rng: np.random.Generator, days: TimeArray, first: Index) -> list[dt.date]:
    """Date those that were there on the first day back to 1993-2015, on weekdays."""
    dates = days[first].copy()
    age = rng.integers(200, 8000, len(first)).astype("timedelta64[D]")
    dates[first == 0] = np.busday_offset(days[0] - age[first == 0], 0, roll="backward")
    return [day.astype(object) for day in dates]


def _fates(rng: np.random.Generator, days: int, boards: list[Board], first: Index) -> tuple[Index, NDArray[np.bool_]]:
    """Choose who is under special treatment (ST) and when, and who is delisted at its end."""
    last = np.full(len(boards), days - 1, dtype=np.intp)
    st = np.zeros((days, len(boards)), dtype=np.bool_)
    eligible = [
        n for n in rng.permutation(len(boards)) if boards[n] != "bse" and first[n] < days - 900 and n != _EXAMPLE
    ]
    for rank, n in enumerate(eligible[: _DELISTED + _RECOVERED + _STILL_ST]):
        if rank < _DELISTED + _RECOVERED:
            begin = int(rng.integers(first[n] + 300, days - 550))
            end = begin + int(rng.integers(200, 500))
        else:
            begin, end = days - int(rng.integers(60, 400)), days - 1
        if rank < _DELISTED:
            last[n] = end
        st[begin : end + 1, n] = True
    return last, st


def _suspensions(rng: np.random.Generator, days: int, first: Index, last: Index) -> NDArray[np.bool_]:
    """Suspend each company about once in three years: for days, now and then for months."""
    suspended = np.zeros((days, len(first)), dtype=np.bool_)
    for n, (begin, end) in enumerate(zip(first, last, strict=True)):
        for _ in range(rng.poisson(0.35 * (end - begin) / 244)):
            length = int(rng.integers(40, 120)) if rng.random() < 0.05 else int(rng.geometric(0.15))
            start = int(rng.integers(begin + 10, end - 5))
            suspended[start : min(start + length, end), n] = True
    return suspended


def _dividends(rng: np.random.Generator, days: TimeArray, companies: int) -> tuple[FloatArray, NDArray[np.int64]]:
    """Plan one ex-right day a year between mid-May and mid-August for two in three companies."""
    cash = np.zeros((len(days), companies))
    bonus = np.zeros((len(days), companies), dtype=np.int64)
    for year in range(FIRST_DAY.year, LAST_DAY.year + 1):
        season = np.flatnonzero(
            (days >= np.datetime64(dt.date(year, 5, 15))) & (days <= np.datetime64(dt.date(year, 8, 15)))
        )
        pays = np.flatnonzero(rng.random(companies) < 0.65)
        day = rng.choice(season, len(pays))
        cash[day, pays] = rng.uniform(0.005, 0.03, len(pays))
        shares = rng.choice([2, 3, 4, 5, 10], len(pays))
        bonus[day, pays] = np.where(rng.random(len(pays)) < 0.18, shares, 0)
    return cash, bonus
