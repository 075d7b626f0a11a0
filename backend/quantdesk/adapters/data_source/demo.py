"""The demo market: ten simulated years of 300 companies and 5 indices, offline and always the same.

It exists so that the product works the minute it is installed. Symbols end in .DEMO and names in 模拟
(simulated); nothing in it is a real company, price or event. Simplified against a real market: see
NO_LIMIT_DAYS, and indices' highs and lows, which are estimated from those of their constituents.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock

import numpy as np

from quantdesk.adapters.data_source.demo_prices import Prices, draw
from quantdesk.adapters.data_source.demo_universe import (
    CONCEPTS,
    INDUSTRIES,
    LAST_DAY,
    Universe,
    concepts,
    make_universe,
    symbol,
)
from quantdesk.core.bars.frame import Bars, BoolArray, FloatArray
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.sources.records import BoardMember
from quantdesk.ports.data_source import InstrumentInfo
from quantdesk.ports.errors import SourceError

SEED = 20260101
NAME = "demo"

_BASE = 1000.0
"""Level of each index before its first day."""
_SEASONED = 10
"""Bars a company must have before an index counts it."""
_LARGE = 100
_REVIEW = 122
"""Trading days between two reviews of the large-company index."""


@dataclass(frozen=True, slots=True, eq=False)
class DemoMarket:
    """The whole simulated market."""

    instruments: tuple[InstrumentInfo, ...]
    """Stocks by board and code, then indices."""
    bars: dict[str, Bars]
    """Raw daily bars by symbol, for every instrument."""
    boards: tuple[BoardMember, ...]
    actions: dict[str, list[CorporateAction]]
    """By symbol, oldest first; symbols without any have no entry."""
    calendar: TradingCalendar


def generate(seed: int = SEED) -> DemoMarket:
    """Simulate the market, 2016-01-04 to 2025-12-31.

    the same seed gives the same bars. Takes about a second.
    """
    universe = make_universe(seed)
    prices = draw(universe, seed)
    stocks = [_stock(universe, n) for n in range(len(universe.codes))]
    bars = [_stock_bars(universe, prices, n) for n in range(len(universe.codes))]
    for code, name, members in _indices(universe, prices):
        level = _index_bars(symbol(code), universe, prices, members)
        bars.append(level)
        stocks.append(InstrumentInfo(level.symbol, name, "index", None, level.time[0].astype(object), None))
    return DemoMarket(
        instruments=tuple(stocks),
        bars={series.symbol: series for series in bars},
        boards=_boards(universe, seed),
        actions=_actions(universe, prices),
        calendar=TradingCalendar.from_dates(universe.days),
    )


class DemoSource:
    """The demo market as a DataSource; it is simulated on first use and then kept. Thread-safe."""

    name = NAME

    def __init__(self, seed: int = SEED) -> None:
        self._seed = seed
        self._market: DemoMarket | None = None
        self._lock = Lock()

    def market(self) -> DemoMarket:
        """Give the whole market at once."""
        with self._lock:
            if self._market is None:
                self._market = generate(self._seed)
            return self._market

    def instruments(self) -> list[InstrumentInfo]:
        return list(self.market().instruments)

    def corporate_actions(self) -> list[CorporateAction]:
        return [action for each in self.market().actions.values() for action in each]

    def boards(self) -> list[BoardMember]:
        return list(self.market().boards)

    def daily_bars(self, symbol: str, start: dt.date, end: dt.date) -> Bars:
        series = self.market().bars.get(symbol)
        if series is None:
            raise SourceError(NAME, "unknown_symbol", f"the demo market has no {symbol[:40]!r}; see its list")
        chosen = series.between(start, end)
        if len(chosen) == 0:
            raise SourceError(
                NAME, "empty", f"{symbol} has no bars from {start} to {end}; the demo market ends {LAST_DAY}"
            )
        return chosen


def _boards(universe: Universe, seed: int) -> tuple[BoardMember, ...]:
    """Give each company's industry, and the concepts that it is on."""
    symbols = [symbol(code) for code in universe.codes]
    industries = [
        BoardMember("industry", f"DI{at:02}", INDUSTRIES[at], name)
        for name, at in zip(symbols, universe.industry.tolist(), strict=True)
    ]
    on = concepts(seed, len(symbols))
    return (
        *industries,
        *(BoardMember("concept", f"DC{at:02}", CONCEPTS[at], symbols[row]) for row, at in np.argwhere(on).tolist()),
    )


