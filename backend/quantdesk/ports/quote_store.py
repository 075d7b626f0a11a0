"""Live quotes of the last days, and the minute bars made of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from quantdesk.core.bars.frame import Bars


@dataclass(frozen=True, slots=True)
class Quote:
    """What an exchange shows of an instrument at an instant. Figures are of the trading day so far; None: not said."""

    symbol: str
    at: dt.datetime
    """UTC instant, kept to the millisecond."""
    last: float
    open: float | None = None
    high: float | None = None
    low: float | None = None
    preclose: float | None = None
    volume: float | None = None
    """Shares (contracts for futures) traded since the day began."""
    amount: float | None = None
    """Turnover in yuan since the day began."""
    bid: float | None = None
    ask: float | None = None
    source: str = ""


class QuoteStore(Protocol):
    """Keeps the quotes of the newest days only. Several processes may write and read."""

    async def write(self, quotes: Sequence[Quote]) -> None:
        """Store quotes, 10,000 at most in one step. One of the same symbol and instant replaces the stored one.

        Quotes older than the days that are kept are not stored. Figures that are no number count as not said.
        Raise ValueError, and store nothing, for an instant without a zone or a quote without symbol or last price;
        StoreFull.
        """
        ...

    async def latest(self, symbols: Sequence[str]) -> dict[str, Quote]:
        """Give the newest quote of each symbol that has one."""
        ...

    async def quotes(self, symbol: str, day: dt.date) -> list[Quote]:
        """Give the quotes of a day in Shanghai, oldest first."""
        ...

    async def minutes(self, symbol: str, day: dt.date) -> Bars:
        """Give the 1m bars of a day in Shanghai as its quotes make them; no bar for a minute without a quote."""
        ...

    async def close(self) -> None: ...
