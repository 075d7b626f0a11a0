"""Where market data comes from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from quantdesk.core.bars.frame import Bars
from quantdesk.core.instruments.actions import CorporateAction


@dataclass(frozen=True, slots=True)
class InstrumentInfo:
    """What a source knows of an instrument."""

    symbol: str
    name: str
    kind: str
    """stock, index, etf, fund, future, crypto."""
    board: str | None
    """main, chinext, star, bse for stocks; None else."""
    list_date: dt.date | None
    delist_date: dt.date | None


class DataSource(Protocol):
    name: str

    def instruments(self) -> list[InstrumentInfo]:
        """Give all instruments the source knows. Raise SourceError."""
        ...

    def daily_bars(self, symbol: str, start: dt.date, end: dt.date) -> Bars:
        """Give raw daily bars, oldest first. Blocking.

        Raise SourceError; never give partial data or that of another symbol.
        """
        ...


class WholeMarketSource(DataSource, Protocol):
    """A source that has the corporate actions, too, of all that it lists."""

    def corporate_actions(self) -> list[CorporateAction]:
        """Give those of all instruments. Raise SourceError."""
        ...
