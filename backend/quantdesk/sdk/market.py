"""Stored market data for a notebook: `from quantdesk.sdk import market`.

Works in a kernel of QuantDesk, whose host answers; a strategy in a backtest gets its data from the backtest.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import socket
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_lock = threading.Lock()
_stream: Any = None


class MarketDataError(Exception):
    """What was asked for cannot be given; the message says why."""


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
    _, body = _ask(request | {"start": _day(start), "end": _day(end)})
    with np.load(io.BytesIO(body), allow_pickle=False) as columns:
        frame = pd.DataFrame({name: columns[name] for name in columns.files})
    return frame.set_index("time")


def search(text: str) -> list[dict[str, Any]]:
    """Give the instruments that match a code, a name or pinyin initials, best first."""
    found: list[dict[str, Any]] = _ask({"ask": "search", "text": text})[0]
    return found


def symbols(interval: str = "1d") -> list[str]:
    """Give the symbols of which bars are stored."""
    found: list[str] = _ask({"ask": "symbols", "interval": interval})[0]
    return found


def _day(day: dt.date | str | None) -> str | None:
    return day.isoformat()[:10] if isinstance(day, dt.date) else day


def _ask(request: dict[str, Any]) -> tuple[Any, bytes]:
    with _lock:
        stream = _connected()
        stream.write(json.dumps(request).encode() + b"\n")
        stream.flush()
        line = stream.readline()
        if not line:
            raise MarketDataError("the kernel's host does not answer any more")
        head = json.loads(line)
        body: bytes = stream.read(head["bytes"])
    if "error" in head:
        raise MarketDataError(head["error"])
    return head["ok"], body


def _connected() -> Any:
    global _stream
    if _stream is None:
        number = os.environ.get("QUANTDESK_CHANNEL")
        if number is None:
            raise MarketDataError(
                "stored data is there in a notebook of QuantDesk; in a backtest use the bars that the strategy is given"
            )
        _stream = socket.socket(fileno=int(number)).makefile("rwb")
    return _stream
