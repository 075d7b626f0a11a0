"""Stored market data for a notebook: `from quantdesk.sdk import market`.

Works in a kernel of QuantDesk, whose host answers; a strategy in a backtest gets its data from the backtest.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

from quantdesk.sdk._channel import MarketDataError as MarketDataError
from quantdesk.sdk._channel import ask

if TYPE_CHECKING:
    import pandas as pd


def bars(
    symbol: str,
    start: dt.date | str | None = None,
    end: dt.date | str | None = None,
    *,
    interval: str = "1d",
    adjust: str = "qfq",
) -> pd.DataFrame:
    """Give stored bars as a DataFrame indexed by time, oldest first.

    Prices are in yuan (points for indices), volume in shares (contracts for futures), amount in yuan. `adjust` is
    `none`, `qfq` (as of the last bar given) or `hfq`; days without trading have `suspended` True.

    Raises:
        MarketDataError: nothing is stored of this symbol and interval, or an argument is wrong.
    """
    import numpy as np
    import pandas as pd

    request = {"ask": "bars", "symbol": symbol, "interval": interval, "adjust": adjust}
    _, body = ask(request | {"start": _day(start), "end": _day(end)})
    with np.load(io.BytesIO(body), allow_pickle=False) as columns:
        frame = pd.DataFrame({name: columns[name] for name in columns.files})
    return frame.set_index("time")


def search(text: str) -> list[dict[str, Any]]:
    """Give the instruments that match a code, a name or pinyin initials, best first."""
    found: list[dict[str, Any]] = ask({"ask": "search", "text": text})[0]
    return found


def symbols(interval: str = "1d") -> list[str]:
    """Give the symbols of which bars are stored."""
    found: list[str] = ask({"ask": "symbols", "interval": interval})[0]
    return found


def _day(day: dt.date | str | None) -> str | None:
    return day.isoformat()[:10] if isinstance(day, dt.date) else day
