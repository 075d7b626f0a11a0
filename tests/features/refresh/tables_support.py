"""A source of tables and of bars of every kind for tests of refreshes. All rows are made up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import cast

import numpy as np

from quantdesk.core.bars.frame import Bars
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.refresh.datasets import BARS, TABLES
from quantdesk.core.sources.records import (
    BoardMember,
    FundNav,
    FuturesContract,
    IndexMember,
    InstrumentInfo,
    LimitUp,
    StatementItem,
    ValuationDay,
)
from quantdesk.core.sources.tables import Dividend, NameRecord, Suspension
from quantdesk.ports.data_source import Answer, HostHealth, Request, Table
from quantdesk.ports.datasets import Dataset
from quantdesk.ports.errors import SourceError
from tests.fakes.made_bars import bars_of

EX_DATE = dt.date(2026, 6, 26)
NEW = "688999.SH"
"""A listing that only the source's list knows."""


class TableSource:
    """Has everything, business days of bars from Monday 2026-11-02 on; the tests make it fail."""

    def __init__(self, name: str = "fake", datasets: Sequence[str] = (*BARS, *TABLES)) -> None:
        self.name = name
        self.datasets: frozenset[Dataset] = frozenset(cast(Sequence[Dataset], datasets))
        self.asked: list[tuple[Dataset, str]] = []
        self.fails: Callable[[Request], SourceError | None] = lambda _: None
        self.newest = dt.date(2030, 1, 1)
        self.holidays: tuple[dt.date, ...] = ()
        self.host: HostHealth | None = None
        self.now = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)

    def parser(self, dataset: Dataset) -> str:
        return f"{self.name}.{dataset}/1"

    def fetch(self, request: Request) -> list[Answer]:
        self.asked.append((request.dataset, request.symbol or (str(request.start) if request.start else "cn")))
        if error := self.fails(request):
            raise error
        return [Answer(f"{self.name}:", 200, {}, b"", self.now, self.name)]

    def parse(self, request: Request, answers: Sequence[Answer]) -> Table:
        if request.dataset in BARS:
            assert request.end is not None
            bars = bars_of(str(request.symbol), [10.0] * 20, start="2026-11-02")
            return bars.between(request.start, min(request.end, self.newest))
        return rows_of(request, self.holidays)

    def refuse(self, answers: Sequence[Answer], error: SourceError) -> None: ...

    def health(self) -> list[HostHealth]:
        return [self.host] if self.host else []

    def instruments(self) -> list[InstrumentInfo]:
        raise SourceError(self.name, "unsupported", "it has no list")

    def daily_bars(self, symbol: str, start: dt.date, end: dt.date) -> Bars:
        return bars_of(symbol, [10.0] * 20, start="2026-11-02").between(start, end)

    def keys(self, dataset: str) -> list[str]:
        """Give what it was asked for of a dataset, in order."""
        return [key for asked, key in self.asked if asked == dataset]


def rows_of(request: Request, holidays: Sequence[dt.date] = ()) -> Table:
    symbol, day = str(request.symbol), request.start or dt.date(2026, 11, 20)
    report = dt.date(2026, 9, 30)
    zero = Decimal(0)
    match request.dataset:
        case "calendar":
            days = np.arange(np.datetime64("2026-01-01"), np.datetime64("2027-01-01"))
            return TradingCalendar.from_dates(
                np.setdiff1d(days[np.is_busday(days)], np.array(holidays, "datetime64[D]"))
            )
        case "instruments":
            return [
                InstrumentInfo("600000.SH", "浦发银行", "stock", "main", dt.date(1999, 11, 10), None),
                InstrumentInfo("600001.SH", "邯郸钢铁", "stock", "main", dt.date(1998, 1, 22), dt.date(2009, 12, 29)),
                InstrumentInfo(NEW, "新上市", "stock", "star", dt.date(2026, 11, 20), None),
            ]
        case "suspensions":
            return [Suspension("600000.SH", dt.date(2025, 12, 30), None, None, "重大事项")]
        case "limit_up_pool":
            return [LimitUp(day, "600000.SH", "浦发银行", 11.0, None, None, None, None, 1, None)]
        case "constituents":
            return [IndexMember(symbol, "600000.SH", None, None, 0.01)]
        case "futures_contracts":
            return [FuturesContract("rb2701.SHFE", "rb", "SHFE", 10.0, 1.0, None, dt.date(2027, 1, 15))]
        case "funds":
            return [InstrumentInfo("510300.SH", "沪深300ETF", "etf", None, dt.date(2012, 5, 28), None)]
        case "industry_boards" | "concept_boards":
            kind = "industry" if request.dataset == "industry_boards" else "concept"
            return [BoardMember(kind, "BK0475", "银行", "600000.SH")]  # type: ignore[arg-type]
        case "dividends":
            return [Dividend(symbol, report, "实施分配", Decimal("0.4"), zero, zero, report, None, EX_DATE)]
        case "fund_nav":
            return [FundNav(symbol, day, 1.5, None)]
        case "valuation":
            return [ValuationDay(symbol, day, 10.0, 1e9, 1e9, 1e8, 1e8, 5.0, 5.0, 0.6, 1.0, 3.0, None)]
        case "names":
            return [NameRecord(symbol, "旧名", 0, None)]
        case "statements":
            return [StatementItem(symbol, "income", report, dt.date(2026, 10, 30), "revenue", 1e9)]
        case _:
            raise AssertionError(request)