def _actions(universe: Universe, prices: Prices) -> dict[str, list[CorporateAction]]:
    """Give the dividends and bonus shares that were simulated. Record date: the trading day before; paid at once."""
    found: dict[str, list[CorporateAction]] = {}
    for company, day in np.argwhere(((prices.cash > 0) | (prices.bonus > 0)).T).tolist():
        ex_date: dt.date = universe.days[day].item()
        name = symbol(universe.codes[company])
        action = CorporateAction(
            name,
            ex_date,
            cash=Decimal(int(prices.cash[day, company])) / 100,
            bonus=Decimal(int(prices.bonus[day, company])) / 10,
            record_date=universe.days[day - 1].item(),
            pay_date=ex_date,
            list_date=ex_date if prices.bonus[day, company] else None,
        )
        found.setdefault(name, []).append(action)
    return found


def _stock(universe: Universe, company: int) -> InstrumentInfo:
    last = int(universe.last[company])
    delisted = last < len(universe.days) - 1
    mark = "退市" if delisted else "ST" if universe.st[-1, company] else ""
    return InstrumentInfo(
        symbol=symbol(universe.codes[company]),
        name=mark + universe.names[company],
        kind="stock",
        board=universe.boards[company],
        list_date=universe.list_dates[company],
        delist_date=universe.days[last + 1].astype(object) if delisted else None,
    )


def _stock_bars(universe: Universe, prices: Prices, company: int) -> Bars:
    rows = slice(int(universe.first[company]), int(universe.last[company]) + 1)

    def yuan(cents: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> FloatArray:
        return cents[rows, company] / 100

    return Bars(
        symbol=symbol(universe.codes[company]),
        interval="1d",
        time=universe.days[rows].copy(),
        open=yuan(prices.open),
        high=yuan(prices.high),
        low=yuan(prices.low),
        close=yuan(prices.close),
        volume=prices.volume[rows, company].copy(),
        amount=prices.amount[rows, company].copy(),
        preclose=yuan(prices.preclose),
        suspended=universe.suspended[rows, company].copy(),
        is_st=universe.st[rows, company].copy(),
    )


def _indices(universe: Universe, prices: Prices) -> list[tuple[str, str, BoolArray]]:
    """Give (code, name, T x N membership) of each index."""
    boards = np.array(universe.boards)
    day = np.arange(len(universe.days))[:, None]
    seasoned = universe.listed & ((universe.first == 0) | (day >= universe.first + _SEASONED))
    return [
        ("900001", "模拟综合指数", seasoned),
        ("900002", "模拟大盘100", seasoned & _largest(np.where(seasoned, prices.capital, 0))),
        ("900003", "模拟创业板指数", seasoned & (boards == "chinext")),
        ("900004", "模拟科创指数", seasoned & (boards == "star")),
        ("900005", "模拟北证指数", seasoned & (boards == "bse")),
    ]


def _largest(capital: FloatArray) -> BoolArray:
    """Mark the largest companies by market value, chosen anew at each review."""
    chosen = np.zeros(capital.shape, dtype=np.bool_)
    for day in range(0, len(capital), _REVIEW):
        largest = np.argsort(-capital[day], kind="stable")[:_LARGE]
        chosen[day : day + _REVIEW, largest] = True
    return chosen


def _index_bars(name: str, universe: Universe, prices: Prices, members: BoolArray) -> Bars:
    """Compute an index from its members: each day's returns, weighted by market value before the day,
    chained.

    Ex-right moves are no returns (a total-return index). A high is half-way between the dearer of open and
    close and the level at which every member stood at its own high, since they do not all do so at once;
    lows likewise.
    """
    weight = np.where(members, prices.capital, 0)
    days = np.flatnonzero(weight.any(axis=1))
    days = np.arange(days[0], len(weight))
    weight = weight[days] / weight[days].sum(axis=1, keepdims=True)
    basis = np.where(members, prices.preclose, 1)[days]

    def day_return(price: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> FloatArray:
        moved: FloatArray = (weight * price[days] / basis).sum(axis=1)
        return moved

    close = _BASE * np.cumprod(day_return(prices.close))
    before: FloatArray = np.concatenate((np.full(1, _BASE), close[:-1]))
    opening = before * day_return(prices.open)
    upper, lower = np.maximum(opening, close), np.minimum(opening, close)
    return Bars(
        symbol=name,
        interval="1d",
        time=universe.days[days].copy(),
        open=np.round(opening, 2),
        high=np.round((upper + before * day_return(prices.high)) / 2, 2),
        low=np.round((lower + before * day_return(prices.low)) / 2, 2),
        close=np.round(close, 2),
        volume=np.where(members, prices.volume, 0)[days].sum(axis=1),
        amount=np.round(np.where(members, prices.amount, 0)[days].sum(axis=1), 2),
        preclose=np.round(before, 2),
        suspended=np.zeros(len(days), dtype=np.bool_),
        is_st=np.zeros(len(days), dtype=np.bool_),
    )
