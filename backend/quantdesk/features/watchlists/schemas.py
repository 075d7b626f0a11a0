"""What the routes of watchlists take and give."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from quantdesk.features.market.schemas import Board, InstrumentKind

MAX_LISTS = 100
MAX_SYMBOLS = 1_000
CLOSES = 60
"""Of a sparkline."""
WatchlistName = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")]
Note = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Position = Annotated[int, Field(ge=0, le=1_000_000)]
Figure = float | None


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WatchlistCreate(_In):
    name: WatchlistName


class WatchlistUpdate(_In):
    name: WatchlistName | None = None
    position: Position | None = None
    """Its new place among the watchlists, from 0; beyond the last one is the last."""


class Watchlist(BaseModel):
    id: str
    name: str
    symbols: int
    """How many it has."""
    created_at: dt.datetime
    updated_at: dt.datetime


class Watchlists(BaseModel):
    items: list[Watchlist]
    """In the owner's order; at most 100."""


class WatchPut(_In):
    """What is not given stays; a symbol that is not in the watchlist yet is added, by default at its end."""

    note: Note | None = None
    position: Position | None = None
    """Its new place, from 0; beyond the last one is the last."""


class Watched(BaseModel):
    symbol: str
    note: str
    added_at: dt.datetime


class WatchlistDetail(Watchlist):
    items: list[Watched]
    """In the owner's order."""


class WatchedSymbols(BaseModel):
    symbols: list[str]
    """Of all watchlists, each once, by symbol."""


class Membership(BaseModel):
    """The watchlists that have a symbol."""

    symbol: str
    watchlist_ids: list[str]


class ImportText(_In):
    text: Annotated[str, Field(min_length=1, max_length=100_000)]
    """Codes in any common spelling, or whole names, separated by anything."""


class ImportResult(BaseModel):
    added: list[str]
    present: list[str]
    """That were in the watchlist before."""
    not_understood: list[str]
    """Words of the text that are neither a code nor a known name; at most 100."""


class WatchQuote(BaseModel):
    """A watched symbol with the figures of its last stored day; changes are fractions, of qfq prices."""

    symbol: str
    name: str
    kind: InstrumentKind
    board: Board | None
    simulated: bool
    note: str
    date: dt.date | None
    """The last stored day; None where nothing is stored."""
    suspended: bool
    last: Figure
    change: Figure
    amount: Figure
    """Yuan."""
    change_5: Figure
    """Over 5 trading days."""
    change_20: Figure
    closes: list[float]
    """The last 60 closes (qfq), oldest first; empty where the stored bars end long before the others'."""
    updated_at: dt.datetime | None


class WatchQuotes(BaseModel):
    date: dt.date | None
    """The newest day among the symbols."""
    updated_at: dt.datetime | None
    """When bars of any of them were last written."""
    items: list[WatchQuote]
