"""What every quote store does the same way."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from quantdesk.core.bars.frame import Bars
from quantdesk.core.bars.minutes import minute_bars
from quantdesk.ports.quote_store import Quote

FIGURES = ("last", "open", "high", "low", "preclose", "volume", "amount", "bid", "ask")
_SHANGHAI = dt.timezone(dt.timedelta(hours=8))
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)


def require_sound(quote: Quote) -> None:
    """Raise ValueError for what is no quote."""
    if quote.at.tzinfo is None:
        raise ValueError(f"{quote.symbol}: at is {quote.at.isoformat()} without a time zone; give a UTC instant")
    if not quote.symbol or not math.isfinite(quote.last):
        raise ValueError(f"{quote.symbol!r}: a quote has a symbol and a last price, this one has {quote.last}")


def figures(quote: Quote) -> list[float | None]:
    """Give the quote's FIGURES, None for what is not said or no number."""
    found = [getattr(quote, name) for name in FIGURES]
    return [value if value is not None and math.isfinite(value) else None for value in found]


def quote_of(symbol: str, at: int, values: Sequence[float | None], source: str) -> Quote:
    """Make the quote of what is stored of it: FIGURES by `values`, `at` in milliseconds of Unix time."""
    given: dict[str, Any] = dict(zip(FIGURES, values, strict=True))
    return Quote(symbol, _EPOCH + at * _MILLISECOND, **given, source=source)


def day_of(instant: dt.datetime) -> int:
    """Give the day in Shanghai, as an ordinal."""
    return instant.astimezone(_SHANGHAI).date().toordinal()


def midnight(day: int) -> dt.datetime:
    """Give when a day begins in Shanghai."""
    return dt.datetime.combine(dt.date.fromordinal(day), dt.time(), _SHANGHAI)


def milliseconds(instant: dt.datetime) -> int:
    """Give Unix time, rounded down."""
    return (instant - _EPOCH) // _MILLISECOND


def minutes_of(symbol: str, quotes: Sequence[Quote]) -> Bars:
    """Give the 1m bars of one day's quotes, oldest first."""
    at = np.array([milliseconds(one.at) for one in quotes], dtype="datetime64[ms]")
    columns = [np.array([getattr(one, name) for one in quotes], dtype=float) for name in ("last", "volume", "amount")]
    return minute_bars(symbol, at, *columns)
