"""Where market data comes from: fetch gives bytes, parse makes rows of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from quantdesk.core.bars.frame import Bars, Interval
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.instruments.symbol import OPEN_FUND, kind_of
from quantdesk.core.sources.records import (
    BoardMember,
    FundNav,
    FuturesContract,
    IndexMember,
    LimitUp,
    StatementItem,
    ValuationDay,
)
from quantdesk.core.sources.records import InstrumentInfo as InstrumentInfo
from quantdesk.core.sources.tables import Dividend, Factors, FuturesBars, NameRecord, Suspension
from quantdesk.ports.datasets import Dataset
from quantdesk.ports.errors import SourceError, SourceKind

Table = (
    Bars
    | FuturesBars
    | Factors
    | TradingCalendar
    | list[Dividend]
    | list[NameRecord]
    | list[InstrumentInfo]
    | list[Suspension]
    | list[StatementItem]
    | list[ValuationDay]
    | list[IndexMember]
    | list[BoardMember]
    | list[LimitUp]
    | list[FundNav]
    | list[FuturesContract]
)
"""What `parse` gives, by dataset; bars are raw and oldest first."""


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to ask a source for. Days are inclusive; None is as far as the source goes."""

    dataset: Dataset
    symbol: str | None = None
    interval: Interval = "1d"
    start: dt.date | None = None
    end: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, byte by byte (after Content-Encoding), or a file."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: dt.datetime
    """UTC. Of an answer from the cache: when the server last said that it holds."""
    asked: str
    """Method, address and the digest of what was posted: a replay finds the answer by it."""


@dataclass(frozen=True, slots=True)
class HostHealth:
    """How a source's host has been, over all processes."""

    host: str
    state: Literal["closed", "open", "half_open"]
    """Of the breaker: closed lets requests through, open none, half_open one to see whether the host is back."""
    open_until: dt.datetime | None
    last_success: dt.datetime | None
    last_error_at: dt.datetime | None
    last_error_kind: SourceKind | None
    last_error: str | None
    requests_today: int
    """Day of Asia/Shanghai; retries count."""
    ceiling: int


class DataSource(Protocol):
    name: str

    @property
    def datasets(self) -> frozenset[Dataset]:
        """What it can be asked for."""
        ...

    def parser(self, dataset: Dataset) -> str:
        """Give the name and version of what reads the dataset; it changes when the same bytes give other rows."""
        ...

    def fetch(self, request: Request) -> list[Answer]:
        """Ask politely, over the network or on the disk. Blocking. Raise SourceError."""
        ...

    def parse(self, request: Request, answers: Sequence[Answer]) -> Table:
        """Make rows of the answers, the same for the same bytes; no network, no clock.

        Raise SourceError, and only that; never give partial data or that of another symbol.
        """
        ...

    def refuse(self, answers: Sequence[Answer], error: SourceError) -> None:
        """Say that the answers were of no use: the cache drops them and the host's health tells why."""
        ...

    def health(self) -> list[HostHealth]:
        """Give how its hosts have been; empty for a source without network."""
        ...

    def instruments(self) -> list[InstrumentInfo]:
        """Give all instruments the source knows. Raise SourceError."""
        ...

    def daily_bars(self, symbol: str, start: dt.date, end: dt.date) -> Bars:
        """Give raw daily bars, oldest first. Blocking.

        Raise SourceError; never give partial data or that of another symbol.
        """
        ...


class BarSource(Protocol):
    """The part of a source that gives whole days of bars."""

    name: str

    def instruments(self) -> list[InstrumentInfo]: ...

    def daily_bars(self, symbol: str, start: dt.date, end: dt.date) -> Bars: ...


class WholeMarketSource(BarSource, Protocol):
    """A source that has the corporate actions and boards, too, of all that it lists."""

    def corporate_actions(self) -> list[CorporateAction]:
        """Give those of all instruments. Raise SourceError."""
        ...

    def boards(self) -> list[BoardMember]:
        """Give the members of all industry and concept boards. Raise SourceError."""
        ...


def bars_dataset(symbol: str, interval: Interval = "1d") -> Dataset | None:
    """Give the dataset that holds a symbol's bars; None where there is none. Raise SymbolError.

    Funds that are traded on an exchange (LOFs) are with the ETFs; open funds have no bars.
    """
    daily: dict[str, Dataset] = {
        "stock": "stock_daily",
        "index": "index_daily",
        "etf": "etf_daily",
        "future": "futures_daily",
    }
    minute: dict[str, Dataset] = {
        "stock": "stock_minute",
        "index": "index_minute",
        "etf": "etf_minute",
        "future": "futures_minute",
    }
    kind = kind_of(symbol)
    if kind == "fund" and not symbol.endswith("." + OPEN_FUND):
        kind = "etf"
    return (daily if interval == "1d" else minute).get(kind)


def bars_of(table: Table) -> Bars:
    """Give the bars of a table that holds them, of futures with what only these have. Raise TypeError for another."""
    match table:
        case Bars():
            return table
        case FuturesBars():
            return replace(table.bars, open_interest=table.open_interest, settle=table.settle)
        case _:
            raise TypeError(f"{type(table).__name__} holds no bars")
